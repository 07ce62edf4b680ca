"""What notebooks show of async objects without asking the platform: cards made of records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from asyncsdk.markup.blocks import card, table
from asyncsdk.markup.elements import Html
from asyncsdk.records.data import DataRecord
from asyncsdk.records.datasets import AssetRecord, DatasetVersionRecord

__all__ = ["data_card", "facts_of_version", "files_card", "items_card", "version_card"]


def version_card(record: DatasetVersionRecord) -> Html:
    """Return the card of a dataset version."""
    title = f"{record.origin_name}/{record.version}"
    return card("DatasetVersion", title, facts_of_version(record))


def facts_of_version(record: DatasetVersionRecord) -> Mapping[str, object]:
    """Return what the card of a dataset version tells."""
    return {
        "type": record.type.value,
        "description": record.description,
        "locked": "yes" if record.locked else None,
        "id": record.id,
    }


def data_card(kind: str, record_id: str, data: DataRecord) -> Html:
    """Return the card of an asset or a data.

    Args:
        kind: name of its class.
        record_id: its own id.
        data: the file.
    """
    facts = {
        "type": data.type.value,
        "size": _pixels(data),
        "content type": data.content_type,
        "bytes": None if data.size_bytes is None else f"{data.size_bytes:,}",
        "id": record_id,
    }
    return card(kind, data.filename, facts)


def files_card(kind: str, records: Sequence[Any]) -> Html:
    """Return the card of several assets or data: a table of the first of them."""
    files = ((record, record.data if isinstance(record, AssetRecord) else record) for record in records)
    rows = ((data.filename, data.type.value, _pixels(data) or "", record.id) for record, data in files)
    names = ["file name", "type", "size", "id"]
    return card(kind, f"of {len(records):,}", {}, table(names, rows, total=len(records)))


def items_card(kind: str, items: Sequence[tuple[str, str]], total: int) -> Html:
    """Return the card of several objects of another kind.

    Args:
        kind: name of the sequence's class.
        items: name and id of the first objects.
        total: how many there are.
    """
    return card(kind, f"of {total:,}", {}, table(["name", "id"], items, total=total))


def _pixels(data: DataRecord) -> str | None:
    return f"{data.meta.width} x {data.meta.height}" if data.meta else None
