"""State machines: one a file, each a pure function from what it calls and its limits to its definition."""
