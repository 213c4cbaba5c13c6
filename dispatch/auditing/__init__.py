"""Every promise judged from the facts: legs, stages, causes, shares with their intervals."""
