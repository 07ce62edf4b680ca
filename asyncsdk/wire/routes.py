"""Every route of the protocol that is in scope, named once for both halves."""

from __future__ import annotations

from asyncsdk.wire.requests import Repeat, Route

_CREATION = Repeat.CREATION


def _get(template: str) -> Route:
    return Route("GET", template)


def _xget(template: str) -> Route:
    return Route("XGET", template)


def _patch(template: str) -> Route:
    return Route("PATCH", template)


def _delete(template: str) -> Route:
    return Route("DELETE", template)


def _create(template: str) -> Route:
    return Route("POST", template, _CREATION)


def _act(template: str) -> Route:
    """A POST that may be sent twice without harm."""
    return Route("POST", template)


# Connection, organization, users
PING = _get("/api/home/ping")
FIND_ORGANIZATION = _get("/api/organizations/find")
GET_ORGANIZATION = _get("/api/organization/{org}")
LIST_ORGANIZATION_USERS = _get("/api/access/organization/{org}/users")
LIST_DATASET_USERS = _get("/api/access/dataset/{dataset}/users")
ADD_DATASET_USER = _act("/api/access/dataset/{dataset}/users")
LIST_WORKERS = _get("/api/dataset/{dataset}/workers")
FIND_WORKER = _get("/api/dataset/{dataset}/workers/find")
GET_WORKER = _get("/api/worker/{worker}")

# Object storage
GENERATE_OBJECT_NAME = _act("/api/organization/{org}/connector/{connector}/generate_object_name")
PRESIGN_UPLOAD = _act("/api/object-storage/{connector}/generate_presigned_url")
START_MULTIPART = _act("/api/object-storage/{connector}/init_multipart_upload")
PRESIGN_PART = _act("/api/object-storage/{connector}/generate_part_presigned_url")
COMPLETE_MULTIPART = _act("/api/object-storage/{connector}/complete_part_upload")
PRESIGN_DOWNLOAD = _act("/api/object-storage/{connector}/retrieve_presigned_url")
IMPORT_STORED_OBJECTS = _act("/api/object-storage/{connector}/objects")

# Datalake and data
GET_DEFAULT_DATALAKE = _get("/api/organization/{org}/datalake")
LIST_DATALAKES = _get("/api/organization/{org}/datalakes")
GET_DATALAKE = _get("/api/datalake/{datalake}")
GET_CUSTOM_METADATA_SCHEMA = _get("/api/datalake/{datalake}/custom-metadata")
UPDATE_CUSTOM_METADATA_SETTINGS = _patch("/api/datalake/{datalake}/custom-metadata")
SET_CUSTOM_METADATA_KEY = _act("/api/datalake/{datalake}/custom-metadata/keys/{metadata_key}")
DELETE_CUSTOM_METADATA_KEY = _delete("/api/datalake/{datalake}/custom-metadata/keys/{metadata_key}")
CREATE_DATA = _create("/api/datalake/{datalake}/datas")
LIST_DATA = _get("/api/datalake/{datalake}/datas")
FILTER_DATA = _xget("/api/datalake/{datalake}/datas")
DELETE_MANY_DATA = _delete("/api/datalake/{datalake}/datas")
FIND_DATA = _get("/api/datalake/{datalake}/datas/find")
GET_DATA = _get("/api/data/{data}")
UPDATE_DATA = _patch("/api/data/{data}")
DELETE_DATA = _delete("/api/data/{data}")
GET_DATA_URL = _get("/api/data/{data}/presigned-url")
UPDATE_MANY_DATA = _patch("/api/datalake/{datalake}/data/bulk")
UPDATE_CUSTOM_METADATA = _patch("/api/data/{data}/custom-metadata")
CREATE_PROJECTION = _create("/api/data/{data}/projections")
LIST_PROJECTIONS = _get("/api/data/{data}/projections")
GET_PROJECTION = _get("/api/data/projection/{projection}")
DELETE_PROJECTION = _delete("/api/data/projection/{projection}")
GET_PROJECTION_URL = _get("/api/data/projection/{projection}/presigned-url")
IMPORT_OBJECTS = _act("/api/datalake/{datalake}/objects")
IMPORT_PROJECTIONS = _create("/api/datalake/{datalake}/objects/projections")
CREATE_DATA_SOURCE = _create("/api/organization/{org}/datasources")
LIST_DATA_SOURCES = _get("/api/organization/{org}/datasources")
FIND_DATA_SOURCE = _get("/api/organization/{org}/datasources/find")
GET_DATA_SOURCE = _get("/api/data/source/{source}")
UPDATE_DATA_SOURCE = _patch("/api/data/source/{source}")
DELETE_DATA_SOURCE = _delete("/api/data/source/{source}")

