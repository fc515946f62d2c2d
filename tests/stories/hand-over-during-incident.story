# The week changes while an incident is open, and dee takes over for two hours: who is paged is who
# is on call at that moment.
given   start 2026-11-23T08:00:00Z
given   config teams.shop.oncall: { primary: [ana, bo], zone: UTC }
given   config teams.shop.escalate: [primary, everyone after 30m]
given   config people: { ana: ana@example.com, bo: bo@example.com, dee: dee@example.com }
given   service checkout
at 30m  ana declares sev2 checkout "carts are empty"
        expect page.sent to=bo
at 31m  bo acknowledges
by 1h1s expect shift.changed level=primary
at 1h5m bo escalates "my shift is over"
        expect page.sent
at 1h6m ana notes "I have it" incident 1
at 1h10m dee takes over from ana of shop for 2h
        expect override.added takes=dee leaves=ana
at 1h20m bo declares sev2 checkout "it is worse"
        expect page.sent to=dee
at 1h21m dee acknowledges incident 2
always  chain verifies; rows equal the fold of their events
