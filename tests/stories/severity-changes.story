# A person finds it worse than it looked, then better. The clocks follow; the secondary is paged
# when it becomes SEV-1, and only then.
given   oncall shop: ana, then bo after 30m
given   service checkout
at 5m   cy declares sev3 checkout "some cards are refused"
        expect page.sent to=ana
at 6m   ana acknowledges
at 8m   ana makes it sev1 "all cards are refused"
        expect incident.severity_changed from=3 to=1 by=ana
        expect page.raised severity=1
        expect page.sent to=bo why~"it is SEV-1 now"
        expect sent to=bo kind=page severity=sev1
at 12m  ana makes it sev3 "only one bank"
        expect incident.severity_changed to=3
by 21m  expect incident.clock_missed clock=mitigate_by
at 25m  refused ana closes "not yet"
at 26m  ana mitigates "the bank is back"
at 40m  ana resolves "the bank had an outage"
at 41m  ana closes "nothing to learn"
        expect incident.closed
exactly 1  page.sent to=bo why~"it is SEV-1 now"
always  chain verifies; rows equal the fold of their events
