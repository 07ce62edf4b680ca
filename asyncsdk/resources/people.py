"""People and steps in arguments: objects, or their ids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from asyncsdk.errors import InvalidArgumentError
from asyncsdk.records.campaigns import NewAssignee
from asyncsdk.resources.arguments import as_list
from asyncsdk.resources.worker import User, Worker
from asyncsdk.wire.ids import canonical_id

if TYPE_CHECKING:
    from asyncsdk.resources.campaign_step import CampaignStep

__all__ = ["Person", "assignees_of", "ids_of_people", "ids_of_steps", "person_id_of"]

Person: TypeAlias = Worker | User | str | UUID


def person_id_of(person: Person) -> str:
    """Return the id of a worker or user, who share it.

    Raises:
        InvalidArgumentError: it is neither, and no id.
    """
    return person.id if isinstance(person, Worker | User) else canonical_id(person)


def ids_of_people(people: Person | Sequence[Person] | None) -> tuple[str, ...] | None:
    """Return the ids of people, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: one is neither worker nor user, and no id.
    """
    return None if people is None else tuple(dict.fromkeys(map(person_id_of, as_list(people))))


def ids_of_steps(steps: Sequence[CampaignStep | str | UUID] | None) -> tuple[str, ...] | None:
    """Return the ids of steps, each once; `None` stays `None`.

    Raises:
        InvalidArgumentError: one is neither a step nor an id.
    """
    if steps is None:
        return None
    return tuple(dict.fromkeys(canonical_id(getattr(step, "id", step)) for step in as_list(steps)))


def assignees_of(assignees: Sequence[tuple[Person, float]] | None) -> tuple[NewAssignee, ...] | None:
    """Return people with their weights as they travel; `None` stays `None`.

    Raises:
        InvalidArgumentError: something is no pair, or a weight is no number above 0.
    """
    if assignees is None:
        return None
    return tuple(_assignee(pair) for pair in assignees)


def _assignee(pair: tuple[Person, float]) -> NewAssignee:
    match pair:
        case (person, int() | float() as weight) if not isinstance(weight, bool) and weight > 0:
            person_id = person_id_of(person)
            return NewAssignee(user_id=person_id, worker_id=person_id, weight=weight)
    raise InvalidArgumentError(f"assignees: {pair!r} is no pair of a worker and a weight above 0")
