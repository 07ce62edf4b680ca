"""Annotation campaigns: a dataset version has one at most."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, update

from asyncsdk.errors import ConflictError
from asyncsdk.records.campaigns import CampaignPatch, NewCampaign
from asyncsdk.server.services.campaign_closing import close_when_done
from asyncsdk.server.services.campaign_rows import (
    DONE,
    campaign_document,
    campaigns_joined,
    check_changeable,
    read_steps,
    require_campaign,
    step_of,
)
from asyncsdk.server.services.dataset_versions import require_unlocked, require_version
from asyncsdk.server.services.garbage import discard, refuse_garbage
from asyncsdk.server.services.organizations import connector_of, organization_seq
from asyncsdk.server.services.rules import Document, check_name, check_text
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.store.base import Row, Work
from asyncsdk.server.store.ids import new_id, now_us
from asyncsdk.server.store.schema import campaign, campaign_step, dataset
from asyncsdk.server.store.statements import Prepared, insertion, statement

__all__ = [
    "close_campaign",
    "create_campaign",
    "discard_instructions",
    "get_campaign",
    "instructions_connector",
    "list_campaigns",
    "list_version_campaigns",
    "update_campaign",
]

_OF_VERSION = Prepared(campaigns_joined().where(campaign.c.version == bindparam("version")))
_INSERT = Prepared(insertion(campaign))
_UPDATE = Prepared(
    update(campaign)
    .where(campaign.c.seq == bindparam("key"))
    .values(
        name=bindparam("new_name"),
        description=bindparam("new_description"),
        instructions_text=bindparam("new_text"),
        instructions_object_name=bindparam("new_object"),
        end_date=bindparam("new_end_date"),
        auto_add_new_assets=bindparam("new_auto_add"),
        auto_close_on_completion=bindparam("new_auto_close"),
        annotated_done=bindparam("new_annotated_done"),
    )
)
_CLOSE = Prepared(
    update(campaign).where(campaign.c.seq == bindparam("key")).values(closed_at=bindparam("now"))
)


def _flagging(flag: str) -> Prepared:
    """One step of the campaign gets the flag, the others lose it."""
    return Prepared(
        update(campaign_step)
        .where(campaign_step.c.campaign == bindparam("key"))
        .values({flag: campaign_step.c.seq == bindparam("chosen")})
    )


_SET_DEFAULT_ENTRY = _flagging("default_entry")
_SET_ANNOTATED_ENTRY = _flagging("annotated_entry")
_NO_STEP = -1


def create_campaign(scope: Scope, version_id: str, body: NewCampaign) -> Work[Document]:
    """Create the campaign of a version; without a name it gets that of the version.

    Raises:
        BadRequestError: a text cannot be stored, or the instructions are about to be deleted.
        ConflictError: the version has one.
        LockedError: the version is locked.
    """
    version = yield from require_unlocked(scope, version_id)
    if version["annotation_campaign_id"] is not None:
        raise ConflictError("the dataset version has a campaign already; it can have one", status=409)
    name = f"{version['origin_name']}/{version['version']}" if body.name is None else body.name
    yield _INSERT(
        **(yield from _texts(version["organization"], body)),
        id=new_id(),
        created_at=now_us(),
        version=version["seq"],
        name=name if body.name is None else check_name(name, "name"),
        end_date=None if body.end_date is None else body.end_date.isoformat(),
        auto_add_new_assets=bool(body.auto_add_new_assets),
        auto_close_on_completion=bool(body.auto_close_on_completion),
        annotated_done=False,
        closed_at=None,
    )
    return campaign_document((yield _OF_VERSION(version=version["seq"]))[0])


def instructions_connector(
    scope: Scope, *, version_id: str | None = None, campaign_id: str | None = None
) -> Work[str]:
    """Return the storage connector where the instructions of a campaign, or of a version's new one, must lie."""
    if campaign_id is not None:
        home = yield from require_campaign(scope, campaign_id)
    else:
        home = yield from require_version(scope, version_id or "")
    return (yield from connector_of(home["organization"]))


def get_campaign(scope: Scope, campaign_id: str) -> Work[Document]:
    """Return a campaign."""
    return campaign_document((yield from require_campaign(scope, campaign_id)))


