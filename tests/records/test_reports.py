from __future__ import annotations

import asyncio

from held import Content

from asyncsdk.errors import ServerError, TransferError
from asyncsdk.records.reports import Failure, UploadReport


def broken(error, content):
    size = len(content)
    raise error.with_traceback(None) from ValueError(f"{size} bytes")


def caught(raised):
    """The error as it was raised below, and what tells whether the content there is held."""
    content = Content(b"x" * 100)
    held = content.held
    try:
        broken(raised, content)
    except Exception as error:  # noqa: BLE001 - as reports do
        return error, held


def test_an_error_that_is_reported_holds_nothing_of_the_work():
    error, held = caught(ServerError("refused", status=500))
    assert held() is not None
    failure = Failure("a.jpg", error)
    assert failure.error is error
    assert held() is None
    assert error.__traceback__ is None
    assert str(failure) == "a.jpg: refused (status 500)"
    assert isinstance(error.__cause__, ValueError)


def test_what_an_error_is_about_stands_in_the_text_once():
    failure = Failure("/in/a.jpg", TransferError("/in/a.jpg", "the file ends 3 bytes early"))
    report = UploadReport(uploaded=(), skipped=(), failed=(failure,))
    assert str(failure) == "/in/a.jpg: the file ends 3 bytes early"
    assert str(report).count("/in/a.jpg") == report._repr_html_().count("/in/a.jpg") == 1


def test_an_unexpected_error_keeps_its_places_in_the_code_but_no_values():
    error, held = caught(RuntimeError("a slip"))
    Failure("a.jpg", error)
    assert held() is None
    assert error.__traceback__ is None
    (places,) = error.__notes__
    assert [name in places for name in ("in caught", "in broken")] == [True, True]
    Failure("b.jpg", error)
    assert error.__notes__ == [places]


def test_the_errors_of_a_group_and_those_that_errors_came_from_hold_nothing_either():
    inner, held = caught(ServerError("refused", status=500))
    deeper, deep = caught(ServerError("refused too", status=500))
    deeper.__context__ = inner
    inner.__context__ = deeper  # in a circle
    Failure("a.jpg", ExceptionGroup("several", [deeper]))
    assert held() is deep() is None


async def test_a_task_that_caught_the_error_goes_on():
    caught = []

    async def work():
        try:
            int("broken")
        except ValueError as error:
            caught.append(error)
        await asyncio.sleep(0.01)
        return "done"

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    Failure("a.jpg", caught[0])
    assert await asyncio.wait_for(task, 60) == "done"
