from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import ConfigurationError, ForbiddenError, InvalidArgumentError
from asyncsdk.server.blobs.signing import Purpose, Signer

KEY = bytes(range(32))


def test_a_ticket_is_accepted_for_what_it_was_given(signer):
    ticket = signer.sign(Purpose.DOWNLOAD, "connector", "a.png", lifetime_s=60)
    signer.check(Purpose.DOWNLOAD, "connector", "a.png", given=ticket.fields())
    assert ticket.query() == "&".join(f"{name}={value}" for name, value in ticket.fields().items())


def test_purposes_and_subjects_are_told_apart(signer):
    for given_for, used_for in itertools.product(Purpose, Purpose):
        fields = signer.sign(given_for, "c", "k", lifetime_s=60).fields()
        if given_for is used_for:
            signer.check(used_for, "c", "k", given=fields)
            continue
        with pytest.raises(ForbiddenError):
            signer.check(used_for, "c", "k", given=fields)
    fields = signer.sign(Purpose.PART, "c", "k", "1", lifetime_s=60).fields()
    for subject in [("c", "k", "2"), ("c", "k"), ("c", "k", "1", ""), ("k", "c", "1"), ("ck", "", "1")]:
        with pytest.raises(ForbiddenError):
            signer.check(Purpose.PART, *subject, given=fields)


def test_a_ticket_ends(signer, clock):
    fields = signer.sign(Purpose.UPLOAD, "c", "k", lifetime_s=60).fields()
    clock.now += 59
    signer.check(Purpose.UPLOAD, "c", "k", given=fields)
    clock.now += 1
    with pytest.raises(ForbiddenError, match="expired"):
        signer.check(Purpose.UPLOAD, "c", "k", given=fields)


def test_a_longer_life_cannot_be_written_in(signer):
    fields = signer.sign(Purpose.UPLOAD, "c", "k", lifetime_s=60).fields()
    with pytest.raises(ForbiddenError, match="signature"):
        signer.check(Purpose.UPLOAD, "c", "k", given={**fields, "expires": "9999999999"})


@pytest.mark.parametrize(
    "given_fields",
    [
        {},
        {"expires": "9999999999"},
        {"signature": "x"},
        {"expires": "", "signature": ""},
        {"expires": "x", "signature": "ä"},
        {"expires": "\ud800", "signature": "\ud800"},
        {"expires": "1\n2", "signature": ""},
    ],
)
def test_nonsense_is_forbidden(signer, given_fields):
    with pytest.raises(ForbiddenError) as caught:
        signer.check(Purpose.DOWNLOAD, "c", "k", given=given_fields)
    assert caught.value.status == 403


def test_another_key_gives_other_signatures(signer, clock):
    fields = Signer(KEY, clock).sign(Purpose.DOWNLOAD, "c", "k", lifetime_s=60).fields()
    with pytest.raises(ForbiddenError):
        signer.check(Purpose.DOWNLOAD, "c", "k", given=fields)


def test_line_breaks_cannot_shift_the_parts(signer):
    with pytest.raises(InvalidArgumentError):
        signer.sign(Purpose.DOWNLOAD, "c", "k\nx", lifetime_s=60)
    with pytest.raises(ForbiddenError):
        signer.check(
            Purpose.DOWNLOAD, "c\nk", given=signer.sign(Purpose.DOWNLOAD, "c", "k", lifetime_s=1).fields()
        )


@given(st.text(st.characters(exclude_characters="\n")), st.text(st.characters(exclude_characters="\n")))
def test_every_subject_has_its_own_signature(one, other):
    signer = Signer(KEY, lambda: 0.0)
    fields = signer.sign(Purpose.DOWNLOAD, one, lifetime_s=60).fields()
    signer.check(Purpose.DOWNLOAD, one, given=fields)
    if one != other:
        with pytest.raises(ForbiddenError):
            signer.check(Purpose.DOWNLOAD, other, given=fields)


def test_the_key_is_long_and_never_shown():
    with pytest.raises(ConfigurationError):
        Signer(b"short")
    assert "01" not in repr(Signer(b"01" * 16))


def test_tickets_of_one_home_are_such_as_single_ones(signer, clock):
    each = signer.each(Purpose.DOWNLOAD, "c", lifetime_s=60)
    single = signer.sign(Purpose.DOWNLOAD, "c", "k/ü.png", lifetime_s=60)
    clock.now += 30
    assert each("k/ü.png") == single.query()
    assert len({each("a"), each("b"), signer.each(Purpose.DOWNLOAD, "d", lifetime_s=60)("a")}) == 3


def test_parts_with_line_breaks_are_not_signed(signer):
    with pytest.raises(InvalidArgumentError):
        signer.each(Purpose.DOWNLOAD, "c\nd", lifetime_s=60)
    with pytest.raises(InvalidArgumentError):
        signer.each(Purpose.DOWNLOAD, "c", lifetime_s=60)("k\nl")


def test_a_key_that_is_too_long_is_refused():
    Signer(bytes(64))
    with pytest.raises(ConfigurationError):
        Signer(bytes(65))
