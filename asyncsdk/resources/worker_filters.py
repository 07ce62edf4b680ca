"""The worker filter, which some platforms ignore: it never turns into no filter."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from asyncsdk.errors import InvalidArgumentError, NotSupportedError
from asyncsdk.resources.arguments import as_list
from asyncsdk.resources.worker import Worker

__all__ = ["check_worker", "worker_id_of", "worker_ids_of"]


def worker_id_of(worker: Any) -> str | None:
    """Return the id of a worker; `None` stays `None`.

    Raises:
        InvalidArgumentError: it is no worker.
    """
    return None if worker is None else _id_of(worker)


def worker_ids_of(workers: Worker | Iterable[Worker] | None) -> tuple[str, ...] | None:
    """Return the ids of workers, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: one is no worker.
    """
    if workers is None:
        return None
    return tuple(dict.fromkeys(_id_of(worker) for worker in as_list(workers)))


def _id_of(worker: Any) -> str:
    if not isinstance(worker, Worker):
        raise InvalidArgumentError(f"{worker!r} is not a Worker; find one with dataset.find_worker(username)")
    return worker.id


def check_worker(found: str | None, wanted: str | None) -> None:
    """Make sure that an annotation is that of the worker who was asked for, if any.

    Raises:
        NotSupportedError: it is not: the platform ignored the worker, or does not tell it.
    """
    if wanted is not None and found != wanted:
        told = "tells no workers" if found is None else "ignores workers"
        raise NotSupportedError(f"this platform {told}: do without `worker`, and choose by `worker_id`")
