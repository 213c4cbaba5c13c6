"""Command-line commands, one file a noun."""
