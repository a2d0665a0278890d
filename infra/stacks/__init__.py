"""The stacks: which constructs there are, and how they are connected."""
