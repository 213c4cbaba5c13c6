"""What screens hear as it happens."""
