"""The `q` language: a safe builder for clients, a parser for the platform."""
