"""From a loose list of road edges to a compiled network."""
