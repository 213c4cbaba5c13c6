"""From a report's words to the tiers of its incident."""
