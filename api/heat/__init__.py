"""Heat maps for management."""
