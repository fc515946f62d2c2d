# The mail server is away for a moment: the page is tried again, and arrives once.
given   config notify.mail: { smtp: "smtp://127.0.0.1:2525", from: sg@example.com, test_at: off }
given   oncall shop: ana, then bo after 10m
given   service checkout
at 1m   channel mail fails
at 5m   cy declares sev2 checkout "carts are empty"
        expect unsent               to=ana channel=mail
        expect notification.delayed channel=mail
at 5m4s channel mail works
by 5m30s expect sent                to=ana channel=mail kind=page
        expect notification.delivered
exactly 1  sent to=ana kind=page
always  chain verifies; rows equal the fold of their events
