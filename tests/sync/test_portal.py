from __future__ import annotations

import asyncio
import contextvars
import gc
import json
import os
import threading
import time
import traceback
import weakref
from concurrent.futures import ThreadPoolExecutor

import anyio
import psutil
import pytest
from PIL import Image

import asyncsdk
from asyncsdk import portal
from asyncsdk.errors import AsyncSDKError, ConfigurationError
from asyncsdk.sync import Client


async def add(a: int, b: int = 1) -> int:
    await asyncio.sleep(0)
    return a + b


async def fail() -> None:
    raise KeyError("x")


def test_a_call_gives_the_result():
    assert portal.call(add, 1) == 2
    assert portal.call(add, 1, b=3) == 4


def test_an_error_keeps_its_type_and_tells_where_it_was_raised():
    with pytest.raises(KeyError) as caught:
        portal.call(fail)
    assert "in fail" in "".join(traceback.format_exception(caught.value))


def test_an_error_leaves_no_cycle_behind():
    class TroubleError(Exception):
        pass

    async def trouble() -> None:
        raise TroubleError

    gc.collect()
    gc.disable()
    try:
        try:
            portal.call(trouble)
        except TroubleError as error:
            left = weakref.ref(error)
        assert left() is None
    finally:
        gc.enable()


def test_the_context_of_the_caller_goes_along():
    variable = contextvars.ContextVar("variable", default="nothing")

    async def look() -> str:
        return variable.get()

    variable.set("something")
    assert portal.call(look) == "something"


def test_it_works_while_the_thread_runs_a_loop():
    async def handler() -> int:
        return portal.call(add, 1)

    assert asyncio.run(handler()) == 2
    assert asyncsdk.run(handler()) == 2


def test_all_threads_and_clients_share_one_loop(org, new_org):
    async def which() -> tuple[int, int]:
        return id(asyncio.get_running_loop()), threading.get_ident()

    with ThreadPoolExecutor(8) as pool:
        places = set(pool.map(lambda _: portal.call(which), range(64)))
    other = new_org()
    with Client(org.host, org.token) as one, Client(other.host, other.token) as two:
        assert one.id != two.id
        assert (one.list_datasets(), two.list_datasets()) == ([], [])
        places.add(portal.call(which))
    assert len(places) == 1
    assert threading.get_ident() not in {thread for _, thread in places}


def test_calls_of_several_threads_run_at_once():
    async def meet(barrier: list[asyncio.Event]) -> None:
        barrier.pop().set()
        await asyncio.gather(*(event.wait() for event in events))

    events = [asyncio.Event() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda event: portal.call(meet, [event]), events))


def test_a_call_from_the_loops_own_thread_is_refused():
    async def callback() -> None:
        portal.call(add, 1)

    with pytest.raises(AsyncSDKError, match="on the event loop's own thread, as from a progress callback"):
        portal.call(callback)


def test_a_progress_callback_cannot_call_back(client, images):
    datalake = client.get_datalake()

    with pytest.raises(AsyncSDKError, match="progress callback"):
        datalake.upload_data(images, progress=lambda _: client.list_datasets())
    assert client.list_datasets() == []


@pytest.mark.parametrize("end", [SystemExit, KeyboardInterrupt])
def test_the_loop_survives_what_ends_programs(end):
    async def stop() -> None:
        raise end

    async def deep() -> None:
        async with anyio.create_task_group() as group:
            group.start_soon(stop)

    with pytest.raises(end):
        portal.call(stop)
    with pytest.raises(BaseExceptionGroup):
        portal.call(deep)
    assert portal.call(add, 1) == 2


INTERRUPTED = """
    import asyncio
    from asyncsdk import portal
    from asyncsdk.portal import thread

    async def work():
        try:
            print("started")
            await asyncio.sleep(600)
        finally:
            {clean_up}

    async def add(a):
        return a + 1

    thread.CLEAN_UP_S = {limit_s}
    try:
        portal.call(work)
    except KeyboardInterrupt as interrupt:
        print("interrupted", *getattr(interrupt, "__notes__", ()))
    print(portal.call(add, 1))
"""


def test_ctrl_c_waits_for_the_clean_up(program):
    running = program(INTERRUPTED.format(clean_up='await asyncio.sleep(0.05); print("cleaned")', limit_s=60))
    running.wait_for("started")
    running.interrupt()
    ended = running.end()
    assert (ended.status, ended.errors) == (0, "")
    assert ended.lines == ["cleaned", "interrupted", "2"]


def test_ctrl_c_tells_of_a_clean_up_that_fails(program):
    running = program(INTERRUPTED.format(clean_up='raise OSError("disk full")', limit_s=60))
    running.wait_for("started")
    running.interrupt()
    ended = running.end()
    assert (ended.status, ended.errors) == (0, "")
    assert ended.lines == ["interrupted the call ended with OSError('disk full')", "2"]


def test_ctrl_c_does_not_wait_for_ever(program):
    running = program(INTERRUPTED.format(clean_up="await asyncio.sleep(600)", limit_s=0.01))
    running.wait_for("started")
    running.interrupt()
    ended = running.end()
    assert (ended.status, ended.errors) == (0, "")
    assert ended.lines == ["interrupted the call still cleans up after 0.01 s", "2"]


def test_a_second_ctrl_c_does_not_wait(program):
    running = program(INTERRUPTED.format(clean_up='print("cleaning"); await asyncio.sleep(600)', limit_s=60))
    running.wait_for("started")
    running.interrupt()
    running.wait_for("cleaning")
    running.interrupt()
    ended = running.end()
    assert (ended.status, ended.errors) == (0, "")
    assert ended.lines == ["interrupted", "2"]


