# A service breaks at once. Within seconds there is an incident and two people know; it recovers,
# and people resolve and close it. Nothing is said twice.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m, then cy after 10m, then everyone after 30m; fallback dee
at 0s   traffic checkout 200/s latency 50ms
at 10m  traffic checkout 200/s latency 50ms errors 80%
by 10m3s  expect incident.declared  severity=sev1 cause=alert.raised
        expect incident.assessed
        expect page.sent          to=ana
        expect page.sent          to=bo
        expect sent               to=ana kind=page severity=sev1
        expect sent               to=bo kind=page
at 11m  ana acknowledges
        expect incident.acknowledged by=ana
        expect sent               kind=acknowledged
at 12m  traffic checkout 200/s latency 50ms
by 14m  expect incident.mitigated cause=alert.cleared
        expect sent               kind=mitigated
by 20m  expect incident.verified
at 21m  ana resolves "the database was restarted"
        expect incident.resolved  by=ana
        expect sent               kind=resolved
at 22m  ana closes "post-mortem 12"
        expect incident.closed
exactly 1  incident.declared
exactly 1  incident.mitigated
never   incident.relapsed
never   page.sent to=cy
never   page.unanswered
always  chain verifies; rows equal the fold of their events
