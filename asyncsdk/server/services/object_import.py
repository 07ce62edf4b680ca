"""Making data of objects that lie in the storage already: the request makes a job."""

from __future__ import annotations

from typing import Any

from asyncsdk.errors import BadRequestError
from asyncsdk.records import codec
from asyncsdk.records.cloud_objects import CloudObject, ObjectImport
from asyncsdk.server.blobs.keys import check_key, check_prefix
from asyncsdk.server.services.cloud_objects import check_cloud_object, check_lake, data_tags
from asyncsdk.server.services.custom_metadata import metadata_rules
from asyncsdk.server.services.data_sources import require_source
from asyncsdk.server.services.datalakes import datalake_document, require_datalake
from asyncsdk.server.services.jobs import NewJob, add_job
from asyncsdk.server.services.metadata_values import MetadataRules
from asyncsdk.server.services.organizations import connector_organization
from asyncsdk.server.services.rules import Document, check_ids
from asyncsdk.server.services.scope import Scope
from asyncsdk.server.services.tags import require_tags
from asyncsdk.server.store.base import Row, Work

__all__ = ["IMPORT_OBJECTS", "import_objects", "import_stored_objects"]

IMPORT_OBJECTS = "import-objects"
MOST_OBJECTS = 500


def import_stored_objects(scope: Scope, connector: str, body: ObjectImport) -> Work[Document]:
    """Start the job that makes data of objects of a connector, in the datalake that the body names.

    Raises:
        BadRequestError: the datalake is behind another connector, or as in `import_objects`.
    """
    yield from connector_organization(scope, connector)
    if body.datalake_id is None:
        raise BadRequestError("datalake_id: required field missing", status=400)
    lake = yield from require_datalake(scope, check_ids([body.datalake_id], "datalake_id")[0])
    if lake["connector_id"] != connector:
        raise BadRequestError("datalake_id: the datalake lies behind another connector", status=400)
    return (yield from import_objects(scope, lake["id"], body))


def import_objects(scope: Scope, datalake_id: str, body: ObjectImport) -> Work[Document]:
    """Start the job that makes data of objects in the datalake's storage.

    Of prefixes, an empty list matches nothing and the empty text everything.

    Raises:
        BadRequestError: neither prefixes nor objects, or both; too few or too many objects; a name that leaves
            the connector; a tag or source of elsewhere; or metadata that the datalake does not take.
    """
    lake = yield from require_datalake(scope, datalake_id)
    check_lake(lake, body.datalake_id)
    if (body.prefixes is None) is (body.objects is None):
        raise BadRequestError("give either prefixes or objects", status=400)
    rules = yield from metadata_rules(lake["seq"])
    payload: dict[str, Any] = {"datalake": lake["seq"], "connector": lake["connector_id"]}
    if body.objects is not None:
        payload["objects"] = _checked_objects(body.objects, rules)
    else:
        rules.check(None)
        payload["prefixes"] = _separate([check_prefix(prefix) for prefix in body.prefixes or ()])
    payload |= yield from _for_all(scope, lake, body)
    job = yield from add_job(
        NewJob(organization=lake["organization"], generation=2, kind=IMPORT_OBJECTS, payload=payload)
    )
    return {"datalake": datalake_document(lake), "job": job}


def _for_all(scope: Scope, lake: Row, body: ObjectImport) -> Work[dict[str, Any]]:
    """Return the tags and the source of all new data; kept by id, as they may be deleted before their turn."""
    tag_ids = check_ids(body.tag_ids or (), "tag_ids")
    yield from require_tags(scope, tag_ids, data_tags(lake))
    source_id = None
    if body.data_source_id is not None:
        source_id = check_ids([body.data_source_id], "data_source_id")[0]
        source = yield from require_source(scope, source_id)
        if source["organization"] != lake["organization"]:
            raise BadRequestError("data_source_id: the source belongs to another organization", status=400)
    return {"tags": tag_ids, "source": source_id}


def _checked_objects(objects: dict[str, CloudObject], rules: MetadataRules) -> dict[str, Any]:
    if not 1 <= len(objects) <= MOST_OBJECTS:
        raise BadRequestError(f"objects: give 1 to {MOST_OBJECTS}", status=400)
    for name, given in objects.items():
        try:
            check_key(name)
            check_cloud_object(given, rules)
        except BadRequestError as error:
            raise BadRequestError(f"objects: {name[:600]!r}: {error.message}", status=400) from error
    return {name: codec.dump(given) for name, given in sorted(objects.items())}


def _separate(prefixes: list[str]) -> list[str]:
    """Return prefixes in order, without those that another one covers."""
    kept: list[str] = []
    for prefix in sorted(prefixes):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept
