"""Attributes of an import: whether the labels and the version allow them, asked before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from asyncsdk.errors import ApiError, FormatError
from asyncsdk.flow.bounded import map_bounded
from asyncsdk.records.attributes import AttributeConfiguration
from asyncsdk.resources import labelling
from asyncsdk.resources.import_labels import LabelPlan
from asyncsdk.resources.import_options import ImportOptions
from asyncsdk.resources.import_staging import Staging, in_steps
from asyncsdk.wire import routes
from asyncsdk.wire.attributes import fault_of
from asyncsdk.wire.requests import Route

__all__ = ["check_attributes"]

_Configurations = Mapping[str, AttributeConfiguration]


async def check_attributes(options: ImportOptions, plan: LabelPlan, staging: Staging, file: str) -> None:
    """Fail where something has attributes that its label, or the version, does not allow.

    Args:
        options: how to import.
        plan: the labels; new ones allow everything.
        staging: what is to be sent.
        file: name of the file, for messages.

    Raises:
        FormatError: so it is; the text names the image, the label and the rule.
    """
    if not staging.attributed:
        return
    used: set[int] = set()
    await in_steps(_collect(staging, used))
    names = {number: name for name, number in staging.labels.items()}
    known = [number for number in sorted(used) if names[number] in plan.known]

    async def of_label(number: int) -> _Configurations:
        return await _read(options, routes.GET_LABEL_ATTRIBUTES, label=plan.known[names[number]].id)

    limit = options.connection.settings.limits.read_ahead
    by_label = dict(zip(known, await map_bounded(of_label, known, limit=limit), strict=True))
    of_version = await _read(options, routes.GET_VERSION_ATTRIBUTES, version=options.version_id)
    if of_version or any(by_label.values()):
        await in_steps(_check(staging, names, by_label, of_version, file))


async def _read(options: ImportOptions, route: Route, **variables: str) -> _Configurations:
    try:
        return await labelling.read_attributes(options.connection, route, **variables)
    except ApiError as error:
        if error.status in {404, 405}:  # platforms of the older generation have none
            return {}
        raise


def _collect(staging: Staging, used: set[int]) -> Iterator[None]:
    """Find the labels whose shapes have attributes."""
    for _, element in staging.with_attributes():
        used.update(shape["label_id"] for shape in _shapes(element) if "attributes" in shape)
        yield


def _check(
    staging: Staging,
    names: Mapping[int, str],
    by_label: Mapping[int, _Configurations],
    of_version: _Configurations,
    file: str,
) -> Iterator[None]:
    for image, element in staging.with_attributes():
        if "attributes" in element:
            _refuse(fault_of(element["attributes"], of_version), file, f"image {image!r}")
        for shape in _shapes(element):
            if "attributes" in shape:
                label = shape["label_id"]
                place = f"image {image!r}, an object of {names[label]!r}"
                _refuse(fault_of(shape["attributes"], by_label.get(label, {})), file, place)
        yield


def _shapes(element: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for value in element.values():
        if type(value) is list:
            yield from value


def _refuse(fault: str | None, file: str, place: str) -> None:
    if fault is not None:
        raise FormatError(file, place, f"attributes: {fault}")
