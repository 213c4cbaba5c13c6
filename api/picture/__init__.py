"""The picture of a road network, and its words."""
