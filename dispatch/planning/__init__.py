"""Planning ahead: who should be on duty when. Pure reckoning; where to wait is in `geo_data.planning`."""
