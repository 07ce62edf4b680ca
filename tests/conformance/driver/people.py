"""Users and workers."""

from __future__ import annotations

from checks import equal, holds, refused
from picsellia.exceptions import ResourceNotFoundError

__all__ = ["meet_people"]


def meet_people(world):
    """List users and workers, and find one."""
    dataset = world.dataset
    workers = dataset.list_workers()
    equal(len(workers), 1, "the workers of a dataset")
    me = workers[0]
    name = me.username
    holds(name, "a worker has a name")
    equal(dataset.find_worker(name).id, me.id, "a worker by name")
    if world.is_old:
        with refused(ResourceNotFoundError, "an unknown worker"):
            dataset.find_worker("nobody")
        equal(me.sync()["id"], str(me.id), "the worker read anew")
        return
    equal([user.username for user in world.client.list_users()], [name], "users of the organization")
    equal([user.username for user in world.client.list_users(username=name)], [name], "a user by name")
    equal(world.client.list_users(username="nobody"), [], "an unknown user")
    equal([user.username for user in dataset.list_users()], [name], "users of a dataset")
    dataset.add_user(world.client.list_users()[0])
