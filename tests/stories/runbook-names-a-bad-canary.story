# The runbook of the incident looks, finds which version it is, and comes to taking the traffic off it.
# Nobody has opened anything yet; whoever is paged next reads what is proposed. Nobody approves it,
# and when users are well again nothing is asked for any more.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
given   config services.checkout.versions.v1.endpoints: 10.0.0.1:80
given   config services.checkout.versions.v2.endpoints: 10.0.0.2:80
at 0s   traffic checkout 200/s
at 10m  traffic checkout/v2 20/s
at 12m  traffic checkout/v2 20/s errors 90%
by 12m30s expect incident.declared
        expect runbook.started    runbook=high-error-rate
        expect runbook.diagnosed  likely~checkout/v2
        expect runbook.checked    title~checkout
        expect runbook.diagnosed  step=where then=roll-back
        expect runbook.reached    step=roll-back
        expect mitigation.proposed mode=propose
by 18m  expect sent               to=bo text~checkout/v2 text~v2
at 18m30s ana acknowledges
at 19m  traffic checkout/v2 0/s
by 26m  expect incident.mitigated
        expect mitigation.refused safeguard=incident
        expect runbook.ended      outcome=handed_over
at 40m  ana resolves
exactly 1 runbook.started
exactly 1 runbook.reached
never   mitigation.approved
always  chain verifies; rows equal the fold of their events
