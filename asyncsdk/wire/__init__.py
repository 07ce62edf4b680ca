"""The protocol without I/O, used by the client and by the platform."""
