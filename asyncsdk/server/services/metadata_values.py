"""What the schema of custom metadata means for the values of data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import attrs
import orjson

from asyncsdk.errors import BadRequestError
from asyncsdk.records.custom_metadata import MetadataKey
from asyncsdk.wire.attributes import check_value, shown

__all__ = ["MetadataRules"]

_MOST_FAULTS = 10


@attrs.frozen
class MetadataRules:
    """Checks custom metadata whenever it is written; what was written before is left alone."""

    keys: Mapping[str, MetadataKey]
    allow_extra: bool = True

    def check(self, values: Mapping[str, Any] | None, before: Mapping[str, Any] | None = None) -> None:
        """Fail unless a data may have these values.

        A value that is null counts as absent; so does an empty list of choices. An archived key takes only
        the value that the data has already, so that what was read can be written back.

        Args:
            values: the whole custom metadata as it is to be.
            before: the whole custom metadata as it was.

        Raises:
            BadRequestError: they do not fit; the text names keys and rules.
        """
        faults = list(islice(self._faults(values or {}, before or {}), _MOST_FAULTS))
        if faults:
            raise BadRequestError(f"custom_metadata: {'; '.join(faults)}", status=400)

    def _faults(self, values: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[str]:
        for name, key in self.keys.items():
            value = values.get(name)
            if value is None or (key.allow_multiple and value == []):
                if key.required:
                    yield f"{name!r}: required"
            elif key.archived:
                if not _same(value, before.get(name)):
                    yield f"{name!r}: archived, takes no new values"
            else:
                try:
                    check_value(key, value)
                except ValueError as error:
                    yield f"{name!r}: {error}"
        if not self.allow_extra:
            for name in values:
                if name not in self.keys:
                    yield f"{shown(name)}: not in the schema of the datalake, which allows no other keys"


def _same(value: Any, before: Any) -> bool:
    """Compare as JSON, where 1 is not true; what cannot be stored is not what was stored."""
    try:
        texts = [orjson.dumps(one, option=orjson.OPT_SORT_KEYS) for one in (value, before)]
    except orjson.JSONEncodeError:
        return False
    return texts[0] == texts[1]
