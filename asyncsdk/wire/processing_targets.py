"""Which type of processing belongs to which kind of target (protocol, section 17)."""

from __future__ import annotations

from collections.abc import Mapping

from asyncsdk.enums import ProcessingTargetType, ProcessingType

__all__ = ["TYPES", "target_of"]

TYPES: Mapping[ProcessingTargetType, tuple[ProcessingType, ...]] = {
    ProcessingTargetType.DATASET_VERSION: (
        ProcessingType.AUTO_TAGGING,
        ProcessingType.AUTO_ANNOTATION,
        ProcessingType.PRE_ANNOTATION,
        ProcessingType.DATA_AUGMENTATION,
        ProcessingType.DATASET_VERSION_CREATION,
    ),
    ProcessingTargetType.DATALAKE: (ProcessingType.DATA_AUTO_TAGGING,),
    ProcessingTargetType.MODEL_VERSION: (ProcessingType.MODEL_CONVERSION, ProcessingType.MODEL_COMPRESSION),
}
"""The types of each kind of target; the first one is told where a processing was made without a type."""


def target_of(kind: ProcessingType) -> ProcessingTargetType:
    """Return the kind of target that a type belongs to.

    Example:
        >>> target_of(ProcessingType.DATA_AUTO_TAGGING)
        <ProcessingTargetType.DATALAKE: 'DATALAKE'>
    """
    return next(target for target, kinds in TYPES.items() if kind in kinds)
