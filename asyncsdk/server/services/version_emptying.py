"""Taking the assets out of a version that is to disappear, in parts, so that nobody who writes waits long.

A version that is being emptied refuses changes, as one that is being filled does. When that stops half-way, what is left of it goes on refusing
them until it is deleted again.
"""

from __future__ import annotations

from sqlalchemy import bindparam, delete, exists, select, update

from asyncsdk.server.services.copying_plan import LAST, Budget, Plan, plan_batch
from asyncsdk.server.services.dataset_versions import deletable_version
from asyncsdk.server.services.datasets import deletable_dataset
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Work
from asyncsdk.server.store.schema import asset, dataset_version
from asyncsdk.server.store.statements import Prepared

__all__ = ["empty_dataset", "empty_version", "plan_removal", "remove_assets"]

_PART = Budget()

_REMOVE = Prepared(
    delete(asset)
    .where(asset.c.version == bindparam("version"), asset.c.position <= bindparam("upto"))
    .returning(asset.c.seq)
)
_SHRINK = Prepared(
    update(dataset_version)
    .where(dataset_version.c.seq == bindparam("key"))
    .values(filling=True, asset_count=dataset_version.c.asset_count - bindparam("less"))
)
_FIRST_FILLED = Prepared(
    select(dataset_version.c.seq)
    .where(
        dataset_version.c.dataset == bindparam("key"),
        exists().where(asset.c.version == dataset_version.c.seq),
    )
    .limit(1)
)


def empty_version(scope: Scope, version_id: str) -> Work[int | None]:
    """Remove a part of the assets of a version that is to be deleted; `None` when few are left.

    Raises:
        LockedError: the version is locked.
    """
    version = yield from deletable_version(scope, version_id)
    plan = yield from plan_removal(version["seq"], _PART)
    if plan.done:
        return None
    yield from remove_assets(version["seq"], plan)
    return 0


def empty_dataset(scope: Scope, dataset_id: str) -> Work[int | None]:
    """Remove a part of the assets of a dataset that is to be deleted; `None` when none are left.

    Raises:
        LockedError: one of its versions is locked.
    """
    dataset, _ = yield from deletable_dataset(scope, dataset_id)
    for filled in (yield _FIRST_FILLED(key=dataset["seq"])):
        yield from remove_assets(filled["seq"], (yield from plan_removal(filled["seq"], _PART)))
        return 0
    return None


def plan_removal(version: int, budget: Budget) -> Work[Plan]:
    """Return the next assets that go, with everything on them."""
    return (
        yield from plan_batch(
            version, after=0, last=LAST, budget=budget, with_tags=True, with_annotations=True
        )
    )


def remove_assets(version: int, plan: Plan) -> Work[None]:
    """Remove the assets of a plan; the version refuses changes from then on."""
    gone = yield _REMOVE(version=version, upto=plan.upto)
    yield _SHRINK(key=version, less=len(gone))
