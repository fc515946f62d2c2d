# No channel takes the page: after its last try the next person is paged without waiting for their
# turn.
given   config notify.mail: { smtp: "smtp://127.0.0.1:2525", from: sg@example.com, test_at: off }
given   config notify.desk: { kind: terminal, test_at: off }
given   config people.ana: { mail: ana@example.com, reach: [mail] }
given   config people.bo: { mail: bo@example.com, reach: [desk] }
given   oncall shop: ana, then bo after 30m
given   service checkout
at 1m   channel mail refuses
at 5m   cy declares sev2 checkout "carts are empty"
        expect page.sent           to=ana
        expect notification.failed person=ana
        expect page.sent           to=bo
        expect sent                to=bo channel=desk kind=page
at 6m   bo acknowledges incident 1
always  chain verifies; rows equal the fold of their events
