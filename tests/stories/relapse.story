# It comes back while the mitigation is still observed: the same incident relapses, and somebody is
# paged again. What happened before the recovery is no relapse.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 10m  traffic checkout 200/s errors 80%
by 10m3s  expect incident.declared severity=sev1
at 11m  ana acknowledges
at 12m  traffic checkout 200/s
by 14m  expect incident.mitigated
at 15m30s traffic checkout 200/s errors 80%
by 15m34s expect incident.relapsed cause=alert.raised
        expect page.sent to=ana
        expect sent kind=page to=ana
at 16m  bo acknowledges
        expect incident.acknowledged by=bo
at 17m  traffic checkout 200/s
by 19m  expect incident.mitigated
by 25m  expect incident.verified
exactly 1  incident.declared
exactly 1  incident.relapsed
always  chain verifies; rows equal the fold of their events
