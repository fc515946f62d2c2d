# What was to prevent it was done, and the same thing happens again: it was not enough. The action
# item is open again, and says which incident showed it.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m, then everyone after 30m; fallback dee
at 0s   traffic checkout 20/s latency 50ms
at 10m  traffic checkout 20/s latency 50ms errors 80%
at 11m  ana acknowledges
at 12m  traffic checkout 20/s latency 50ms
by 14m  expect incident.mitigated
at 15m  ana resolves "the database was restarted"
        expect postmortem.drafted
at 16m  ana plans "a replica" for bo within 2h
at 20m  refused bo finishes item 1
at 21m  bo finishes item 1 "drill 12 passed"
        expect action_item.done
at 22m  ana closes "learnt"
at 3h   traffic checkout 20/s latency 50ms errors 80%
by 3h10s expect incident.declared
        expect action_item.reopened item=1 incident=2 before=1
at 3h1m traffic checkout 20/s latency 50ms
exactly 1  action_item.reopened
never   action_item.overdue
always  chain verifies; rows equal the fold of their events
