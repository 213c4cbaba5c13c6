"""Other systems' response logs, read into the audit's records."""
