"""What the service adds to the database's backups: the files beside it, its keys, and the way back."""
