"""One concern a module; each takes a frozen dataclass and grants what others may do with what it made."""
