# Where mitigation only observes, what would have been done is written down, and nobody is told to do it.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
given   config mitigation: observe
given   config services.checkout.versions.v1.endpoints: [10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80]
given   config services.checkout.versions.v2.endpoints: 10.0.0.4:80
at 0s   traffic checkout 200/s
        endpoints checkout 4 of 4
at 10m  traffic checkout/v2 20/s
at 12m  traffic checkout/v2 20/s errors 90%
by 12m30s expect incident.declared
        expect mitigation.proposed  mode=observe sentence~v2
        expect mitigation.refused   safeguard=mode
by 18m  expect sent                 to=bo text~checkout/v2
at 18m30s ana acknowledges
at 19m  refused ana approves mitigation 1
        traffic checkout/v2 0/s
by 26m  expect incident.mitigated
at 40m  ana resolves
never   sent text~approve
never   mitigation.approved
always  chain verifies; rows equal the fold of their events
