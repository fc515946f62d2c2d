# The windows of rules and objectives still hold a fault that is over, its incident is closed, and
# something new begins that is too small for the hard-fault detector: it is not mistaken for the past.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 20m  traffic checkout 200/s errors 80%
by 20m3s  expect incident.declared severity=sev1
at 20m10s ana acknowledges
at 20m20s traffic checkout 200/s
by 21m  expect incident.mitigated
at 21m1s  ana resolves "a feature flag"
at 21m2s  ana closes "nothing to learn"
        expect incident.closed
at 22m  traffic checkout 200/s errors 5%
by 23m  expect incident.declared
        expect page.sent to=ana
at 23m10s ana acknowledges
at 25m  traffic checkout 200/s
exactly 2  incident.declared
always  chain verifies; rows equal the fold of their events