# Datasets and versions
CREATE_DATASET = _create("/api/organization/{org}/datasets")
LIST_DATASETS = _get("/api/organization/{org}/datasets")
FIND_DATASET = _get("/api/organization/{org}/datasets/find")
GET_DATASET = _get("/api/dataset/{dataset}")
UPDATE_DATASET = _patch("/api/dataset/{dataset}")
DELETE_DATASET = _delete("/api/dataset/{dataset}")
CREATE_VERSION = _create("/api/dataset/{dataset}/versions")
LIST_VERSIONS = _get("/api/dataset/{dataset}/versions")
FIND_VERSION = _get("/api/dataset/{dataset}/versions/find")
FIND_VERSION_BY_ID = _get("/api/organization/{org}/datasetversions/find")
GET_VERSION = _get("/api/dataset/version/{version}")
UPDATE_VERSION = _patch("/api/dataset/version/{version}")
DELETE_VERSION = _delete("/api/dataset/version/{version}")
LOCK_VERSION = _act("/api/dataset/version/{version}/lock")
UNLOCK_VERSION = _act("/api/dataset/version/{version}/unlock")

# Assets
ADD_ASSETS = _create("/api/dataset/version/{version}/assets")
LIST_ASSETS = _get("/api/dataset/version/{version}/assets")
FILTER_ASSETS = _xget("/api/dataset/version/{version}/assets")
DELETE_MANY_ASSETS = _delete("/api/dataset/version/{version}/assets")
FIND_ASSET = _get("/api/dataset/version/{version}/assets/find")
GET_ASSET = _get("/api/asset/{asset}")
DELETE_ASSET = _delete("/api/asset/{asset}")

# Labels
CREATE_LABEL = _create("/api/dataset/version/{version}/labels")
LIST_LABELS = _get("/api/dataset/version/{version}/labels")
FIND_LABEL = _get("/api/dataset/version/{version}/labels/find")
FIND_OR_CREATE_LABELS = _xget("/api/dataset/version/{version}/bulk-labels")
LIST_SKELETONS = _get("/api/dataset/version/{version}/labels/skeleton")
GET_LABEL = _get("/api/label/{label}")
UPDATE_LABEL = _patch("/api/label/{label}")
DELETE_LABEL = _delete("/api/label/{label}")
GET_SKELETON = _get("/api/label/{label}/skeleton")
SET_SKELETON = _act("/api/label/{label}/skeleton")
GET_LABEL_ATTRIBUTES = _get("/api/label/{label}/attributes")
SET_LABEL_ATTRIBUTES = _act("/api/label/{label}/attributes")
CREATE_LABEL_GROUP = _create("/api/dataset/version/{version}/labelgroups")
LIST_LABEL_GROUPS = _get("/api/dataset/version/{version}/labelgroups")
GET_LABEL_GROUP = _get("/api/label/group/{group}")
UPDATE_LABEL_GROUP = _patch("/api/label/group/{group}")
DELETE_LABEL_GROUP = _delete("/api/label/group/{group}")
GET_VERSION_ATTRIBUTES = _get("/api/dataset/version/{version}/attributes")
SET_VERSION_ATTRIBUTES = _act("/api/dataset/version/{version}/attributes")

