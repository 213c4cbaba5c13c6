"""The private PostgreSQL cluster of an installation."""
