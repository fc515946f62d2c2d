# The mail server refuses ana's address for good: the page goes out by the next channel at once, and
# the broken channel is itself an incident, of SEV-4, that wakes nobody.
given   config notify.mail: { smtp: "smtp://127.0.0.1:2525", from: sg@example.com, test_at: off }
given   config notify.desk: { kind: terminal, test_at: off }
given   config people.ana: { mail: ana@example.com, reach: [mail, desk] }
given   oncall shop: ana, then bo after 5m
given   service checkout
at 1m   channel mail refuses
at 5m   cy declares sev2 checkout "carts are empty"
        expect unsent             to=ana channel=mail
        expect channel.broken     channel=mail
        expect incident.declared  severity=sev4 title~"does not reach"
        expect sent               to=ana channel=desk kind=page
at 6m   ana acknowledges incident 1
at 7m   channel mail works
exactly 1  sent to=ana kind=page
always  chain verifies; rows equal the fold of their events
