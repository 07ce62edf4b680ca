"""What the generator writes, on small sources."""

from __future__ import annotations

import ast
import textwrap

import pytest

from asyncsdk._tools import generate_sync
from asyncsdk._tools.sync_docs import SENTENCES, sync_docstring
from asyncsdk._tools.sync_modules import module_texts


def body_of(text: str, name: str = "Thing") -> str:
    """The body of a class, without docstring and what is always there."""
    tree = ast.parse(text)
    found = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    return "\n\n".join(ast.unparse(node) for node in found.body[3:])


BEFORE_AFTER = {
    "coroutine": (
        '''
        async def rename(self, name: str, size: int = 2 * 3, *, deep: bool = False) -> int:
            """Rename."""
            return await elsewhere(name)
        ''',
        '''
        def rename(self, name: str, size: int=2 * 3, *, deep: bool=False) -> int:
            """Rename."""
            return call(self._async.rename, name, size, deep=deep)
        ''',
    ),
    "nothing to return": (
        '''
        async def rename(self) -> None:
            """Rename."""
        ''',
        '''
        def rename(self) -> None:
            """Rename."""
            call(self._async.rename)
        ''',
    ),
    "an enum as default": (
        '''
        async def mark(self, target: TagTarget | str = TagTarget.DATA, choice: Choice = "a") -> None:
            """Mark."""
        ''',
        '''
        def mark(self, target: TagTarget | str=TagTarget.DATA, choice: Choice='a') -> None:
            """Mark."""
            call(self._async.mark, target, choice)
        ''',
    ),
    "objects are wrapped and unwrapped": (
        '''
        async def join(self, other: Thing, more: Sequence[Thing] | None = None) -> Thing:
            """Join."""
        ''',
        '''
        def join(self, other: Thing, more: Sequence[Thing] | None=None) -> Thing:
            """Join."""
            return Thing(call(self._async.join, unwrap(other), unwrap(more)))
        ''',
    ),
    "an object or nothing": (
        '''
        async def find(self) -> Thing | None:
            """Find."""
        ''',
        '''
        def find(self) -> Thing | None:
            """Find."""
            result = call(self._async.find)
            return None if result is None else Thing(result)
        ''',
    ),
    "objects in a list": (
        '''
        async def parts(self) -> list[Thing]:
            """Return the parts."""
        ''',
        '''
        def parts(self) -> list[Thing]:
            """Return the parts."""
            return [Thing(item) for item in call(self._async.parts)]
        ''',
    ),
    "objects in a tuple and a dict": (
        '''
        async def parts(self) -> tuple[Thing, int, dict[str, list[Thing]]]:
            """Return the parts."""
        ''',
        '''
        def parts(self) -> tuple[Thing, int, dict[str, list[Thing]]]:
            """Return the parts."""
            result = call(self._async.parts)
            return (Thing(result[0]), result[1], {key: [Thing(item1) for item1 in item] for key, item in result[2].items()})
        ''',
    ),
    "functions of an object": (
        '''
        async def group(self, *, by: str | Callable[[Thing], int | None] | None = None) -> None:
            """Group."""

        async def fold(self, by: Callable[[str], int]) -> None:
            """Fold."""
        ''',
        '''
        def group(self, *, by: str | Callable[[Thing], int | None] | None=None) -> None:
            """Group."""
            call(self._async.group, by=facing(Thing, by))

        def fold(self, by: Callable[[str], int]) -> None:
            """Fold."""
            call(self._async.fold, by)
        ''',
    ),
    "itself": (
        '''
        def copied(self) -> Self:
            """Return a copy."""
        ''',
        '''
        def copied(self) -> Self:
            """Return a copy."""
            return self.__class__(self._async.copied())
        ''',
    ),
    "iterators": (
        '''
        def iter_parts(self, limit: int | None = None) -> ItemIterator[Thing]:
            """Iterate over parts."""

        def stream(self) -> ItemIterator[bytes]:
            """Iterate over bytes."""

        def iter_all(self) -> ItemIterator[Thing | bytes]:
            """Iterate over both."""
        ''',
        '''
        def iter_parts(self, limit: int | None=None) -> SyncIterator[Thing]:
            """Iterate over parts."""
            return SyncIterator(self._async.iter_parts(limit), Thing)

        def stream(self) -> SyncIterator[bytes]:
            """Iterate over bytes."""
            return SyncIterator(self._async.stream())

        def iter_all(self) -> SyncIterator[Thing | bytes]:
            """Iterate over both."""
            return SyncIterator(self._async.iter_all(), lambda item: Thing(item) if isinstance(item, AsyncThing) else item)
        ''',
    ),
    "properties": (
        '''
        @property
        def name(self) -> str:
            """The name."""
            return "x"

        @property
        def parent(self) -> Thing:
            """The parent."""
        ''',
        '''
        @property
        def name(self) -> str:
            """The name."""
            return self._async.name

        @property
        def parent(self) -> Thing:
            """The parent."""
            return Thing(self._async.parent)
        ''',
    ),
    "what is inside stays inside": (
        """
        _target: ClassVar[int] = 3

        def __init__(self, connection: Connection) -> None:
            self._inside = connection

        def __repr__(self) -> str:
            return "x"

        async def _hidden(self, *args: Unknown):
            pass
        """,
        "",
    ),
    "a context manager with constructors": (
        '''
        def __init__(self, name: str, *, size: int = 1) -> None:
            self._name = name

        @classmethod
        def of(cls, path: str | os.PathLike[str]) -> Self:
            """Make one."""

        async def close(self) -> None:
            """Close it."""

        async def __aenter__(self) -> Self:
            return self

        async def __aexit__(self, error: BaseException | None) -> None:
            await self.close()
        ''',
        '''
        def __init__(self, name: str, *, size: int=1) -> None:
            self._async = close_at_exit(AsyncThing(name, size=size))

        @classmethod
        def of(cls, path: str | os.PathLike[str]) -> Self:
            """Make one."""
            made = cls.__new__(cls)
            made._async = close_at_exit(AsyncThing.of(path))
            return made

        def close(self) -> None:
            """Close it."""
            close(self._async)

        def __enter__(self) -> Self:
            call(self._async.__aenter__)
            return self

        def __exit__(self, error: BaseException | None) -> None:
            self.close()
        ''',
    ),
    "examples": (
        '''
        async def use(self) -> None:
            """Use it; `await thing.use()` waits.

            Example:
                >>> import asyncsdk
                >>> async def main(thing) -> None:
                ...     async with asyncsdk.Client.embedded("x") as client:
                ...         await thing.use()
                ...         names = [part.name async for part in thing.iter_parts()]
                ...         async for part in thing.iter_parts():
                ...             print(await part.name())
            """
        ''',
        '''
        def use(self) -> None:
            """Use it; `thing.use()` waits.

            Example:
                >>> import asyncsdk.sync
                >>> def main(thing) -> None:
                ...     with asyncsdk.sync.Client.embedded("x") as client:
                ...         thing.use()
                ...         names = [part.name for part in thing.iter_parts()]
                ...         for part in thing.iter_parts():
                ...             print(part.name())
            """
            call(self._async.use)
        ''',
    ),
}


