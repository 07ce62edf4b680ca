"""Annotation campaigns, their steps and their launch."""

from __future__ import annotations

from datetime import date, datetime

import attrs

from asyncsdk.enums import CampaignStepType
from asyncsdk.records.absent import absent
from asyncsdk.records.jobs import JobRecord

__all__ = [
    "Assignee",
    "CampaignPatch",
    "CampaignRecord",
    "IssueCount",
    "Launch",
    "NewAssignee",
    "NewCampaign",
    "NewStep",
    "StartedLaunch",
    "StepDeletion",
    "StepPatch",
    "StepRecord",
    "SyncAvailability",
]


@attrs.frozen(kw_only=True)
class CampaignRecord:
    """A campaign: the annotation of a dataset version as work that is shared out."""

    id: str
    dataset_version_id: str
    name: str | None = None
    description: str | None = absent()
    instructions_text: str | None = absent()
    instructions_object_name: str | None = absent()
    end_date: date | None = absent()
    auto_add_new_assets: bool | None = absent()
    auto_close_on_completion: bool | None = absent()
    default_entry_step_id: str | None = absent()
    annotated_entry_step_id: str | None = absent()
    is_closed: bool | None = absent()
    created_at: datetime | None = absent()


@attrs.frozen(kw_only=True)
class NewCampaign:
    """Creates the campaign of a version."""

    name: str | None = absent()
    description: str | None = absent()
    instructions_text: str | None = absent()
    instructions_object_name: str | None = absent()
    end_date: date | None = absent()
    auto_add_new_assets: bool | None = False
    auto_close_on_completion: bool | None = False


@attrs.frozen(kw_only=True)
class CampaignPatch:
    """Changes what is given."""

    name: str | None = absent()
    description: str | None = absent()
    instructions_text: str | None = absent()
    instructions_object_name: str | None = absent()
    end_date: date | None = absent()
    auto_add_new_assets: bool | None = absent()
    auto_close_on_completion: bool | None = absent()
    default_entry_step_id: str | None = absent()
    annotated_entry_step_id: str | None = absent()
    """A step's id, or `DONE`."""


@attrs.frozen(kw_only=True)
class NewAssignee:
    """Lets somebody work at a step; one generation names users, the other workers."""

    weight: float
    user_id: str | None = absent()
    worker_id: str | None = absent()


@attrs.frozen(kw_only=True)
class Assignee:
    """Somebody who works at a step; the work is shared in proportion to the weights."""

    user_id: str
    username: str
    weight: float


@attrs.frozen(kw_only=True)
class StepRecord:
    """A step of a campaign."""

    id: str
    name: str
    order: int
    """0 is the first."""

    type: CampaignStepType
    campaign_id: str | None = absent()
    description: str | None = absent()
    sample_rate: float | None = absent()
    assignees: tuple[Assignee, ...] | None = absent()


@attrs.frozen(kw_only=True)
class NewStep:
    """Adds a step to a campaign."""

    name: str
    type: CampaignStepType
    description: str | None = absent()
    order: int | None = absent()
    """Where to insert it; `None` appends it."""

    sample_rate: float | None = absent()
    assignees: tuple[NewAssignee, ...] | None = absent()


@attrs.frozen(kw_only=True)
class StepPatch:
    """Changes what is given."""

    name: str | None = absent()
    sample_rate: float | None = absent()
    assignees: tuple[NewAssignee, ...] | None = absent()


@attrs.frozen
class StepDeletion:
    """Says where the assignments of a step go that is deleted."""

    destination_step_id_for_pending_assignments: str | None = absent()


@attrs.frozen(kw_only=True)
class Launch:
    """Brings assets into a campaign."""

    existing_annotations_step_id: str | None = absent()
    """Where annotated assets enter: a step's id, or `DONE`."""

    asset_ids: tuple[str, ...] | None = absent()
    worker_ids: tuple[str, ...] | None = absent()


@attrs.frozen(kw_only=True)
class StartedLaunch:
    """Answer to a launch: the work goes on in the job."""

    campaign: CampaignRecord
    job: JobRecord


@attrs.frozen(kw_only=True)
class SyncAvailability:
    """Whether assets can be brought into a campaign, and how many are not in it."""

    unsynced_item_count: int
    is_sync_available: bool | None = None
    reason: str | None = absent()


@attrs.frozen(kw_only=True)
class IssueCount:
    """Assignments of one person that were sent back.

    Attributes:
        user_id: the person; `None` counts what nobody is assigned to.
        opened: assignments that wait for their rework.
        closed: reworks that were submitted.
    """

    user_id: str | None = None
    opened: int
    closed: int
