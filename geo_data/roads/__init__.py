"""The road network: compiled, weighted, searched, turned into travel times."""
