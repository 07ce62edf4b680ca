"""What the generator does not know, it refuses, and says where."""

from __future__ import annotations

import pytest

from asyncsdk._tools.sync_modules import module_texts
from asyncsdk._tools.sync_source import UnknownShapeError

REFUSED = {
    "overloads": (
        '@overload\nasync def get(self) -> int:\n    """Get."""',
        "1: get: decorator overload",
    ),
    "static methods": (
        '@staticmethod\ndef get(x: int) -> int:\n    """Get."""',
        "1: get: decorator staticmethod",
    ),
    "setters": (
        '@property\ndef size(self) -> int:\n    """Size."""\n\n@size.setter\ndef size(self, value: int) -> None:\n    ...',
        "5: size: decorator size.setter",
    ),
    "positional-only": (
        'async def get(self, a: int, /) -> int:\n    """Get."""',
        "1: get: parameter self is positional-only or takes many",
    ),
    "many arguments": (
        'async def get(self, *ids: str) -> int:\n    """Get."""',
        "1: get: parameter ids is positional-only or takes many",
    ),
    "keyword arguments": (
        'async def get(self, **more: str) -> int:\n    """Get."""',
        "1: get: parameter more is positional-only or takes many",
    ),
    "async generators": (
        'async def get(self) -> int:\n    """Get."""\n    yield 1',
        "1: get: async generator; return an ItemIterator",
    ),
    "coroutines that give iterators": (
        'async def get(self) -> ItemIterator[Thing]:\n    """Get."""',
        "1: get: only a plain method may return an ItemIterator",
    ),
    "no annotation": (
        'async def get(self, a) -> int:\n    """Get."""',
        "1: get: parameter a has no annotation",
    ),
    "no result": ('async def get(self):\n    """Get."""', "1: get: no annotation of the result"),
    "no docstring": ("async def get(self) -> int:\n    return 1", "1: get: no docstring"),
    "unknown types": (
        'async def get(self) -> int:\n    """Get."""\n\nasync def put(self, a: Unknown) -> int:\n    """Put."""',
        "4: type Unknown of asyncsdk.resources.thing is not known on the sync side",
    ),
    "types of the inside": (
        'async def get(self) -> Connection:\n    """Get."""',
        "1: type Connection of asyncsdk.resources.connection is not known on the sync side",
    ),
    "aliases of the inside": (
        'async def get(self, many: Many) -> int:\n    """Get."""',
        "1: type Many of asyncsdk.resources.thing is not known on the sync side",
    ),
    "functions that give objects": (
        'async def get(self, func: Callable[[int], Thing]) -> int:\n    """Get."""',
        "1: annotation Callable[[int], Thing]: a function of another form",
    ),
    "functions of two things": (
        'async def get(self, func: Callable[[Thing, int], int]) -> int:\n    """Get."""',
        "1: annotation Callable[[Thing, int], int]: a function of another form",
    ),
    "functions of many objects": (
        'async def get(self, func: Callable[[list[Thing]], int]) -> int:\n    """Get."""',
        "1: annotation Callable[[list[Thing]], int]: a function of another form",
    ),
    "functions in a list": (
        'async def get(self, many: list[Callable[[Thing], int]]) -> int:\n    """Get."""',
        "1: annotation list[Callable[[Thing], int]]: a resource inside of list",
    ),
    "functions as results": (
        'async def get(self) -> Callable[[Thing], int]:\n    """Get."""',
        "1: result Callable[[Thing], int]: how to wrap it is not known",
    ),
    "text in place of a type": ('async def get(self) -> "int":\n    """Get."""', "1: annotation 'int'"),
    "one of two resources": (
        'async def get(self) -> Thing | Self:\n    """Get."""',
        "1: result Thing | Self: how to wrap it is not known",
    ),
    "resources as keys": (
        'async def get(self) -> dict[Thing, int]:\n    """Get."""',
        "1: result dict[Thing, int]: how to wrap it is not known",
    ),
    "reserved names": (
        'async def get(self, call: int) -> int:\n    """Get."""',
        "1: get: parameter call has a reserved name",
    ),
    "other special methods": ("def __len__(self) -> int:\n    return 1", "1: special method __len__"),
    "public attributes": ("__slots__ = ('size',)", "1: public attribute size: make it a property"),
    "public fields": ("size: int = 3", "1: size: int = 3: only methods and properties"),
    "aliases of methods": ("get = put", "1: get = put: only methods and properties"),
    "nested classes": ("class Inner:\n    pass", "1: class Inner:: only methods and properties"),
    "half a context manager": (
        "async def __aenter__(self) -> Self:\n    return self",
        "-6: Thing: __aenter__, __aexit__ and close belong together",
    ),
    "closing in another way": (
        (
            'async def close(self) -> None:\n    """Close."""\n\n'
            "async def __aenter__(self) -> Self:\n    return self\n\n"
            "async def __aexit__(self, e: None) -> None:\n    await self.stop()"
        ),
        "7: __aexit__: it must do nothing but await self.close()",
    ),
    "makers of something else": (
        '@classmethod\ndef make(cls) -> int:\n    """Make."""',
        "2: make: classmethod that makes no object",
    ),
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_it_refuses_what_it_does_not_know(package, body, message):
    line, _, what = message.partition(": ")
    place = len(package.thing.splitlines()) + int(line)
    with pytest.raises(UnknownShapeError) as caught:
        module_texts(package(body))
    assert str(caught.value) == f"asyncsdk/resources/thing.py:{place}: {what}"


@pytest.mark.parametrize(
    ("base", "what"),
    [("dict[str, int]", "base class dict"), ("Multi", "base class Multi: say of what it is a sequence")],
)
def test_unknown_bases_are_refused(package, base, what):
    with pytest.raises(UnknownShapeError) as caught:
        module_texts(package("", thing=package.head + f'class Thing({base}):\n    """A thing."""\n'))
    assert str(caught.value).endswith(what)


def test_names_that_are_exported_but_not_there_are_refused(package):
    with pytest.raises(UnknownShapeError, match=r"asyncsdk/__init__.py:5: 'Thong' in __all__"):
        module_texts(package("", init=package.init.replace('["Thing"', '["Thong"')))
