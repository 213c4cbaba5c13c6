"""What is done for clients beyond the scene: the ledger of services, and promises judged from it and from the events."""
