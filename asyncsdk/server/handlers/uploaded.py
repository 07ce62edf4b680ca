"""What clients have uploaded before they name it in a request."""

from __future__ import annotations

from asyncsdk.errors import BadRequestError
from asyncsdk.server.blobs.base import StoredObject
from asyncsdk.server.handlers.call import Call

__all__ = ["uploaded_object"]


async def uploaded_object(
    call: Call, connector: str, object_name: str, what: str = "object_name"
) -> StoredObject:
    """Return what is known of an object that must be there.

    Raises:
        BadRequestError: it was not uploaded, or the name is none of an object.
    """
    stored = await call.platform.blobs.find(connector, object_name)
    if stored is None:
        raise BadRequestError(f"{what}: {object_name!r} was not uploaded", status=400)
    return stored
