"""The `asyncsdk` command."""
