"""Jobs: their log, line by line and as a file."""

from __future__ import annotations

from assets import add
from checks import equal, holds, refused
from picsellia.exceptions import BadRequestError

__all__ = ["keep_log"]


def keep_log(world):
    """Send lines to a job's log, and store files of it."""
    job = world.client.get_job_by_id(add(world.version, world.park_data[0]).id)
    job.send_logging("first", "part 1")
    job.send_logging(["a", "list"], "part 1", special=True)
    job.send_logging("last", "part 1", final=True)
    path = world.make_folder("logs") / "train.log"
    stored = []
    for content in ("epoch 1", "epoch 1\nepoch 2"):
        path.write_text(content)
        stored.append(job.store_logging_file(path))
    holds(all(stored) and stored[0] != stored[1], f"the names of two stored logs: {stored}")
    connection = job.connexion if world.is_old else job.connection
    route = f"/api/v2/job/{job.id}/logging/save"
    with refused(BadRequestError, "a log that was not uploaded", saying="not uploaded"):
        connection.post(route, data='{"logging_object_name": "logging/none.txt"}')
    answer = connection.post(route, data=f'{{"logging_object_name": "{stored[1]}"}}').json()
    equal(answer, {"logging_object_name": stored[1]}, "a log saved again")
