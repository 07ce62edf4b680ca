"""Our copy of the seed document's signatures against the document, where that lies beside the project."""

from __future__ import annotations

import pytest
from seed.document import read_methods
from seed.signatures import METHODS


@pytest.fixture(scope="module")
def document(request):
    path = request.config.rootpath.parent / "shared" / "seed" / "dataset-version.txt"
    if not path.is_file():
        pytest.skip(f"no seed document at {path}")
    return {method.name: method for method in read_methods(path.read_text("utf-8"))}


def test_no_method_is_missing_or_invented(document):
    assert list(document) == [method.name for method in METHODS]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_each_method_is_as_documented(document, method):
    said = document[method.name]
    assert list(said.parameters.items()) == list(method.parameters.items())
    assert said.errors == method.errors
    assert bool(said.returns) == bool(method.returns)


def test_what_is_read_from_a_document():
    text = """Methods\n\nfoo\n\nfoo(\n   a: List[str], b: Union[X,\n   str] = X.Y\n)\n\nDescription\n
May raise XError.\n\nExamples\n\nfoo(1)\nfoo()\n\nRaises\n\n  • AError : never, nor does AError\n\n## bar\n```python
bar()\n\nReturns\n\nAn object\n"""
    foo, bar = read_methods(text)
    assert (foo.name, foo.parameters, foo.errors) == ("foo", {"a": None, "b": "X.Y"}, ("AError",))
    assert (bar.name, bar.parameters, bar.errors) == ("bar", {}, ())
    assert (foo.returns, bar.returns.strip()) == (None, "An object")
