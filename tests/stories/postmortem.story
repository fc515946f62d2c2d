# A post-mortem is drafted when it is over. Nobody writes it: its owner is reminded, and nobody is
# paged. With this policy the incident stays open until others agree with what was written.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m, then everyone after 30m; fallback dee
given   config postmortem: { before_close: true, remind: 6h }
given   config clocks.postmortem: 24h
at 0s   traffic checkout 20/s latency 50ms
at 10m  traffic checkout 20/s latency 50ms errors 80%
at 11m  ana acknowledges
at 12m  traffic checkout 20/s latency 50ms
by 14m  expect incident.mitigated
at 15m  ana resolves "the database was restarted"
by 15m10s expect postmortem.drafted   incident=1 owner=ana cause=incident.resolved
by 18m  expect postmortem.measured  incident=1
at 20m  refused ana closes "too early"
at 21m  refused ana publishes
by 24h16m expect postmortem.overdue  reminder=1
        expect sent               kind=reminder to=ana
by 30h16m expect postmortem.overdue  reminder=2
at 31h  ana writes "Payments failed for two minutes." into summary
at 31h  ana writes "One database, no replica." into factors
at 31h  ana plans "a replica" for bo within 14d
at 31h  ana publishes
        expect postmortem.published by=ana
at 32h  refused ana closes "not reviewed"
at 32h  bo reviews "agreed"
        expect postmortem.reviewed
at 33h  ana closes "learnt"
        expect incident.closed
exactly 2  postmortem.overdue
exactly 1  postmortem.drafted
never   sent kind=page to=dee
always  chain verifies; rows equal the fold of their events
