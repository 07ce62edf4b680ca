"""Bodies of the requests of an import, made from its chunks. Blocking."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

import attrs
import orjson

from asyncsdk.enums import ImportAnnotationMode
from asyncsdk.resources.import_elements import Filler
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_staging import Staged

__all__ = ["Bodies", "ChunkBody"]

_MADE_BYTES = 256 * 1024
"""Of bodies that are made at once: some milliseconds."""

_INSTANCES = 2**27
"""Numbers of objects begin below this where they are added to others; the platform takes twice as many."""


@attrs.frozen
class ChunkBody:
    """What is sent for a chunk."""

    images: Sequence[tuple[str, str]]
    """Id of the asset of each element, and what the file calls its image."""

    body: bytes
    digest: str
    """What tells it from the others of the import: its hash, or its number."""


@attrs.define(kw_only=True)
class Bodies:
    """Makes the bodies of one import.

    Attributes:
        options: how to import.
        label_ids: ids of labels by number.
        salt: random, the same for all of the import.
        hashed: whether bodies are told apart by their hashes, as they may be looked up again.
    """

    options: ImportOptions
    label_ids: Mapping[int, str]
    salt: str
    hashed: bool
    _filler: Filler = attrs.field(init=False)
    _head: bytes = attrs.field(init=False)
    _tail: bytes = attrs.field(init=False)
    """What stands around the elements."""

    _numbers: Iterator[int] = attrs.field(factory=count, init=False)

    def __attrs_post_init__(self) -> None:
        first_instance = 0
        if self.options.mode is ImportAnnotationMode.CONCATENATE:
            first_instance = int(hashlib.sha256(self.salt.encode()).hexdigest(), 16) % _INSTANCES
        self._filler = Filler(self.label_ids, first_instance)
        self._head = b'{"import_type":%b,"annotations":' % orjson.dumps(self.options.mode.value)
        said = {"worker_id": self.options.worker_id, "status": self.options.status}
        rest = orjson.dumps({name: value for name, value in said.items() if value is not None})
        self._tail = b"}" if rest == b"{}" else b"," + rest[1:]

    def make_some(self, chunks: Iterator[Sequence[Staged]]) -> list[ChunkBody]:
        """Return the bodies of the next chunks: one, or more until there are some bytes."""
        made: list[ChunkBody] = []
        size = 0
        for chunk in chunks:
            made.append(self.make(chunk))
            size += len(made[-1].body)
            if size >= _MADE_BYTES:
                break
        return made

    def make(self, chunk: Sequence[Staged]) -> ChunkBody:
        """Return the body of one chunk."""
        elements = self._filler.fill_in((asset_id, payload) for asset_id, _, payload in chunk)
        body = b"".join([self._head, *elements, self._tail])
        return self._told([(asset_id, name) for asset_id, name, _ in chunk], body)

    def make_part(self, whole: ChunkBody, places: Iterable[int]) -> ChunkBody:
        """Return the body of some elements of a chunk."""
        chosen = list(places)
        body = orjson.loads(whole.body)
        body["annotations"] = [body["annotations"][place] for place in chosen]
        return self._told([whole.images[place] for place in chosen], orjson.dumps(body))

    def _told(self, images: Sequence[tuple[str, str]], body: bytes) -> ChunkBody:
        digest = hashlib.sha256(body).hexdigest() if self.hashed else str(next(self._numbers))
        return ChunkBody(images, body, digest)
