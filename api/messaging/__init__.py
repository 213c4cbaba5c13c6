"""Messages out of the house: one outbox, several channels; see docs/messages.md."""
