# The machine's clock jumps: an hour back while a page waits, and two hours forward later. No page
# is lost, nobody is declared ill for it, and what was due is made up for.
given   slo checkout-errors: 99.9%
given   config hard_fault.sev1: 95%
given   oncall shop: ana, then bo after 5m, then cy after 10m
at 0s   traffic checkout 200/s
at 10m  clock jumps 10m back
at 12m  clock jumps 2h forward
at 20m  traffic checkout 200/s errors 40%
by 20m10s expect incident.declared severity=sev2
        expect sent to=ana kind=page
at 21m  clock jumps 1h forward
by 21m5s expect sent to=bo kind=page
at 22m  bo acknowledges
at 24m  traffic checkout 200/s
by 27m  expect incident.mitigated
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
