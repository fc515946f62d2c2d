# The nightly backup no longer says that it is alive: its silence is an alert, and clears when it is
# heard again.
given   config heartbeats.backup: { every: 5m, grace: 1m, severity: sev2 }
given   oncall shop: ana, then bo after 5m
given   service checkout
at 0s   heartbeat backup every 4m
at 20m  heartbeat backup stops
by 27m  expect alert.raised      name=heartbeat_missed title~backup
        expect incident.declared severity=sev2
        expect sent              to=ana kind=page
at 28m  ana acknowledges
at 40m  heartbeat backup every 4m
by 41m  expect alert.cleared     name=heartbeat_missed
        expect incident.mitigated
exactly 1  incident.declared
always  chain verifies; rows equal the fold of their events
