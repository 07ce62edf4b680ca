"""The one table from async types to sync ones: annotations, and how a value of each is wrapped."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Mapping

from asyncsdk._tools.sync_source import Import, Source, UnknownShapeError

__all__ = ["ITERATOR", "Types"]

ITERATOR = "ItemIterator"

UNCHANGED = (
    "asyncsdk.config",
    "asyncsdk.enums",
    "asyncsdk.errors",
    "asyncsdk.flow.progress",
    "asyncsdk.flow.reporter",
    "asyncsdk.formats",
    "asyncsdk.records",
    "datetime",
    "os",
    "pathlib",
    "uuid",
)
"""Modules whose types are the same on both sides."""

PLAIN = {
    "collections.abc": {"Callable", "Iterable", "Mapping", "Sequence"},
    "types": {"TracebackType"},
    "typing": {"Any", "Literal", "Self"},
}
"""Further types that are the same on both sides."""

LISTS = {"Iterable", "Sequence", "list"}
DICTS = {"Mapping", "dict"}
HOLDERS = LISTS | DICTS | {"tuple"}


class Types:
    """The types of one module, seen from its sync counterpart.

    Args:
        source: the async module.
        twins: the classes that have a sync counterpart, with their modules.
        load: reads another module.

    Attributes:
        used: what the sync module has to import, by name.
    """

    def __init__(self, source: Source, twins: Mapping[str, str], load: Callable[[str], Source]) -> None:
        self._source = source
        self._twins = twins
        self._load = load
        self.used: dict[str, Import] = {}

    def text(self, node: ast.expr) -> str:
        """Return an annotation as it is written on the sync side.

        Raises:
            UnknownShapeError: it has a type or a form that is not in the table.
        """
        match node:
            case ast.Constant(value=None):
                return "None"
            case ast.Name(id=name):
                return self._name(node, name)
            case ast.Attribute(value=ast.Name(id=module)) if module in self._source.imports:
                self._keep(node, module)
                return ast.unparse(node)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return f"{self.text(left)} | {self.text(right)}"
            case ast.Subscript(value=ast.Name(id="Literal")):
                self._keep(node, "Literal")
                return ast.unparse(node)
            case ast.Subscript(value=outer, slice=inner):
                return self._generic(node, outer, inner)
            case _:
                raise self._source.unknown(node, f"annotation {ast.unparse(node)}")

    def value(self, node: ast.expr) -> str:
        """Return a default value, which has to be the same on both sides."""
        for inner in ast.walk(node):
            if isinstance(inner, ast.Name) and inner.id not in vars(builtins):
                self._keep(inner, inner.id)
        return ast.unparse(node)

    def is_twin(self, node: ast.expr) -> bool:
        """Tell whether the type is that of a resource object, or has one inside."""
        names = [inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name)]
        return any(name in self._twins or name == "Self" for name in names)

    def called_with(self, node: ast.expr) -> str | None:
        """Return the class of objects that a parameter is called with, where it can be a function of one."""
        match node:
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.called_with(left) or self.called_with(right)
            case ast.Subscript(
                value=ast.Name(id="Callable"),
                slice=ast.Tuple(elts=[ast.List(elts=[ast.Name(id=name)]), _]),
            ) if name in self._twins:
                return name
            case _:
                return None

    def needs_name(self, node: ast.expr) -> bool:
        """Tell whether wrapping looks at the value more than once."""
        is_tuple = isinstance(node, ast.Subscript) and ast.unparse(node.value) == "tuple"
        return self.is_twin(node) and (is_tuple or isinstance(node, ast.BinOp))

    def wrapped(self, node: ast.expr, value: str, depth: int = 0) -> str:
        """Return the expression that makes a sync value of an async one.

        Args:
            node: the value's annotation.
            value: the expression that gives it.
            depth: how deep inside of other values it is.

        Raises:
            UnknownShapeError: the table does not say how.
        """
        if not self.is_twin(node):
            return value
        match node:
            case ast.Name(id=name):
                # A parameter may be named `type`.
                return f"{'self.__class__' if name == 'Self' else name}({value})"
            case ast.BinOp(left=inner, op=ast.BitOr(), right=ast.Constant(value=None)):
                return f"None if {value} is None else {self.wrapped(inner, value, depth)}"
            case ast.Subscript(value=ast.Name(id=outer), slice=inner) if outer in HOLDERS:
                return self._held(node, outer, inner, value, depth)
            case _:
                raise self._unwrappable(node)

    def of_async(self, name: str) -> str:
        """Return the name by which the async class of a resource object is imported."""
        self.used[f"Async{name}"] = Import(f"asyncsdk.resources.{self._twins[name]}", name)
        return f"Async{name}"

    def _held(self, node: ast.expr, outer: str, inner: ast.expr, value: str, depth: int) -> str:
        item = f"item{depth or ''}"
        match inner:
            case ast.Tuple(elts=parts) if outer == "tuple":
                places = [self.wrapped(part, f"{value}[{at}]", depth) for at, part in enumerate(parts)]
                return f"({', '.join(places)})"
            case ast.Tuple(elts=[key, each]) if outer in DICTS and not self.is_twin(key):
                return f"{{key: {self.wrapped(each, item, depth + 1)} for key, {item} in {value}.items()}}"
            case _ if outer in LISTS:
                return f"[{self.wrapped(inner, item, depth + 1)} for {item} in {value}]"
            case _:
                raise self._unwrappable(node)

    def _unwrappable(self, node: ast.expr) -> UnknownShapeError:
        return self._source.unknown(node, f"result {ast.unparse(node)}: how to wrap it is not known")

    def _callable(self, node: ast.expr, inner: ast.expr) -> str:
        """Return a function of one thing, which gives back what is the same on both sides."""
        match inner:
            case ast.Tuple(elts=[ast.List(elts=[ast.Name() as taken]), given]) if not self.is_twin(given):
                self._keep(node, "Callable")
                return f"Callable[[{self.text(taken)}], {self.text(given)}]"
            case _:
                raise self._source.unknown(
                    node, f"annotation {ast.unparse(node)}: a function of another form"
                )

    def _generic(self, node: ast.expr, outer: ast.expr, inner: ast.expr) -> str:
        name = outer.id if isinstance(outer, ast.Name) else ""
        if name == "Callable":
            return self._callable(node, inner)
        holds_functions = any(isinstance(one, ast.Name) and one.id == "Callable" for one in ast.walk(inner))
        if self.is_twin(inner) and (holds_functions or name not in HOLDERS | {ITERATOR}):
            raise self._source.unknown(
                node, f"annotation {ast.unparse(node)}: a resource inside of {ast.unparse(outer)}"
            )
        parts = inner.elts if isinstance(inner, ast.Tuple) else [inner]
        texts = ["..." if ast.unparse(part) == "..." else self.text(part) for part in parts]
        return f"{self.text(outer)}[{', '.join(texts)}]"

    def _name(self, node: ast.expr, name: str) -> str:
        if name in self._twins:
            return self._twin(node, name)
        if name == ITERATOR:
            self.used["SyncIterator"] = Import("asyncsdk.portal", "SyncIterator")
            return "SyncIterator"
        if name not in self._source.imports and isinstance(vars(builtins).get(name), type):
            return name
        self._keep(node, name)
        return name

    def _twin(self, node: ast.expr, name: str) -> str:
        home = self._twins[name]
        if name not in self._source.classes:
            found = self._source.imports.get(name)
            if found is None or found.module != f"asyncsdk.resources.{home}":
                raise self._source.unknown(node, f"type {name} does not come from asyncsdk.resources.{home}")
            self.used[name] = Import(f"asyncsdk.sync.{home}", name, found.for_types)
        return name

    def _keep(self, node: ast.expr, name: str) -> None:
        """Import a name that is the same on both sides."""
        found = self._source.imports.get(name) or Import(self._source.name, name)
        if not _is_unchanged(found) and not self._is_plain_alias(found):
            raise self._source.unknown(node, f"type {name} of {found.module} is not known on the sync side")
        self.used[name] = found

    def _is_plain_alias(self, found: Import) -> bool:
        if not found.module.startswith("asyncsdk.resources."):
            return False
        value = self._load(found.module).aliases.get(found.name)
        return isinstance(value, ast.Subscript) and ast.unparse(value.value) == "Literal"


def _is_unchanged(found: Import) -> bool:
    if found.name in PLAIN.get(found.module, ()):
        return True
    return any(found.module == one or found.module.startswith(f"{one}.") for one in UNCHANGED)
