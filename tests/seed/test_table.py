"""Everything of the seed document has a test that proves it, and `docs/seed.md` says so."""

from __future__ import annotations

import textwrap

import pytest
from seed.notes import NOTES
from seed.proofs import MisplacedMarkError, Proof, read_proofs
from seed.signatures import METHODS
from seed.table import PAGE, added_parameters, table

import asyncsdk

BY_NAME = {method.name: method for method in METHODS}


@pytest.fixture(scope="module")
def proofs():
    return read_proofs()


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_everything_documented_is_proven(proofs, method):
    of_method = [proof for proof in proofs if proof.method == method.name]
    assert of_method, f"no test carries the mark seed({method.name!r}, …)"
    proven = {one for proof in of_method for one in proof.proven}
    missing = [one for one in method.wanted if one not in proven]
    assert not missing, f"no test carries the mark seed({method.name!r}, …) with {missing}"


def test_marks_name_what_there_is(proofs):
    unknown = [
        f"{proof.path}::{proof.test}: {proof.method} has no {one}"
        for proof in proofs
        for one in (proof.proven if proof.method in BY_NAME else [proof.method])
        if one not in known_words(proof.method)
    ]
    assert not unknown, "\n".join(unknown)


def known_words(method):
    """What a mark may name: what is documented, what we add, and any error of ours."""
    if method not in BY_NAME:
        return set()
    return {*BY_NAME[method].parameters, *added_parameters(method), "return", *asyncsdk.errors.__all__}


def test_notes_are_about_methods_of_the_document():
    assert set(NOTES) <= set(BY_NAME)


def test_the_page_is_up_to_date():
    written = PAGE.read_text("utf-8") if PAGE.is_file() else ""
    assert written == table(), "docs/seed.md is out of date: run `nox -s seed_table`"


def test_marks_are_found_wherever_they_stand(tmp_path):
    (tmp_path / "test_a.py").write_text(
        textwrap.dedent("""
            METHOD = "fork"

            @pytest.mark.seed(METHOD, "version", "return")
            @pytest.mark.seed("delete")
            async def test_one(): ...

            class TestThese:
                @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.seed("fork", "assets"))])
                def test_two(self, x): ...
        """)
    )
    assert read_proofs(tmp_path) == [
        Proof("test_a.py", "test_one", "delete", ()),
        Proof("test_a.py", "test_one", "fork", ("version", "return")),
        Proof("test_a.py", "test_two", "fork", ("assets",)),
    ]


@pytest.mark.parametrize(
    "source",
    [
        'pytestmark = pytest.mark.seed("fork")',
        '@pytest.mark.seed("fork")\ndef helper(): ...',
        "@pytest.mark.seed(NAME)\ndef test_a(): ...",
        "@pytest.mark.seed()\ndef test_a(): ...",
        '@pytest.mark.seed("fork", what="return")\ndef test_a(): ...',
    ],
)
def test_a_mark_that_proves_nothing_is_refused(tmp_path, source):
    (tmp_path / "test_a.py").write_text(source)
    with pytest.raises(MisplacedMarkError, match=r"test_a\.py:\d"):
        read_proofs(tmp_path)
