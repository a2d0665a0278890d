"""What the integration tests stand on: a local cloud of their own, what happens on its bus, and who answers its queues."""
