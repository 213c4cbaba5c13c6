"""Messages to people outside the console: what is told, to whom, and when it is worth telling no more."""
