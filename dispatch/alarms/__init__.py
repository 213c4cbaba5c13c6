"""What endangers a promise before it is broken, and the words for it."""
