"""Reads the async modules as text, and refuses every shape that the sync side has no counterpart for."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import attrs

__all__ = ["Import", "Method", "Parameter", "Source", "UnknownShapeError", "base_name", "methods_of"]

SPECIAL = frozenset({"__eq__", "__hash__", "__reduce_ex__", "__repr__"})
"""Special methods that sync objects inherit, and that ask the async object."""

INSIDE = "Connection"
"""A constructor that takes one belongs to the inside and has no counterpart."""


class UnknownShapeError(Exception):
    """The async source has something that the generator does not know; it does not guess."""


@attrs.frozen
class Import:
    """Where a name comes from.

    Attributes:
        module: dotted name of the module.
        name: its name there; empty when the module itself is imported.
        for_types: imported under `TYPE_CHECKING` only.
    """

    module: str
    name: str
    for_types: bool = False


@attrs.frozen
class Parameter:
    """A parameter of a public method."""

    name: str
    annotation: ast.expr
    default: ast.expr | None
    keyword_only: bool


@attrs.frozen
class Method:
    """A public method or property.

    Attributes:
        name: its name.
        decorator: "property", "classmethod" or nothing.
        is_coroutine: defined with `async def`.
        parameters: without `self`.
        returns: annotation of the result.
        docstring: its text.
        node: where it is.
    """

    name: str
    decorator: str
    is_coroutine: bool
    parameters: tuple[Parameter, ...]
    returns: ast.expr
    docstring: str
    node: ast.FunctionDef | ast.AsyncFunctionDef


class Source:
    """A module of the package, parsed.

    Args:
        package: the package's folder.
        name: dotted name of the module.
    """

    def __init__(self, package: Path, name: str) -> None:
        inner = Path(*name.split(".")[1:])
        path = package / inner.with_suffix(".py") if inner.parts else package / "__init__.py"
        self.name = name
        self.place = path.relative_to(package.parent).as_posix()
        self.tree = ast.parse(path.read_text("utf-8"), self.place)
        self.docstring = ast.get_docstring(self.tree) or ""
        self.imports = dict(_imports(self.tree))
        self.classes = {node.name: node for node in self.tree.body if isinstance(node, ast.ClassDef)}
        self.aliases = dict(_aliases(self.tree))

    def unknown(self, node: ast.AST, what: str) -> UnknownShapeError:
        """Return the error that says where something is that is not known."""
        return UnknownShapeError(f"{self.place}:{getattr(node, 'lineno', 1)}: {what}")


def _imports(tree: ast.Module) -> Iterator[tuple[str, Import]]:
    for node in tree.body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for inner in node.body:
                yield from _imported_by(inner, for_types=True)
        else:
            yield from _imported_by(node, for_types=False)


def _imported_by(node: ast.stmt, *, for_types: bool) -> Iterator[tuple[str, Import]]:
    if isinstance(node, ast.Import):
        for one in node.names:
            yield one.asname or one.name, Import(one.name, "", for_types)
    elif isinstance(node, ast.ImportFrom) and node.module is not None:
        for one in node.names:
            yield one.asname or one.name, Import(node.module, one.name, for_types)


def _aliases(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


def base_name(source: Source, base: ast.expr) -> str:
    """Return the name of a base class, without its type arguments."""
    name = base.value if isinstance(base, ast.Subscript) else base
    if not isinstance(name, ast.Name):
        raise source.unknown(base, f"base class {ast.unparse(base)}")
    return name.id


def methods_of(source: Source, node: ast.ClassDef) -> Iterator[Method]:
    """Yield the public methods of a class, and `__init__`, `__aenter__` and `__aexit__` where it has them.

    Raises:
        UnknownShapeError: the class has something else that is public.
    """
    for decorator in node.decorator_list:
        if ast.unparse(decorator).partition("(")[0] not in {"attrs.define", "attrs.frozen"}:
            raise source.unknown(decorator, f"class decorator {ast.unparse(decorator)}")
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if not _is_inside(statement):
                yield _method(source, statement)
        else:
            _check_statement(source, statement)


def _is_inside(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if node.name == "__init__":
        annotations = [argument.annotation for argument in node.args.args]
        return any(isinstance(one, ast.Name) and one.id == INSIDE for one in annotations)
    is_special = node.name.startswith("__") and node.name.endswith("__")
    return node.name in SPECIAL or (node.name.startswith("_") and not is_special)


def _check_statement(source: Source, statement: ast.stmt) -> None:
    match statement:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return
        case ast.AnnAssign(target=ast.Name(id=name)) if name.startswith("_"):
            return
        case ast.Assign(targets=[ast.Name(id="__slots__")], value=value):
            public = [slot for slot in ast.literal_eval(value) if not slot.startswith("_")]
            if public:
                raise source.unknown(statement, f"public attribute {public[0]}: make it a property")
        case ast.Assign(targets=[ast.Name(id=name)]) if name.startswith("_"):
            return
        case _:
            raise source.unknown(
                statement, f"{ast.unparse(statement).splitlines()[0]}: only methods and properties"
            )


def _method(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Method:
    decorator = _decorator(source, node)
    arguments = node.args
    for strange in (*arguments.posonlyargs, arguments.vararg, arguments.kwarg):
        if strange is not None:
            raise source.unknown(
                strange, f"{node.name}: parameter {strange.arg} is positional-only or takes many"
            )
    if node.returns is None:
        raise source.unknown(node, f"{node.name}: no annotation of the result")
    is_coroutine = isinstance(node, ast.AsyncFunctionDef)
    if is_coroutine and any(isinstance(inner, ast.Yield) for inner in ast.walk(node)):
        raise source.unknown(node, f"{node.name}: async generator; return an ItemIterator")
    docstring = ast.get_docstring(node)
    if docstring is None and not node.name.startswith("__"):
        raise source.unknown(node, f"{node.name}: no docstring")
    return Method(
        name=node.name,
        decorator=decorator,
        is_coroutine=is_coroutine,
        parameters=tuple(_parameters(source, node)),
        returns=node.returns,
        docstring=docstring or "",
        node=node,
    )


def _decorator(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    names = [ast.unparse(decorator) for decorator in node.decorator_list]
    if not names:
        return ""
    if names not in (["property"], ["classmethod"]) or (names == ["property"] and _is_async(node)):
        raise source.unknown(node.decorator_list[0], f"{node.name}: decorator {', '.join(names)}")
    return names[0]


def _is_async(node: ast.AST) -> bool:
    return isinstance(node, ast.AsyncFunctionDef)


def _parameters(source: Source, node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[Parameter]:
    arguments = node.args
    positional = arguments.args[1:]
    defaults = [None] * len(arguments.args) + list(arguments.defaults)
    both = [*zip(positional, defaults[len(defaults) - len(positional) :], strict=True)]
    both += zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
    for argument, default in both:
        if argument.annotation is None:
            raise source.unknown(argument, f"{node.name}: parameter {argument.arg} has no annotation")
        yield Parameter(argument.arg, argument.annotation, default, argument in arguments.kwonlyargs)
