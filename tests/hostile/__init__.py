"""A server that does everything wrong on purpose, and what the fetchers make of it."""
