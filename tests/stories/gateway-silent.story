# The gateway does not answer: nobody knows how users are. That is worth waking somebody for.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 10m  gateway silent
by 10m15s expect alert.raised     name=gateway_silent severity=sev2
        expect incident.declared
        expect sent              to=ana kind=page
at 11m  ana acknowledges incident 1
at 12m  gateway answers
by 13m  expect incident.mitigated incident=1
always  chain verifies; rows equal the fold of their events
