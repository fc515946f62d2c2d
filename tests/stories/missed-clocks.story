# Nobody responds, nobody mitigates, nobody tells those who wait: every clock says so, in its time,
# and escalates. Operations are down for a while in between, and forget none.
given   oncall shop: ana, then bo after 1h
given   service checkout
at 5m   cy declares sev2 checkout "carts are empty"
        expect sent to=ana kind=page
at 10m  operations stop
at 15m  operations start
by 20m5s expect incident.clock_missed clock=respond_by what~"nobody has responded within 15m"
        expect incident.escalated
        expect page.sent to=bo
by 35m5s expect incident.escalated why~"30m"
        expect incident.clock_missed clock=update_due
at 36m  bo acknowledges
by 36m2s expect incident.acknowledged
at 37m  bo tells "we look into it"
        expect incident.told by=bo
by 1h8m expect incident.clock_missed clock=update_due
at 1h10m bo mitigates "restarted"
by 1h16m expect incident.verified
always  chain verifies; rows equal the fold of their events
