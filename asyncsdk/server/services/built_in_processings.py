"""The processings that come with the platform, for every organization."""

from __future__ import annotations

from asyncsdk.enums import ProcessingTargetType, ProcessingType
from asyncsdk.records.processings import NewProcessing
from asyncsdk.server.services.processings import ensure_public_processing
from asyncsdk.server.store.base import Work

__all__ = ["ensure_built_in"]

_BUILT_IN = (
    NewProcessing(
        name="duplicate-tagging",
        description="Tags images that look like an earlier one: copies that were scaled or encoded anew.",
        type=ProcessingType.AUTO_TAGGING,
        target=ProcessingTargetType.DATASET_VERSION,
        docker_image="asyncsdk/duplicate-tagging",
        docker_tag="1",
        default_cpu=1,
        default_gpu=0,
        default_parameters={"threshold": 6, "tag": "duplicate"},
    ),
)


def ensure_built_in() -> Work[None]:
    """Make the processings that come with the platform, where they are missing."""
    for processing in _BUILT_IN:
        yield from ensure_public_processing(processing)
