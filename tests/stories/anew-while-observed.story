# As before, but the first incident is still being watched: what begins anew is its relapse.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 20m  traffic checkout 200/s errors 80%
by 20m3s  expect incident.declared severity=sev1
at 20m10s ana acknowledges
at 20m20s traffic checkout 200/s
by 21m  expect incident.mitigated
at 21m30s traffic checkout 200/s errors 5%
by 22m30s expect incident.relapsed
        expect page.sent to=ana
at 22m40s ana acknowledges
at 25m  traffic checkout 200/s
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
