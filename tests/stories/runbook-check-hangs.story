# A check never answers. The page goes out all the same, the check is given up, and what the others
# found decides. Nobody answers what the runbook asks: a person goes on.
given   slo checkout-errors: 99.9%
given   oncall shop: ana
at 0s   traffic checkout 200/s
at 0s   inspection service.logs hangs
at 0s   inspection service.resources bad
at 12m  traffic checkout 200/s errors 90%
by 12m30s expect incident.declared
        expect sent               to=ana
by 13m  expect runbook.checked    step=logs title~given
        expect runbook.diagnosed  step=where then=scale-or-restart
        expect runbook.asked      step=scale-or-restart
at 13m10s refused ana answers runbook "perhaps"
by 30m  expect runbook.ended      outcome=unanswered
at 31m  refused ana answers runbook "load"
at 32m  ana acknowledges
exactly 1 runbook.asked
never   reaction.set_aside
always  chain verifies; rows equal the fold of their events
