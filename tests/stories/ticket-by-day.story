# A service burns its budget slowly: a ticket for the day, and nobody is woken.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 100/s
at 10m  traffic checkout 100/s errors 0.5%
by 16h  expect objective.breached page=false severity=sev4
        expect incident.declared  severity=sev4
never   page.sent
never   sent kind=page
always  chain verifies; rows equal the fold of their events
