"""Incidents on the map for management: summed up by cell or district, compared, written to files."""
