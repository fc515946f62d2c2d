# SEV-1 pages primary and secondary in the same moment, and says why to each.
given   oncall shop: ana, then bo after 5m, then cy after 15m
given   service checkout
at 5m   cy declares sev1 checkout "nobody can pay"
        expect incident.declared  severity=sev1 by=cy
        expect page.sent          to=ana why~"primary on call"
        expect page.escalated     to=secondary why~"paged at once"
        expect page.sent          to=bo why~"secondary on call"
        expect sent               to=ana
        expect sent               to=bo
at 6m   bo acknowledges
by 6m5s expect sent               to=ana kind=acknowledged
at 10m  bo mitigates "the old version is back"
by 16m  expect incident.verified
never   page.escalated why~"0s"
never   page.sent to=cy
always  chain verifies; rows equal the fold of their events
