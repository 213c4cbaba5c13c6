"""What is kept in PostgreSQL, and read again."""
