"""The platform: the same protocol, on SQLite and local files by default."""
