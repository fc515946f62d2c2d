"""What bench/run is made of: the machine, the peers, the measurements, the cases, the tables."""
