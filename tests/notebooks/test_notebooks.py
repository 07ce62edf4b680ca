"""The notebooks of the documentation, run from top to bottom."""

from __future__ import annotations

from asyncsdk.flow.threads import in_file_thread  # noqa: F401
