"""The processes of the service: started, watched over, drained, reloaded; and what the background does."""