# Annotations
LIST_EXTENDED_ASSETS = _get("/api/dataset/version/{version}/assets/extended")
GET_STATS = _get("/api/dataset/version/{version}/stats")
LIST_ANNOTATIONS = _get("/api/dataset/version/{version}/annotations")
LIST_ANNOTATION_IDS = _get("/api/dataset/version/{version}/annotations/ids")
LOAD_ANNOTATIONS = _xget("/api/dataset/version/{version}/annotations")
DELETE_MANY_ANNOTATIONS = _delete("/api/dataset/version/{version}/annotations")
BULK_ANNOTATIONS = _create("/api/dataset/version/{version}/bulk-annotations")
EXPORT_ANNOTATIONS = Route("POST", "/api/dataset/version/{version}/annotations/export", slow=True)
LIST_ASSET_ANNOTATIONS = _get("/api/asset/{asset}/annotations")
FIND_ASSET_ANNOTATION = _get("/api/asset/{asset}/annotations/find")
CREATE_ANNOTATION = _create("/api/asset/{asset}/annotations")
GET_ANNOTATION = _get("/api/annotation/{annotation}")
UPDATE_ANNOTATION = _patch("/api/annotation/{annotation}")
DELETE_ANNOTATION = _delete("/api/annotation/{annotation}")
SAVE_ANNOTATION = _act("/api/annotation/{annotation}/save")

# Shapes
LIST_RECTANGLES = _get("/api/annotation/{annotation}/rectangles")
CREATE_RECTANGLES = _create("/api/annotation/{annotation}/bulk-rectangles")
GET_RECTANGLE = _get("/api/rectangle/{rectangle}")
UPDATE_RECTANGLE = _patch("/api/rectangle/{rectangle}")
DELETE_RECTANGLE = _delete("/api/rectangle/{rectangle}")
LIST_POLYGONS = _get("/api/annotation/{annotation}/polygons")
CREATE_POLYGONS = _create("/api/annotation/{annotation}/bulk-polygons")
GET_POLYGON = _get("/api/polygon/{polygon}")
UPDATE_POLYGON = _patch("/api/polygon/{polygon}")
DELETE_POLYGON = _delete("/api/polygon/{polygon}")
LIST_LINES = _get("/api/annotation/{annotation}/lines")
CREATE_LINES = _create("/api/annotation/{annotation}/bulk-lines")
GET_LINE = _get("/api/line/{line}")
UPDATE_LINE = _patch("/api/line/{line}")
DELETE_LINE = _delete("/api/line/{line}")
LIST_POINTS = _get("/api/annotation/{annotation}/points")
CREATE_POINTS = _create("/api/annotation/{annotation}/bulk-points")
GET_POINT = _get("/api/point/{point}")
UPDATE_POINT = _patch("/api/point/{point}")
DELETE_POINT = _delete("/api/point/{point}")
LIST_CLASSIFICATIONS = _get("/api/annotation/{annotation}/classifications")
CREATE_CLASSIFICATIONS = _create("/api/annotation/{annotation}/bulk-classifications")
GET_CLASSIFICATION = _get("/api/classification/{classification}")
UPDATE_CLASSIFICATION = _patch("/api/classification/{classification}")
DELETE_CLASSIFICATION = _delete("/api/classification/{classification}")
LIST_MASKS = _get("/api/annotation/{annotation}/masks")
CREATE_MASKS = _create("/api/annotation/{annotation}/bulk-masks")
GET_MASK = _get("/api/mask/{mask}")
DELETE_MASK = _delete("/api/mask/{mask}")

# Tags
CREATE_TAG = _create("/api/organization/{org}/tags")
LIST_TAGS = _get("/api/organization/{org}/tags")
FIND_TAG = _get("/api/organization/{org}/tags/find")
CREATE_DATA_TAG = _create("/api/datalake/{datalake}/tags")
LIST_DATA_TAGS = _get("/api/datalake/{datalake}/tags")
FIND_DATA_TAG = _get("/api/datalake/{datalake}/tags/find")
CREATE_ASSET_TAG = _create("/api/dataset/version/{version}/tags")
LIST_ASSET_TAGS = _get("/api/dataset/version/{version}/tags")
FIND_ASSET_TAG = _get("/api/dataset/version/{version}/tags/find")
GET_TAG = _get("/api/tag/{tag}")
UPDATE_TAG = _patch("/api/tag/{tag}")
DELETE_TAG = _delete("/api/tag/{tag}")
ATTACH_TAG = _act("/api/tag/{tag}/attach")
DETACH_TAG = _act("/api/tag/{tag}/detach")

