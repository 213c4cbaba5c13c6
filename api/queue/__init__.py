"""Reports while the database is away: kept on this machine's disk, entered in their order when it is back."""