@pytest.mark.parametrize(("before", "after"), BEFORE_AFTER.values(), ids=BEFORE_AFTER)
def test_it_writes(package, before, after):
    written = body_of(module_texts(package(before))["thing.py"])
    expected = body_of(
        "class Thing:\n    1\n    2\n    3\n" + textwrap.indent(textwrap.dedent(after), "    ")
    )
    assert written == expected


def test_bases_are_mirrored(package):
    init = package.init.replace("import Thing", "import Thing, Things").replace(
        '["Thing"', '["Thing", "Things"'
    )
    thing = package.head + (
        "from asyncsdk.resources.base import Base\n"
        "class Thing(Base[int]):\n"
        '    """A thing."""\n'
        "    async def put(self, box: Box | None) -> None:\n"
        '        """Put."""\n'
        "class Things(Multi[Thing], Base[str]):\n"
        '    """Things."""\n'
    )
    base = '''
        """What things are."""
        from typing import Generic, TypeVar
        T = TypeVar("T")
        class Base(Generic[T]):
            """A base."""
            @property
            def id(self) -> str:
                """The id."""
    '''
    box = '"""Boxes."""\nfrom asyncsdk.resources.thing import Thing\nclass Box(Thing):\n    """A box."""\n'
    init = init.replace("from asyncsdk.flow", "from asyncsdk.resources.box import Box\nfrom asyncsdk.flow")
    init = init.replace('["Thing"', '["Box", "Thing"')
    texts = module_texts(package("", init=init, thing=thing, base=base, box=box))
    assert sorted(texts) == ["__init__.py", "base.py", "box.py", "thing.py"]
    assert "class Base(SyncObject):" in texts["base.py"]
    assert "_async: AsyncBase[Any]" in texts["base.py"]
    assert "class Box(Thing):" in texts["box.py"]
    assert "class Thing(Base):" in texts["thing.py"]
    assert "class Things(SyncMulti[Thing], Base):" in texts["thing.py"]
    assert "    _item = Thing" in texts["thing.py"]
    assert "if TYPE_CHECKING:\n    from asyncsdk.sync.box import Box" in texts["thing.py"]
    assert "from asyncsdk.portal import SyncMulti, call, unwrap" in texts["thing.py"]
    assert "import run" not in texts["__init__.py"]
    assert "__all__ = ['Box', 'Thing', 'Things']" in texts["__init__.py"]


def test_the_errors_are_listed_where_they_are_defined(package):
    init = package.init.replace('["Thing"', '[*_errors, "Thing"')
    init = "from asyncsdk.errors import __all__ as _errors\n" + init
    folder = package("", init=init)
    (folder / "errors.py").write_text('__all__ = ["Trouble"]\n')
    text = module_texts(folder)["__init__.py"]
    assert "from asyncsdk.errors import Trouble" in text
    assert "__all__ = ['Thing', 'Trouble']" in text


def test_sentences_are_replaced_across_line_breaks():
    assert sync_docstring("It comes on the\n    event loop's thread.").split("\n") == [
        "It comes ",
        "    on another thread, from which no method may be called.",
    ]


def test_every_sentence_of_the_table_is_in_the_async_side():
    resources = generate_sync.PACKAGE / "resources"
    text = " ".join(" ".join(path.read_text("utf-8").split()) for path in resources.glob("*.py"))
    assert [sentence for sentence in SENTENCES if sentence not in text] == []


def test_what_notebooks_show_has_a_counterpart_that_is_written_by_hand(package):
    head = package.head + "from asyncsdk.resources.previewable import Previewable\n"
    thing = head + 'class Thing(Previewable):\n    """A thing."""\n'
    thing += "    def _card(self) -> Html:\n        return Html()\n"
    texts = module_texts(package("", thing=thing, previewable="class Previewable: ..."))
    assert sorted(texts) == ["__init__.py", "thing.py"]
    assert "class Thing(SyncPreviewable):" in texts["thing.py"]
    assert "from asyncsdk.portal import SyncPreviewable" in texts["thing.py"]
    assert "_card" not in texts["thing.py"]
