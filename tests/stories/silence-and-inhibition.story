# What is silenced is recorded and wakes nobody; when the silence ends and it is still so, somebody
# is told. What another alert explains is inhibited.
given   config objectives.checkout: { availability: off, latency: off, errors: off, throughput: off }
given   service checkout
given   config inhibit: [{ source: [alertname=hard_fault], target: [alertname=errors], equal: [service] }]
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 5m   ana silences alertname=hard_fault service=checkout for 10m
        expect silence.created
at 8m   traffic checkout 200/s errors 80%
by 8m3s expect alert.raised name=hard_fault suppressed_by~silence
by 11m  expect alert.raised name=errors suppressed_by~hard_fault
by 15m5s expect alert.surfaced    name=hard_fault
        expect silence.expired    reason~"its time is over"
        expect incident.declared  severity=sev1
        expect sent               to=ana kind=page
at 16m  ana acknowledges
at 17m  traffic checkout 200/s
by 20m  expect incident.mitigated
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
