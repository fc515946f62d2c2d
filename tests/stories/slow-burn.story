# Errors that no single minute would wake anybody for, but that spend the budget: a page by burn
# rate, while the threshold rule of one percent stays silent.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
given   config alerts.errors: off
at 0s   traffic checkout 100/s
at 10m  traffic checkout 100/s errors 2%
by 31m  expect objective.breached page=true severity=sev2 service=checkout
        expect incident.declared  severity=sev2 cause=objective.breached
        expect page.sent          to=ana
        expect sent               to=ana kind=page
at 32m  ana acknowledges
        traffic checkout 100/s
by 1h10m expect incident.mitigated
at 1h15m ana resolves "a slow disk"
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
