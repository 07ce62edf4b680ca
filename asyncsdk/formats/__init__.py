"""File formats as pure functions: bytes in, records out, and back; used by both halves."""
