"""Personal data: who reads it, how long it is kept, what is known of a person and how it is erased (docs/privacy.md)."""
