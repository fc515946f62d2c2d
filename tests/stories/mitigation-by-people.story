# What a runbook comes to waits for a person, who reads in the page how to say yes. What destroys
# something needs another person than who wants it, and what nobody approves in time is not done.
# While mitigation is off nothing is done, but taking back goes on.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
given   config services.checkout.versions.v1.endpoints: [10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80]
given   config services.checkout.versions.v2.endpoints: 10.0.0.4:80
given   config needs.sessions: { kind: redis, target: "redis://10.0.0.9" }
at 0s   traffic checkout 200/s
        endpoints checkout 4 of 4
at 10m  traffic checkout/v2 20/s
at 12m  traffic checkout/v2 20/s errors 90%
by 12m30s expect incident.declared
        expect mitigation.proposed  mode=propose sentence~v2
by 18m  expect sent                 to=bo text~approve
at 18m30s ana acknowledges
at 19m  ana approves
by 19m10s expect mitigation.approved by=ana
        expect mitigation.prepared  mitigation=1
        expect mitigation.applied   done=done
at 19m5s traffic checkout/v2 0/s
by 21m  expect mitigation.verified  mitigation=1
by 26m  expect incident.mitigated
at 40m  ana resolves
at 41m  bo does clear_cache need=sessions "it is poisoned"
        expect mitigation.proposed  mode~hand
at 42m  refused bo approves
at 43m  ana approves mitigation 2
by 44m  expect mitigation.approved  by=ana
        expect mitigation.applied   mitigation=2
at 50m  bo does clear_cache need=sessions "once more"
at 51m  ana switches mitigation off "we look"
by 51m  expect mitigation.refused   mitigation=3 safeguard=switch
at 52m  bo does shift service=checkout version=v2 share=5%
by 52m  expect mitigation.refused   mitigation=4 safeguard=switch
at 53m  refused ana approves mitigation 4
at 54m  ana undoes mitigation 1 "v2 is mended"
by 54m10s expect mitigation.undone  mitigation=1 done~back
at 55m  ana switches mitigation on
at 60m  bo does clear_cache need=sessions "and again"
by 75m10s expect mitigation.expired mitigation=5 why~nobody
at 80m  refused ana approves mitigation 5
exactly 2 mitigation.applied
exactly 1 mitigation.undone
always  chain verifies; rows equal the fold of their events