def test_ctrl_c_in_a_listing_ends_the_program(program, org):
    running = program(
        f"""
        from asyncsdk.sync import Client

        client = Client("{org.host}", "{org.token}")
        version = client.create_dataset("d").create_version("v")
        print("started")
        while True:
            list(version.iter_assets())
        """
    )
    running.wait_for("started")
    running.interrupt_until_it_ends()
    ended = running.end()
    assert ended.status != 0
    assert ended.errors.splitlines()[-1] == "KeyboardInterrupt"
    assert ended.errors.count("Traceback") == 1


def test_a_program_ends_with_a_client_left_open(program, org):
    ended = program(
        f"""
        from asyncsdk.sync import Client

        client = Client("{org.host}", "{org.token}")
        never_connected = Client("{org.host}", "{org.token}")
        dataset = client.create_dataset("d")
        assets = dataset.create_version("v").iter_assets()
        del client
        print(dataset.name)
        """
    ).end()
    assert ended == type(ended)(0, ["d"], "")


def test_what_was_left_open_is_closed_at_exit(program):
    ended = program(
        """
        from asyncsdk import portal

        class Door:
            def __init__(self, name):
                self.name = name

            async def close(self):
                print("closed", self.name)

        portal.close_at_exit(Door("one"))
        two = portal.close_at_exit(Door("two"))
        portal.close(two)
        print("end")
        """
    ).end()
    assert ended == type(ended)(0, ["closed two", "end", "closed one"], "")


def test_a_program_ends_while_another_thread_waits(program):
    ended = program(
        """
        import asyncio, threading
        from asyncsdk import AsyncSDKError, portal

        async def work():
            try:
                started.set()
                await asyncio.sleep(600)
            finally:
                print("cleaned")

        started = threading.Event()
        threading.Thread(target=portal.call, args=(work,), daemon=True).start()
        started.wait()
        """
    ).end()
    assert (ended.status, ended.lines) == (0, ["cleaned"])


def test_a_call_after_the_end_is_refused(program):
    ended = program(
        """
        import atexit

        @atexit.register
        def late():
            try:
                portal.call(add, 1)
            except ConfigurationError as error:
                print(error)

        from asyncsdk import ConfigurationError, portal

        async def add(a):
            return a + 1

        print(portal.call(add, 1))
        """
    ).end()
    assert ended == type(ended)(0, ["2", "the program is about to end: no more calls"], "")


def test_a_client_that_cannot_be_closed_is_told_at_exit(program):
    ended = program(
        """
        from asyncsdk import portal

        class Stubborn:
            async def close(self):
                raise OSError("stays open")

        async def nothing():
            pass

        portal.close_at_exit(Stubborn())
        portal.call(nothing)
        """
    ).end()
    assert "not closed at exit: OSError('stays open')" in ended.errors


FORKED = """
    import os, sys, warnings
    warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)
    from asyncsdk.sync import Client, ConfigurationError

    client = Client("{host}", "{token}")
    unused = Client("{host}", "{token}")
    version = client.create_dataset("d").create_version("v")
    listing, opened = version.iter_assets(), version.iter_assets()
    assert next(opened, None) is None
    child = os.fork()
    if child == 0:
        for use in (client.list_datasets, version.list_assets, listing.__next__):
            try:
                use()
            except ConfigurationError as error:
                assert "make a new Client in the child process" in str(error), error
                print("refused")
        with Client("{host}", "{token}") as own:
            print(len(own.list_datasets()), len(unused.list_datasets()))
        client.close()
        listing.close()
        del listing, client
        sys.exit(7)
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), len(client.list_datasets()), len(list(version.iter_assets())))
"""


def test_a_forked_child_needs_a_client_of_its_own(program, org):
    ended = program(FORKED.format(host=org.host, token=org.token)).end()
    assert ended == type(ended)(0, ["refused", "refused", "refused", "1 1", "7 1 0"], "")


@pytest.mark.parametrize("loops", ["uvloop", "asyncio"])
def test_a_forked_child_leaves_the_sockets_of_its_parent_alone(program, client, org, tmp_path, loops):
    content = os.urandom(8_000_000)
    path = tmp_path / "large.png"
    Image.new("RGB", (10, 10)).save(path)
    with path.open("ab") as file:
        file.write(content)
    data = client.get_datalake().upload_data(path)[0]
    ended = program(
        f"""
        import gc, os, sys, warnings
        warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)
        if "{loops}" == "asyncio":
            sys.modules["uvloop"] = None
        from asyncsdk.sync import Client

        client = Client("{org.host}", "{org.token}")
        chunks = client.get_datalake().find_data(id="{data.id}").stream()
        size = len(next(chunks))
        if os.fork() == 0:
            del chunks, client
            gc.collect()
            sys.exit(0)
        os.wait()
        print(size + sum(len(chunk) for chunk in chunks))
        """
    ).end()
    assert ended == type(ended)(0, [str(path.stat().st_size)], "")


def test_an_embedded_platform_is_released_at_exit(program, workspace):
    ended = program(
        f"""
        from asyncsdk.sync import Client

        client = Client.embedded("{workspace}")
        client.create_dataset("d")
        """
    ).end()
    assert ended == type(ended)(0, [], "")
    platform = psutil.Process(json.loads((workspace / "server.json").read_text())["pid"])
    while any(one.status == psutil.CONN_ESTABLISHED for one in platform.net_connections()):
        time.sleep(0.01)


def test_a_closed_client_says_so(org):
    client = Client(org.host, org.token)
    client.connect()
    client.close()
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        client.list_datasets()
