# One trouble, many signals: a hard fault, a burning objective, lost endpoints. One incident, which
# the others join; nobody is paged a second time.
given   slo checkout-errors: 99.9%
given   slo checkout-availability: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
        endpoints checkout 3 of 3
at 10m  traffic checkout 200/s errors 100%
by 10m3s  expect incident.declared severity=sev1
at 10m10s endpoints checkout 0 of 3
        ana acknowledges
by 14m  expect incident.joined
exactly 1  incident.declared
exactly 1  sent to=ana kind=page
at 15m  endpoints checkout 3 of 3
        traffic checkout 200/s
by 25m  expect incident.mitigated
always  chain verifies; rows equal the fold of their events
