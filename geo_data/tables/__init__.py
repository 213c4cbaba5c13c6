"""The tables of the database, and who may see which row."""
