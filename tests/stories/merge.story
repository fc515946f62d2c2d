# Two people declare the same trouble. One incident is merged into the other: its clocks and its
# page stop, the other's go on.
given   oncall shop: ana, then bo after 5m
given   service checkout
at 5m   cy declares sev2 checkout "carts are empty"
at 6m   bo declares sev2 checkout "nobody can pay"
        expect incident.declared
at 7m   ana merges 2 into 1
        expect incident.merged incident=2 into=1
        expect page.stopped incident=2
by 10m10s expect page.sent incident=1 to=bo
at 11m  refused ana acknowledges incident 2
at 12m  bo acknowledges incident 1
from 7m never page.sent incident=2
from 7m never incident.clock_missed incident=2
always  chain verifies; rows equal the fold of their events
