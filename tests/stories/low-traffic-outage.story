# A service that is asked once in fifty seconds is gone altogether. No count of requests can say so
# in time: the probe does, within a minute.
given   slo search-errors: 99.9%
given   config probes.front: { url: "https://search.example/", service: search, every: 10s, timeout: 5s }
given   oncall shop: ana, then bo after 5m
at 0s   traffic search 0.02/s
at 20m  traffic search 0.02/s errors 100%
        probe front fails
by 21m  expect alert.raised      name=probe_failed severity=sev1
        expect incident.declared severity=sev1 service=search
        expect sent              to=ana kind=page
at 22m  ana acknowledges
at 25m  probe front works
        traffic search 0.02/s
by 34m  expect incident.mitigated
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
