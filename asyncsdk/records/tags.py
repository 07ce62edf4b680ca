"""Tags, and attaching them."""

from __future__ import annotations

import attrs

from asyncsdk.enums import TagTarget

__all__ = ["NewOrganizationTag", "NewTag", "TagConversion", "TagPatch", "TagRecord", "TagUse"]


@attrs.frozen
class TagRecord:
    """A tag; its scope is a datalake, a dataset version or the organization, by its target."""

    id: str
    name: str
    target_type: TagTarget


@attrs.frozen
class NewTag:
    """Creates a data tag or an asset tag."""

    name: str


@attrs.frozen
class NewOrganizationTag:
    """Creates a tag of the organization."""

    name: str
    target_type: TagTarget


@attrs.frozen
class TagPatch:
    """Renames a tag."""

    name: str


@attrs.frozen
class TagConversion:
    """Turns tags of assets, or of their data, into classifications."""

    tag_ids: tuple[str, ...]
    tag_type: TagTarget


@attrs.frozen
class TagUse:
    """Answer to attaching and detaching."""

    tag: TagRecord

    count: int
    """Objects of the tag's kind that the request named."""
