"""What proves who somebody is, and the keys that keep secrets: passwords, tokens, data key."""
