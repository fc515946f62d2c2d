# A new version gets a tenth of the traffic and fails. The incident and the page name it, and how sure
# that is; the version that serves the rest is not blamed.
given   slo checkout-errors: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 200/s
at 10m  traffic checkout/v2 20/s
at 12m  traffic checkout/v2 20/s errors 90%
by 12m30s expect incident.declared
        expect incident.assessed  impact~checkout/v2
        expect sent               to=ana text~checkout/v2
at 13m  ana acknowledges
at 14m  traffic checkout/v2 0/s
by 16m  expect incident.mitigated
never   sent text~checkout/v1:
exactly 1 incident.declared
always  chain verifies; rows equal the fold of their events