def list_version_campaigns(scope: Scope, version_id: str) -> Work[Document]:
    """Return the campaigns of a version: none or one."""
    version = yield from require_version(scope, version_id)
    rows = yield _OF_VERSION(version=version["seq"])
    return {"items": [campaign_document(row) for row in rows], "count": len(rows)}


def list_campaigns(scope: Scope, organization_id: str, *, is_closed: bool | None) -> Work[Document]:
    """Return the campaigns of an organization, newest first."""
    home = yield from organization_seq(scope, organization_id)
    chosen = campaigns_joined().where(dataset.c.organization == home)
    if is_closed is not None:
        closed = campaign.c.closed_at.is_not(None)
        chosen = chosen.where(closed if is_closed else ~closed)
    rows = yield statement(chosen.order_by(campaign.c.seq.desc()))
    return {"items": [campaign_document(row) for row in rows], "count": len(rows)}


def update_campaign(scope: Scope, campaign_id: str, body: CampaignPatch) -> Work[Document]:
    """Change what is given.

    Raises:
        BadRequestError: a text cannot be stored, a step is none of the campaign's, or the instructions are
            about to be deleted.
        ConflictError: the campaign is closed.
        LockedError: the version is locked.
    """
    row = yield from require_campaign(scope, campaign_id, change=True)
    texts = yield from _texts(row["organization"], body)
    changed = dict(row) | {name: value for name, value in texts.items() if value is not None}
    if body.name is not None:
        changed["name"] = check_name(body.name, "name")
    if body.end_date is not None:
        changed["end_date"] = body.end_date.isoformat()
    for name in ("auto_add_new_assets", "auto_close_on_completion"):
        if getattr(body, name) is not None:
            changed[name] = getattr(body, name)
    changed["annotated_done"] = yield from _set_entries(row, body)
    yield _UPDATE(key=row["seq"], **_new_values(changed))
    if changed["instructions_object_name"] != row["instructions_object_name"]:
        yield from discard_instructions(row)
    yield from close_when_done(row["seq"])
    return (yield from get_campaign(scope, campaign_id))


def close_campaign(scope: Scope, campaign_id: str) -> Work[Document]:
    """Close a campaign for good; one that is closed stays as it is.

    Raises:
        LockedError: the version is locked.
    """
    row = yield from require_campaign(scope, campaign_id)
    if row["closed_at"] is None:
        yield _CLOSE(key=check_changeable(row)["seq"], now=now_us())
    return (yield from get_campaign(scope, campaign_id))


def _texts(home: int, body: NewCampaign | CampaignPatch) -> Work[dict[str, str | None]]:
    """Return the texts of a request, checked."""
    for name in ("description", "instructions_text"):
        if (value := getattr(body, name)) is not None:
            check_text(value, name)
    if body.instructions_object_name is not None:
        connector = yield from connector_of(home)
        yield from refuse_garbage(connector, body.instructions_object_name, "instructions_object_name")
    return {
        "description": body.description,
        "instructions_text": body.instructions_text,
        "instructions_object_name": body.instructions_object_name,
    }


def _set_entries(row: Row, body: CampaignPatch) -> Work[bool]:
    """Set where assets enter, and return whether annotated ones enter as done."""
    steps = yield from read_steps(row["seq"])
    if body.default_entry_step_id is not None:
        chosen = step_of(steps, body.default_entry_step_id, "default_entry_step_id")
        yield _SET_DEFAULT_ENTRY(key=row["seq"], chosen=chosen["seq"])
    target = body.annotated_entry_step_id
    if target is None:
        return bool(row["annotated_done"])
    done = target == DONE
    seq = _NO_STEP if done else step_of(steps, target, "annotated_entry_step_id")["seq"]
    yield _SET_ANNOTATED_ENTRY(key=row["seq"], chosen=seq)
    return done


def _new_values(changed: dict[str, Any]) -> dict[str, Any]:
    return {
        "new_name": changed["name"],
        "new_description": changed["description"],
        "new_text": changed["instructions_text"],
        "new_object": changed["instructions_object_name"],
        "new_end_date": changed["end_date"],
        "new_auto_add": changed["auto_add_new_assets"],
        "new_auto_close": changed["auto_close_on_completion"],
        "new_annotated_done": changed["annotated_done"],
    }


def discard_instructions(row: Row) -> Work[None]:
    """Let the instructions be deleted that a campaign has had."""
    name = row["instructions_object_name"]
    yield from discard(row["organization"], [] if name is None else [name])
