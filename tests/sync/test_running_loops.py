"""The sync side inside of programs whose main thread runs an event loop."""

from __future__ import annotations

import pytest
from PIL import Image

SERVICE = """
    import asyncio, sys
    import aiohttp, uvloop
    from aiohttp import web
    from asyncsdk.sync import Client

    client = Client("{host}", "{token}")
    version = client.get_dataset("birds").get_version("v1")


    async def direct(request):  # blocks the loop for as long as it takes
        return web.json_response([asset.filename for asset in version.iter_assets()])


    async def on_a_thread(request):  # and this leaves it free
        assets = await asyncio.to_thread(version.list_assets)
        return web.json_response([asset.filename for asset in assets])


    async def main():
        print(type(asyncio.get_running_loop()).__module__)
        app = web.Application()
        app.add_routes([web.get("/direct", direct), web.get("/on_a_thread", on_a_thread)])
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]

        async def ask(path):
            async with session.get(f"http://127.0.0.1:{{port}}/{{path}}") as answer:
                return await answer.json()

        async with aiohttp.ClientSession() as session:
            answers = await asyncio.gather(*map(ask, ["direct", "on_a_thread"] * 10))
        await runner.cleanup()
        print(len(answers), sorted(set(map(tuple, answers))))


    {run}(main())
    client.close()
"""


@pytest.fixture
def filled(client, tmp_path):
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    data = client.get_datalake().upload_data([tmp_path / "a.png"], progress=False)
    client.create_dataset("birds").create_version("v1").add_data(data, wait=True)


@pytest.mark.parametrize(
    ("run", "module"), [("asyncio.run", "asyncio.unix_events"), ("uvloop.run", "uvloop")]
)
def test_handlers_of_a_web_service_use_it(program, org, filled, run, module):
    ended = program(SERVICE.format(host=org.host, token=org.token, run=run)).end()
    assert ended == type(ended)(0, [module, "20 [('a.png',)]"], "")


def test_both_sides_work_in_one_program(program, org, filled):
    ended = program(
        f"""
        import asyncsdk, asyncsdk.sync

        async def main():
            async with asyncsdk.Client("{org.host}", "{org.token}") as client:
                with asyncsdk.sync.Client("{org.host}", "{org.token}") as blocking:
                    ours, theirs = await client.list_datasets(), blocking.list_datasets()
                    print([one.name for one in ours], [one.name for one in theirs])

        asyncsdk.run(main())
        """
    ).end()
    assert ended == type(ended)(0, ["['birds'] ['birds']"], "")
