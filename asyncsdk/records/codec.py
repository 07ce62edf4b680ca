"""Bytes to records and back: the one place that knows JSON.

Decoding is strict (a number is not a string, an unknown enumeration value is refused) and tolerant
where the protocol is: unknown keys are ignored. msgspec reads bytes straight into the records, which is
six times as fast on pages of a listing, and orjson into plain objects; what they refuse goes through cattrs,
which has the last word and says where the fault is. Long texts are read while garbage is collected rarely, which
would cost more than the reading.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_origin
from uuid import UUID

import cattrs
import msgspec
import orjson
from attrs import NOTHING, fields, has
from cattrs.cols import (
    homogenous_tuple_structure_factory,
    is_mapping,
    is_sequence,
    list_structure_factory,
)
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from asyncsdk.records.collection import rare_collection
from asyncsdk.records.first_faults import MOST_FAULTS, array_factory, mapping_factory

__all__ = ["CodecError", "decode", "dump", "encode", "load", "parse"]

T = TypeVar("T")

_LONG = 16 * 1024
"""Bytes from which on a text has so many objects that the collector would run meanwhile."""


class CodecError(ValueError):
    """Bytes are not the record that was expected; the text names the place and the rule."""


def _strict(kind: type, name: str) -> Any:
    def structure(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"expected {name}, got {_describe(value)}")
        return value

    return structure


def _integer(value: Any, _: Any) -> int:
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise TypeError(f"expected an integer, got {_describe(value)}")


def _float(value: Any, _: Any) -> float:
    if type(value) in (int, float):
        return float(value)
    raise TypeError(f"expected a number, got {_describe(value)}")


def _enum(value: Any, kind: type[StrEnum]) -> StrEnum:
    try:
        return kind(value)
    except ValueError:
        choices = ", ".join(member.value for member in kind)
        raise ValueError(f"expected one of {choices}, got {_describe(value)}") from None


def _number(value: Any, _: Any) -> int | float:
    """A whole number stays one."""
    return value if type(value) is int else _float(value, _)


def _datetime(value: Any, _: Any) -> datetime:
    if type(value) is not str:
        raise TypeError(f"expected a date-time string, got {_describe(value)}")
    return datetime.fromisoformat(value)


def _date(value: Any, _: Any) -> date:
    if type(value) is not str:
        raise TypeError(f"expected a date string, got {_describe(value)}")
    return date.fromisoformat(value)


_SCALARS: dict[type, Any] = {
    StrEnum: _enum,
    str: _strict(str, "a string"),
    bool: _strict(bool, "true or false"),
    int: _integer,
    float: _float,
    datetime: _datetime,
    date: _date,
}


def _describe(value: Any) -> str:
    text = repr(value)
    return f"{type(value).__name__} {text if len(text) <= 60 else text[:57] + '...'}"


def _converter(*, detailed: bool) -> cattrs.Converter:
    converter = cattrs.Converter(detailed_validation=detailed, omit_if_default=False)
    for kind, hook in _SCALARS.items():
        converter.register_structure_hook(kind, hook)
    converter.register_structure_hook_func(lambda kind: kind == int | float, _number)
    if detailed:
        converter.register_structure_hook_factory(is_mapping, lambda kind: _mapping(kind, converter))
    converter.register_structure_hook_func(lambda kind: kind == dict[str, Any], _strict(dict, "an object"))
    converter.register_structure_hook_factory(is_sequence, lambda kind: _array(kind, converter))
    converter.register_structure_hook_factory(_is_fixed, lambda kind: _fixed(kind, converter))
    # The fast one finds out by itself that a value is no object, unless every field may be absent.
    checked = has if detailed else _may_be_empty
    converter.register_structure_hook_factory(checked, lambda kind: _object(kind, converter))
    converter.register_unstructure_hook_factory(has, lambda kind: _omit_absent(kind, converter))
    return converter


def _may_be_empty(kind: Any) -> bool:
    return has(kind) and all(field.default is not NOTHING for field in fields(kind))


def _array(kind: Any, converter: cattrs.Converter) -> Any:
    """Strings and objects have elements too, but they are no arrays."""
    is_tuple = kind is tuple or get_origin(kind) is tuple
    make = homogenous_tuple_structure_factory if is_tuple else list_structure_factory
    structure = (array_factory if converter.detailed_validation else make)(kind, converter)

    def check(value: Any, _: Any) -> Any:
        if type(value) is not list:
            raise TypeError(f"expected an array, got {_describe(value)}")
        return structure(value, kind)

    return check


def _mapping(kind: Any, converter: cattrs.Converter) -> Any:
    structure, check = mapping_factory(kind, converter), _strict(dict, "an object")
    return lambda value, _: structure(check(value, _), kind)


def _is_fixed(kind: Any) -> bool:
    return get_origin(kind) is tuple and ... not in get_args(kind)


def _fixed(kind: Any, converter: cattrs.Converter) -> Any:
    """A tuple with a type for each place is an array of exactly so many elements."""
    kinds = get_args(kind)

    def check(value: Any, _: Any) -> Any:
        if type(value) is not list or len(value) != len(kinds):
            raise TypeError(f"expected an array of {len(kinds)}, got {_describe(value)}")
        return tuple(converter.structure(one, inner) for one, inner in zip(value, kinds, strict=True))

    return check


def _object(kind: Any, converter: cattrs.Converter) -> Any:
    structure = make_dict_structure_fn(kind, converter)

    def check(value: Any, _: Any) -> Any:
        if type(value) is not dict:
            raise TypeError(f"expected an object, got {_describe(value)}")
        return structure(value, kind)

    return check


def _omit_absent(kind: Any, converter: cattrs.Converter) -> Any:
    """Fields marked `absent` in their metadata are left out while they hold their default."""
    options = {
        field.name: override(omit_if_default=True) for field in fields(kind) if field.metadata.get("absent")
    }
    return make_dict_unstructure_fn(kind, converter, **cast("Any", options))


_fast = _converter(detailed=False)
_detailed = _converter(detailed=True)


def parse(data: bytes | str) -> Any:
    """Return the JSON value in `data`.

    Raises:
        CodecError: it is not JSON; the text names line and column.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise CodecError(f"not JSON: {error}") from error


