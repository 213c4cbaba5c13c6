"""Who goes where: what is known as arrays, rules that price it, and the ways to pick the least price."""
