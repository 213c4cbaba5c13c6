"""What comes in and goes out over HTTP, as forms that are checked."""
