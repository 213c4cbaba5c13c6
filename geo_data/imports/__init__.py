"""Road networks from outside: OpenStreetMap extracts, OSMnx graphs, Overpass."""
