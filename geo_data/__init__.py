"""The ground: road network, routing, travel times, places, geocoding and PostGIS."""
