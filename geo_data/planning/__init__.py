"""Planning ahead: where idle units should wait, on the roads of the network."""
