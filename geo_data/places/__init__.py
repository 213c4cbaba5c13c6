"""Finding the place: words, names, roads and points become a `Location`."""
