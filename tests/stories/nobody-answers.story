# Everybody sleeps. The page walks through all levels, twice, and ends at the fallback, by every
# channel that reaches them.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m, then cy after 10m; fallback dee
given   config hard_fault.sev1: 95%
at 0s   traffic checkout 200/s
at 10m  traffic checkout 200/s errors 40%
by 10m10s expect incident.declared severity=sev2
        expect sent to=ana kind=page
by 15m10s expect page.escalated to=secondary why~"no answer within 5m"
        expect sent to=bo kind=page
by 20m10s expect sent to=cy kind=page
by 26m  expect page.repeated round=1
        expect sent to=ana kind=page
by 42m  expect page.unanswered
        expect sent to=dee kind=page
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
