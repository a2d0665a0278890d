"""Chaos on real processes: the packaged functions on the local cloud, faults between them and everything they call, and an auditor at the end."""
