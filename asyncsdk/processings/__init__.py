"""Processings in Python: what a function gets that the platform runs, and those that come with it.

The platform runs `python -m asyncsdk.processings module:function` in a process of its own; the function is
called with a `Context`, and what it returns is the result of the job.
"""

from __future__ import annotations

from asyncsdk.processings.context import Context

__all__ = ["Context"]