def load(value: Any, kind: type[T]) -> T:
    """Return the record of type `kind` that the parsed JSON `value` describes.

    Raises:
        CodecError: the value does not fit; the text names each place and rule.
    """
    try:
        return _fast.structure(value, kind)
    except Exception:  # noqa: BLE001 - whatever failed, the detailed converter names it
        try:
            return _detailed.structure(value, kind)
        except Exception as error:
            raise CodecError("; ".join(_explain(error))) from error


def decode(data: bytes | str, kind: type[T]) -> T:
    """Return the record of type `kind` that the JSON text `data` describes.

    Raises:
        CodecError: it is not JSON, or does not fit.
    """
    read = _reader(cast("Any", kind))
    try:
        if len(data) < _LONG:
            record: T = read(data)
        else:
            with rare_collection():
                record = read(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, orjson.JSONDecodeError, TypeError):
        return load(parse(data), kind)
    return record


@cache
def _reader(kind: Any) -> Callable[[bytes | str], Any]:
    return _objects if kind == list[dict[str, Any]] else msgspec.json.Decoder(kind).decode


def _objects(data: bytes | str) -> list[dict[str, Any]]:
    """Read an array of objects as they are, which orjson does faster."""
    found = orjson.loads(data)
    if type(found) is not list or not set(map(type, found)) <= {dict}:
        raise TypeError
    return found


def dump(record: Any) -> Any:
    """Return the JSON value of a record: dicts, lists, strings, numbers."""
    return _fast.unstructure(record)


def encode(record: Any) -> bytes:
    """Return the JSON text of a record."""
    if type(record) is list and set(map(type, record)) <= {str}:
        return orjson.dumps(record)
    return orjson.dumps(dump(record), default=_encode_other)


def _encode_other(value: Any) -> Any:
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} does not travel")


def _explain(error: BaseException) -> list[str]:
    lines = cattrs.transform_error(error, path="", format_exception=_rule)
    return [line.replace(" @ .", " at ").removesuffix(" @ ") for line in lines][:MOST_FAULTS]


def _rule(error: BaseException, _: type | None) -> str:
    if isinstance(error, KeyError):
        return f"required field missing: {error.args[0]!r}"
    return str(error)
