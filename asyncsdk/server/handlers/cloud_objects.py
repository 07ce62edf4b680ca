"""Objects that lie in the storage already, and changing many data at once."""

from __future__ import annotations

from asyncsdk.records.cloud_objects import DataUpdates, ObjectImport
from asyncsdk.server.handlers.call import Answer, Call, Handler
from asyncsdk.server.services import cloud_objects, object_import
from asyncsdk.wire import routes
from asyncsdk.wire.requests import Route

__all__ = ["HANDLERS"]


async def import_stored_objects(call: Call) -> Answer:
    """Start the job that makes data of objects of a connector."""
    body = call.body(ObjectImport)
    answer = await call.write(object_import.import_stored_objects(call.scope, call.id("connector"), body))
    call.platform.wake_jobs()
    return answer


async def import_objects(call: Call) -> Answer:
    """Start the job that makes data of objects in a datalake's storage."""
    body = call.body(ObjectImport)
    answer = await call.write(object_import.import_objects(call.scope, call.id("datalake"), body))
    call.platform.wake_jobs()
    return answer


async def update_many_data(call: Call) -> Answer:
    """Replace what is kept beside the files of some data."""
    body = call.body(DataUpdates)
    return await call.write(cloud_objects.update_many_data(call.scope, call.id("datalake"), body))


HANDLERS: dict[Route, Handler] = {
    routes.IMPORT_STORED_OBJECTS: import_stored_objects,
    routes.IMPORT_OBJECTS: import_objects,
    routes.UPDATE_MANY_DATA: update_many_data,
}
