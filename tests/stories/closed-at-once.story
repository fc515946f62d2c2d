# An incident is closed as soon as users are well. Rules that look over a window see the same fault
# for minutes yet: that is the past, and nobody is woken for it a second time.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 20m  traffic checkout 200/s errors 80%
by 20m3s  expect incident.declared severity=sev1
at 20m10s ana acknowledges
at 20m12s traffic checkout 200/s
by 21m  expect incident.mitigated
at 21m1s  ana resolves "a feature flag"
at 21m2s  ana closes "nothing to learn"
        expect incident.closed
at 50m  traffic checkout 200/s
exactly 1  incident.declared
never   incident.relapsed
always  chain verifies; rows equal the fold of their events
