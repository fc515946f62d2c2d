# What the public hears: a SEV-1 is on the status page within a minute, those who asked to be told are
# told of each update once, and who asked to be told of something else is not.
given   oncall shop: ana, then bo after 5m
given   service checkout
given   service search
given   config notify.mail: { smtp: "smtp://127.0.0.1:2525", from: sg@example.com, test_at: off }
given   config ops.listen: "127.0.0.1:9444"
given   config public_url: https://ops.example.com
given   config status_page.components: { Shop: checkout, Search: search }
given   config status_page.subscribe_by: mail
given   config status_page.webhooks.partner: { url: https://partner.example.com/, components: [Shop] }
given   config status_page.webhooks.other: { url: https://other.example.com/, components: [Search] }
at 1m   eve subscribes
        expect told                 update=0
        expect subscriber.confirmed
at 5m   cy declares sev1 checkout "carts are empty"
by 6m   expect statuspage.published stage=investigating
        expect subscribers.told     mails=1 webhooks=1 update=1
        expect page.written         target=here
        expect told                 webhook=partner update=1
at 7m   ana acknowledges
at 20m  ana mitigates "another disk"
by 31m  expect statuspage.published stage=monitoring
        expect told                 webhook=partner update=2
at 40m  ana resolves "a larger disk"
by 51m  expect statuspage.published stage=resolved
        expect told                 webhook=partner update=3
exactly 3  told webhook=partner
exactly 3  told subscriber=85262adf74518bbb about=notice:1
never   told webhook=other
always  chain verifies; rows equal the fold of their events
