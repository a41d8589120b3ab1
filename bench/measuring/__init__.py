"""What bench/run is made of: the machine, the peers, the load, the cases."""
