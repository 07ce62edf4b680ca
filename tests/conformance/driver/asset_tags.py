"""Asset tags: making them, and putting them on assets, one by one and many at once."""

from __future__ import annotations

from checks import equal, refused
from picsellia.exceptions import ResourceConflictError, ResourceNotFoundError
from world import names, one_name

__all__ = ["tag_assets"]


def tag_assets(world):
    """Make, attach, detach, rename and delete asset tags."""
    tag, other = _make(world.version)
    _tag_one(world.version, tag, other)
    _tag_many(world.version, tag)


def _make(version):
    tag = version.create_asset_tag("seen")
    with refused(ResourceConflictError, "a second asset tag of one name"):
        version.create_asset_tag("seen")
    with refused(ResourceNotFoundError, "an unknown asset tag"):
        version.get_asset_tag("unseen")
    equal(version.get_asset_tag("seen").id, tag.id, "an asset tag by name")
    equal(version.get_or_create_asset_tag("seen").id, tag.id, "an asset tag got, not created")
    other = version.get_or_create_asset_tag('odd "one" & ünique')
    known = sorted(each.name for each in version.list_asset_tags())
    equal(known, sorted(["again", "park", "seen", "street", "train", other.name]), "all asset tags")
    return tag, other


def _tag_one(version, tag, other):
    asset = version.find_asset(filename="photo.jpg")
    asset.add_tags([tag, other])
    equal(sorted(each.name for each in asset.get_tags()), sorted(["seen", other.name]), "tags of one asset")
    asset.remove_tags(tag)
    equal(one_name(asset.get_tags()), other.name, "a tag removed from one asset")


def _tag_many(version, tag):
    parks = version.list_assets(tags="park")
    parks.add_tags(tag)
    parks.add_tags([tag])
    equal(names(version.list_assets(tags=tag)), names(parks), "a tag added to many, twice")
    parks[:2].remove_tags(tag)
    equal(len(version.list_assets(tags=tag)), 3, "a tag removed from two")
    tag.attach_on(parks)
    equal(len(version.list_assets(tags=tag)), 5, "a tag attached from its own side")
    tag.detach_from([parks[0]])
    equal(len(version.list_assets(tags=tag)), 4, "and detached")
    tag.update(name="noticed")
    equal(len(version.list_assets(tags="noticed")), 4, "a tag renamed")
    tag.delete()
    equal(sorted(each.name for each in parks[0].get_tags()), ["park", "train"], "a deleted tag is gone")
