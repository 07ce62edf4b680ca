"""The sync side's door to the event loop, and what its generated classes are made of."""

from __future__ import annotations

from asyncsdk.portal.iterating import SyncIterator
from asyncsdk.portal.objects import SyncObject, facing, unwrap
from asyncsdk.portal.previews import SyncPreviewable
from asyncsdk.portal.process import call, close, close_at_exit
from asyncsdk.portal.sequences import SyncMulti

__all__ = [
    "SyncIterator",
    "SyncMulti",
    "SyncObject",
    "SyncPreviewable",
    "call",
    "close",
    "close_at_exit",
    "facing",
    "unwrap",
]
