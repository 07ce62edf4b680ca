"""What every store keeps to. Further databases join `BACKENDS`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from setting_work import COUNT, GET, PUT, count, get, put
from sqlalchemy import bindparam, delete, text, update

from asyncsdk.errors import ConflictError, NotFoundError, ServerError
from asyncsdk.server.store.base import Store
from asyncsdk.server.store.ids import new_id
from asyncsdk.server.store.open import open_sqlite
from asyncsdk.server.store.schema import data_source, organization, setting
from asyncsdk.server.store.statements import Prepared, insertion, statement

CHANGE = Prepared(
    update(setting)
    .where(setting.c.name == bindparam("wanted"))
    .values(value=bindparam("new"))
    .returning(setting.c.name, setting.c.value)
)
REMOVE = Prepared(delete(setting).where(setting.c.name == bindparam("wanted")).returning(setting.c.name))
ORGANIZE = Prepared(insertion(organization))
SOURCE = Prepared(insertion(data_source))

Opener = Callable[[], Awaitable[Store]]


async def sqlite_backend(folder: Path) -> Store:
    return open_sqlite(folder / "database.sqlite")


BACKENDS = {"sqlite": sqlite_backend}


@pytest.fixture(params=BACKENDS)
async def reopen(request, tmp_path) -> AsyncIterator[Opener]:
    """Opens the same empty database, as often as wanted."""
    opened: list[Store] = []

    async def open_one() -> Store:
        opened.append(await BACKENDS[request.param](tmp_path))
        return opened[-1]

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(reopen):
    return await reopen()


async def test_what_a_unit_of_work_returns_is_given(store):
    assert await store.write(put("a")) == "a"
    assert await store.read(get("a")) == "v"
    assert await store.read(get("b")) is None


async def test_changing_statements_give_the_rows_they_return(store):
    def changing():
        changed = yield CHANGE(wanted="a", new="w")
        untouched = yield CHANGE(wanted="none", new="w")
        removed = yield REMOVE(wanted="a")
        return [[dict(row) for row in rows] for rows in (changed, untouched, removed)]

    await store.write(put("a"))
    assert await store.write(changing()) == [[{"name": "a", "value": "w"}], [], [{"name": "a"}]]


async def test_many_rows_in_one_statement(store):
    def many():
        assert not (yield PUT.many([{"name": str(number), "value": "v"} for number in range(2_000)]))
        assert not (yield PUT.many([]))

    await store.write(many())
    assert await store.read(count()) == 2_000


async def test_a_failing_unit_undoes_all_of_itself_and_nothing_else(store):
    def outcome(number):
        return NotFoundError("none", status=404) if number % 3 == 0 else None

    units = [store.write(put(str(number), fail=outcome(number))) for number in range(300)]
    results = await asyncio.gather(*units, return_exceptions=True)
    failed = [number for number, result in enumerate(results) if isinstance(result, NotFoundError)]
    assert failed == list(range(0, 300, 3))
    assert await store.read(count()) == 200


async def test_what_a_unit_wrote_before_its_fault_is_undone(store):
    def two():
        yield PUT(name="a", value="1")
        yield PUT(name="a", value="2")

    with pytest.raises(ConflictError) as caught:
        await store.write(two())
    assert caught.value.status == 409
    assert caught.value.__cause__ is not None
    assert await store.read(count()) == 0


async def test_a_unit_may_mend_the_fault_of_a_statement(store):
    def mending():
        yield PUT(name="a", value="1")
        try:
            yield PUT(name="a", value="2")
        except ConflictError:
            yield PUT(name="b", value="2")
        return "mended"

    assert await store.write(mending()) == "mended"
    assert await store.read(count()) == 2


async def test_a_statement_that_a_driver_refuses_ends_its_unit_alone(store):
    def wrong():
        yield PUT(name="a", value="1")
        yield statement(text("SELECT * FROM no_such_table"))

    results = await asyncio.gather(
        store.write(put("before")), store.write(wrong()), store.write(put("after")), return_exceptions=True
    )
    assert results[0] == "before"
    assert isinstance(results[1], Exception)
    assert results[2] == "after"
    assert await store.read(count()) == 2


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyboardInterrupt(), asyncio.CancelledError()])
async def test_every_kind_of_exception_is_given_to_who_waits(store, error):
    with pytest.raises(type(error)):
        await store.write(put("a", fail=error))
    assert await store.read(get("a")) is None
    assert await store.write(put("a")) == "a"


async def test_a_unit_is_closed_when_it_fails(store):
    closed = []

    def careful():
        try:
            yield PUT(name="a", value="1")
            yield PUT(name="a", value="2")
        finally:
            closed.append(True)

    with pytest.raises(ConflictError):
        await store.write(careful())
    assert closed == [True]


async def test_a_read_sees_one_snapshot(store):
    def counting():
        counts = set()
        for _ in range(50):
            counts.add((yield COUNT())[0]["n"])
        return counts

    async def write():
        for number in range(100):
            await store.write(put(str(number)))

    writing = asyncio.create_task(write())
    seen = [await store.read(counting()) for _ in range(20)]
    await writing
    assert {len(counts) for counts in seen} == {1}
    assert await store.read(count()) == 100


async def test_a_read_after_a_write_sees_it(store):
    for number in range(50):
        await store.write(put(str(number)))
        assert await store.read(count()) == number + 1


async def test_a_reader_cannot_change_anything(store):
    with pytest.raises(ServerError):
        await store.read(put("a"))
    assert await store.read(count()) == 0


async def test_each_change_has_a_number_of_its_own(store):
    seen = {store.change}
    for number in range(5):
        await store.write(put(str(number)))
        seen.add(store.change)
    assert len(seen) == 6
    unchanged = store.change
    await store.read(count())
    assert store.change == unchanged


async def test_increments_at_the_same_time_are_all_counted(store):
    def increment():
        found = int((yield GET(name="n"))[0]["value"])
        yield CHANGE(wanted="n", new=str(found + 1))

    await store.write(put("n", "0"))
    await asyncio.gather(*(store.write(increment()) for _ in range(100)))
    assert await store.read(get("n")) == "100"


async def test_what_was_written_is_there_when_opened_again(reopen):
    first = await reopen()
    await first.write(put("a", "Ä🐦\n"))
    await first.close()
    second = await reopen()
    assert await second.read(get("a")) == "Ä🐦\n"


async def test_closing_finishes_what_is_queued_and_then_refuses(reopen):
    store = await reopen()
    writes = [asyncio.create_task(store.write(put(str(number)))) for number in range(500)]
    await asyncio.sleep(0)
    await store.close()
    await store.close()
    assert len(await asyncio.gather(*writes)) == 500
    with pytest.raises(ServerError) as caught:
        await store.write(put("late"))
    assert caught.value.status == 503
    assert await (await reopen()).read(count()) == 500


async def test_references_are_kept(store):
    def orphan():
        yield SOURCE(id=new_id(), created_at=0, organization=99, name="camera")

    with pytest.raises(ConflictError):
        await store.write(orphan())


async def test_a_name_in_other_letters_is_another_name(store):
    def insert(name):
        yield ORGANIZE(id=new_id(), created_at=0, name=name, connector_id=new_id())

    await store.write(insert("a"))
    await store.write(insert("A"))
    with pytest.raises(ConflictError):
        await store.write(insert("a"))
