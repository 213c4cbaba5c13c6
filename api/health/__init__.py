"""What is away at the moment, and since when."""
