"""Which roads a unit drove, from the positions that its phone sent: a hidden Markov model on our own network."""
