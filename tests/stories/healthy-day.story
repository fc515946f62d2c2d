# Nothing is wrong: a few errors as there always are. Nobody hears a word.
given   slo checkout-errors: 99.9%
given   slo checkout-availability: 99.9%
given   oncall shop: ana, then bo after 5m
at 0s   traffic checkout 300/s latency 80ms errors 0.05% slow 1% at 400ms
        expect config.accepted
at 4h   traffic checkout 30/s latency 80ms errors 0.05%
at 8h   traffic checkout 500/s latency 120ms errors 0.05%
at 12h  traffic checkout 300/s latency 80ms errors 0.05%
never   incident.declared
never   alert.raised
never   sent
always  chain verifies; rows equal the fold of their events
