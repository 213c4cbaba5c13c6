"""Planning of posts and shifts on the network of this installation."""
