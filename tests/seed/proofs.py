"""The tests that carry the mark `seed`, found in the text of the suite: what each proves of which method."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import attrs

TESTS = Path(__file__).resolve().parents[1]


@attrs.frozen(order=True)
class Proof:
    """A test that proves something of a method of the seed document."""

    path: str
    """File of the test, below `tests`."""

    test: str
    method: str
    proven: tuple[str, ...]
    """Parameters, `return` and errors; empty where the method as such is proven."""

    @property
    def link(self) -> str:
        """A link to the test from a page in `docs`."""
        return f"[{self.path}::{self.test}](../tests/{self.path})"


class MisplacedMarkError(Exception):
    """A mark `seed` that proves nothing: its words are not known, or it is not on a test."""


def read_proofs(folder: Path = TESTS) -> list[Proof]:
    """Return all proofs of a folder of tests, sorted.

    Raises:
        MisplacedMarkError: a mark is not on a test function, or its words are neither texts nor constants of
            the module.
    """
    found: list[Proof] = []
    for path in sorted(folder.rglob("*.py")):
        text = path.read_text("utf-8")
        if "mark.seed" in text:
            found += _proofs_of(ast.parse(text), path.relative_to(folder).as_posix())
    return sorted(found)


def _proofs_of(module: ast.Module, path: str) -> Iterator[Proof]:
    on_tests: set[ast.Call] = set()
    constants = _constants(module)
    for test in ast.walk(module):
        if not isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) or not test.name.startswith("test_"):
            continue
        for mark in [mark for decorator in test.decorator_list for mark in _marks(decorator)]:
            on_tests.add(mark)
            method, *proven = _words(mark, constants, path)
            yield Proof(path, test.name, method, tuple(proven))
    for mark in _marks(module):
        if mark not in on_tests:
            raise MisplacedMarkError(f"{path}:{mark.lineno}: a mark `seed` that is on no test function")


def _marks(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.seed":
            yield node


def _constants(module: ast.Module) -> dict[str, str]:
    """Return the texts that have a name in the module."""
    named = [
        one for one in module.body if isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant)
    ]
    return {ast.unparse(target): one.value.value for one in named for target in one.targets}


def _words(mark: ast.Call, constants: dict[str, str], path: str) -> list[str]:
    words = [
        one.value if isinstance(one, ast.Constant) else constants.get(ast.unparse(one)) for one in mark.args
    ]
    if not words or mark.keywords or not all(isinstance(word, str) for word in words):
        raise MisplacedMarkError(f"{path}:{mark.lineno}: a mark `seed` wants texts: {ast.unparse(mark)}")
    return words