# Models, their versions and files
CREATE_MODEL = _create("/api/organization/{org}/models")
LIST_MODELS = _get("/api/organization/{org}/models")
FIND_MODEL = _get("/api/organization/{org}/models/find")
LIST_PUBLIC_MODELS = _get("/api/models")
FIND_PUBLIC_MODEL = _get("/api/models/find")
LIST_PUBLIC_MODELS_OLD = _get("/api/public/models")
FIND_PUBLIC_MODEL_OLD = _get("/api/public/models/find")
GET_MODEL = _get("/api/model/{model}")
UPDATE_MODEL = _patch("/api/model/{model}")
DELETE_MODEL = _delete("/api/model/{model}")
CREATE_MODEL_VERSION = _create("/api/model/{model}/versions")
LIST_MODEL_VERSIONS = _get("/api/model/{model}/versions")
FIND_MODEL_VERSION = _get("/api/model/{model}/versions/find")
FIND_MODEL_VERSION_BY_ID = _get("/api/organization/{org}/modelversions/find")
GET_MODEL_VERSION = _get("/api/model/version/{model_version}")
UPDATE_MODEL_VERSION = _patch("/api/model/version/{model_version}")
DELETE_MODEL_VERSION = _delete("/api/model/version/{model_version}")
GET_MODEL_VERSION_CONTEXT = _get("/api/model/version/{model_version}/context")
GET_PUBLIC_MODEL_VERSION_CONTEXT = _get("/api/model/version/{model_version}/public/context")
GET_MODEL_CONTEXT = _get("/api/model/context/{model_context}")
CREATE_MODEL_FILE = _create("/api/model/version/{model_version}/modelfiles")
LIST_MODEL_FILES = _get("/api/model/version/{model_version}/modelfiles")
FIND_MODEL_FILE = _get("/api/model/version/{model_version}/modelfiles/find")
GET_MODEL_FILE = _get("/api/model/file/{model_file}")
DELETE_MODEL_FILE = _delete("/api/model/file/{model_file}")

# Jobs
GET_JOB = _get("/api/job/{job}")
GET_JOB_RUN = _get("/api/v2/job/{job}")
FIND_JOB_RUN = _get("/api/organization/{org}/jobv2s/find")
START_JOB_RUN = _act("/api/v2/job/{job}/running")
SUCCEED_JOB_RUN = _act("/api/v2/job/{job}/succeed")
FAIL_JOB_RUN = _act("/api/v2/job/{job}/fail")
LOG_JOB_RUN = _act("/api/v2/job/{job}/logging")
SAVE_JOB_RUN_LOG = _act("/api/v2/job/{job}/logging/save")

PROTOCOL: tuple[Route, ...] = tuple(value for value in globals().values() if isinstance(value, Route))
"""Every route above, in reading order: the protocol."""

# Our additions; a strict platform has none of them
ATTACH = _get("/api/asyncsdk/attach")
ADMIN_ADD_ORGANIZATION = _create("/api/asyncsdk/admin/organizations")
ADMIN_LIST_ORGANIZATIONS = _get("/api/asyncsdk/admin/organizations")
ADMIN_ADD_USER = _create("/api/asyncsdk/admin/users")
ADMIN_LIST_USERS = _get("/api/asyncsdk/admin/users")
ADMIN_ADD_MEMBER = _act("/api/asyncsdk/admin/members")
ADMIN_ADD_TOKEN = _create("/api/asyncsdk/admin/tokens")
ADMIN_LIST_TOKENS = _get("/api/asyncsdk/admin/tokens")
ADMIN_REVOKE_TOKEN = _act("/api/asyncsdk/admin/tokens/{token}/revoke")

ADDED: tuple[Route, ...] = tuple(
    value for value in globals().values() if isinstance(value, Route) and value not in PROTOCOL
)
"""The routes that we add."""
