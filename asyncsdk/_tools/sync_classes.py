"""Writes the sync counterpart of an async class."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from asyncsdk._tools.sync_docs import sync_docstring
from asyncsdk._tools.sync_source import Import, Method, Parameter, Source, base_name, methods_of
from asyncsdk._tools.sync_types import ITERATOR, Types

__all__ = ["BY_HAND", "SEQUENCE", "class_lines", "sync_bases"]

SEQUENCE = "Multi"
"""The base of the sequences."""

BY_HAND = {SEQUENCE: "SyncMulti", "Previewable": "SyncPreviewable"}
"""Bases whose sync counterparts are written by hand, in `asyncsdk.portal`."""

DROPPED = frozenset({"Generic"})
RESERVED = frozenset({"SyncIterator", "call", "close", "close_at_exit", "facing", "self", "unwrap"})
CONTEXT = ("__aenter__", "__aexit__")


def sync_bases(source: Source, node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield the bases of a class that count, with their names."""
    for base in node.bases:
        name = base_name(source, base)
        if name not in DROPPED:
            yield name, base


def class_lines(source: Source, node: ast.ClassDef, types: Types, twins: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of a class; `types` collects what they need.

    Raises:
        UnknownShapeError: the class has a shape that the sync side has no counterpart for.
    """
    methods = {method.name: method for method in methods_of(source, node)}
    writer = _ClassWriter(source, node, types, methods)
    yield f"class {node.name}({', '.join(writer.bases(twins))}):"
    docstring = ast.get_docstring(node)
    if docstring is None:
        raise source.unknown(node, f"{node.name}: no docstring")
    yield from _docstring(docstring, 1)
    yield from ("", "    __slots__ = ()", "", f"    _async: Async{node.name}{_type_arguments(node)}")
    types.used[f"Async{node.name}"] = Import(source.name, node.name)
    if _type_arguments(node):
        types.used["Any"] = Import("typing", "Any")
    yield from writer.item()
    for method in methods.values():
        yield ""
        yield from writer.method(method)


def _type_arguments(node: ast.ClassDef) -> str:
    """Return what stands in for the type parameters that a class has of its own."""
    own = [base.slice for base in node.bases if isinstance(base, ast.Subscript) and _is_dropped(base.value)]
    return "[Any]" if own else ""


def _is_dropped(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id in DROPPED


def _docstring(text: str, depth: int) -> Iterator[str]:
    quoted = sync_docstring(text).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    first, *rest = f'"""{quoted}{"" if len(quoted.splitlines()) == 1 else chr(10)}"""'.splitlines()
    indent = "    " * depth
    yield indent + first
    yield from ((indent + line).rstrip() for line in rest)


class _ClassWriter:
    """Writes the methods of one class."""

    def __init__(
        self, source: Source, node: ast.ClassDef, types: Types, methods: Mapping[str, Method]
    ) -> None:
        self._source = source
        self._node = node
        self._types = types
        self._is_owner = CONTEXT[0] in methods
        self._has_constructor = "__init__" in methods
        if self._is_owner:
            self._check_context(methods)

    def bases(self, twins: Mapping[str, str]) -> Iterator[str]:
        """Yield the bases of the sync class."""
        found = list(sync_bases(self._source, self._node))
        for name, base in found:
            if name in BY_HAND:
                self._use(BY_HAND[name])
                yield BY_HAND[name] + (f"[{self._item_name(base)}]" if name == SEQUENCE else "")
            elif name in twins:
                yield self._types.text(ast.copy_location(ast.Name(name), base))
            else:
                raise self._source.unknown(base, f"base class {name}")
        if not found:
            self._use("SyncObject")
            yield "SyncObject"

    def item(self) -> Iterator[str]:
        """Yield what tells a sequence the class of its items."""
        for name, base in sync_bases(self._source, self._node):
            if name == SEQUENCE:
                yield f"    _item = {self._item_name(base)}"

    def method(self, method: Method) -> Iterator[str]:
        """Yield the lines of a method or property."""
        if method.name == CONTEXT[0]:
            yield from (
                "    def __enter__(self) -> Self:",
                "        call(self._async.__aenter__)",
                "        return self",
            )
            self._use("call")
        elif method.name == CONTEXT[1]:
            yield f"    def __exit__({self._signature(method)}) -> None:"
            yield "        self.close()"
        elif method.name == "__init__":
            yield f"    def __init__({self._signature(method)}) -> None:"
            yield f"        self._async = {self._made(f'Async{self._node.name}({self._arguments(method)})')}"
        elif method.name.startswith("__"):
            raise self._source.unknown(method.node, f"special method {method.name}")
        else:
            yield from self._ordinary(method)

    def _ordinary(self, method: Method) -> Iterator[str]:
        if method.decorator:
            yield f"    @{method.decorator}"
        returns = self._types.text(method.returns)
        yield f"    def {method.name}({self._signature(method)}) -> {returns}:"
        yield from _docstring(method.docstring, 2)
        yield from (f"        {line}" for line in self._body(method))

    def _body(self, method: Method) -> Iterator[str]:
        if method.decorator == "classmethod":
            yield from self._making(method)
            return
        value, returns = self._asked(method), method.returns
        if isinstance(returns, ast.Subscript) and ast.unparse(returns.value) == ITERATOR:
            yield f"return {self._iterator(method, value, returns.slice)}"
        elif isinstance(returns, ast.Constant):
            yield value
        elif self._types.needs_name(returns):
            yield f"result = {value}"
            yield f"return {self._types.wrapped(returns, 'result')}"
        else:
            yield f"return {self._types.wrapped(returns, value)}"

    def _asked(self, method: Method) -> str:
        """Return the expression that asks the async object."""
        asked = f"self._async.{method.name}"
        arguments = self._arguments(method)
        if method.decorator == "property":
            return asked
        if not method.is_coroutine:
            return f"{asked}({arguments})"
        if self._is_owner and method.name == "close":
            self._use("close")
            return "close(self._async)"
        self._use("call")
        return f"call({asked}{arguments and ', '}{arguments})"

    def _making(self, method: Method) -> Iterator[str]:
        """Yield the body of a classmethod, which makes an object."""
        if ast.unparse(method.returns) != "Self" or not self._has_constructor:
            raise self._source.unknown(method.node, f"{method.name}: classmethod that makes no object")
        maker, arguments = f"Async{self._node.name}.{method.name}", self._arguments(method)
        if method.is_coroutine:
            self._use("call")
        made = f"call({maker}, {arguments})" if method.is_coroutine else f"{maker}({arguments})"
        yield "made = cls.__new__(cls)"
        yield f"made._async = {self._made(made)}"
        yield "return made"

    def _made(self, value: str) -> str:
        if not self._is_owner:
            return value
        self._use("close_at_exit")
        return f"close_at_exit({value})"

    def _iterator(self, method: Method, value: str, item: ast.expr) -> str:
        if method.is_coroutine or method.decorator:
            raise self._source.unknown(
                method.node, f"{method.name}: only a plain method may return an {ITERATOR}"
            )
        if not self._types.is_twin(item):
            return f"SyncIterator({value})"
        match item:
            case ast.Name(id=name):
                return f"SyncIterator({value}, {name})"
            case ast.BinOp(left=ast.Name(id=name), op=ast.BitOr(), right=other) if not self._types.is_twin(
                other
            ):
                wrapped = f"{name}(item) if isinstance(item, {self._types.of_async(name)}) else item"
                return f"SyncIterator({value}, lambda item: {wrapped})"
            case _:
                raise self._source.unknown(item, f"{method.name}: {ITERATOR} of {ast.unparse(item)}")

    def _signature(self, method: Method) -> str:
        parts = ["cls" if method.decorator == "classmethod" else "self"]
        for parameter in method.parameters:
            if parameter.name in RESERVED:
                raise self._source.unknown(
                    method.node, f"{method.name}: parameter {parameter.name} has a reserved name"
                )
            if parameter.keyword_only and "*" not in parts:
                parts.append("*")
            text = f"{parameter.name}: {self._types.text(parameter.annotation)}"
            default = parameter.default
            parts.append(text if default is None else f"{text} = {self._types.value(default)}")
        return ", ".join(parts)

    def _arguments(self, method: Method) -> str:
        return ", ".join(self._argument(parameter) for parameter in method.parameters)

    def _argument(self, parameter: Parameter) -> str:
        value = parameter.name
        called_with = self._types.called_with(parameter.annotation)
        if called_with is not None:
            self._use("facing")
            value = f"facing({called_with}, {value})"
        elif self._types.is_twin(parameter.annotation):
            self._use("unwrap")
            value = f"unwrap({value})"
        return f"{parameter.name}={value}" if parameter.keyword_only else value

    def _item_name(self, base: ast.expr) -> str:
        if not isinstance(base, ast.Subscript) or not isinstance(base.slice, ast.Name):
            raise self._source.unknown(base, f"base class {ast.unparse(base)}: say of what it is a sequence")
        return self._types.text(base.slice)

    def _check_context(self, methods: Mapping[str, Method]) -> None:
        enter, leave = (methods.get(name) for name in CONTEXT)
        if enter is None or leave is None or "close" not in methods:
            raise self._source.unknown(
                self._node, f"{self._node.name}: __aenter__, __aexit__ and close belong together"
            )
        if ast.unparse(enter.returns) != "Self":
            raise self._source.unknown(enter.node, f"{enter.name}: it must return Self")
        if [ast.unparse(line) for line in leave.node.body] != ["await self.close()"]:
            raise self._source.unknown(leave.node, f"{leave.name}: it must do nothing but await self.close()")

    def _use(self, name: str) -> None:
        self._types.used[name] = Import("asyncsdk.portal", name)
