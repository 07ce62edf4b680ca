"""`asyncsdk demo`: the main job, end to end, on the embedded platform."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import asyncsdk
from asyncsdk.cli.demo_images import make_images
from asyncsdk.errors import AsyncSDKError, ConfigurationError
from asyncsdk.flow.loop import run

__all__ = ["demo"]

_SHOWN = 3


def demo(
    images: Annotated[
        Path | None, typer.Option(help="Folder of images to use; some are made when not given.")
    ] = None,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its files.")] = Path("asyncsdk-demo"),
    count: Annotated[int, typer.Option(help="How many images to make.", min=1, max=100_000)] = 24,
) -> None:
    """Upload images, make a dataset version of them, list, filter and download it; show how long it took."""
    if images is not None and not images.is_dir():
        raise ConfigurationError(f"--images {images}: no such folder")
    folder = folder.expanduser().absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"--folder {folder}: {error.strerror}") from error
    source = images
    if source is None:
        source = folder / "images"
        with _step(f"make {count} images"):
            make_images(source, count)
    run(_main_job(source.absolute(), folder))


async def _main_job(source: Path, folder: Path) -> None:
    workspace = folder / "workspace"
    client = asyncsdk.Client.embedded(workspace)
    with _step("start the platform, to its first answer"):
        await client.connect()
    async with client:
        datalake = await client.get_datalake()
        with _step("upload the images"):
            data = await datalake.upload_data(source, tags=["demo"], progress=False)
        if not data:
            raise ConfigurationError(f"{source}: there is no image or video in it")
        with _step("create a dataset and a version"):
            name = f"demo {datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"
            dataset = await client.create_dataset(name)
            version = await dataset.create_version("v1", type="object_detection")
        with _step(f"add {len(data)} data as assets"):
            await version.add_data(data, tags=["new"], wait=True)
        with _step("list the assets"):
            assets = await version.list_assets()
        await _show(version)
        target = folder / "download" / name.replace(":", "-")
        with _step("download the files"):
            report = await version.download(target, use_id=True, progress=False)
        assert data.report is not None
        uploaded = [item.path for item in data.report.uploaded]
        if len(assets) != len(data) or _digests(report.downloaded) != _digests(uploaded):
            raise AsyncSDKError("the downloaded files are not the uploaded ones")
    print(f"\n{len(report.downloaded)} files, {report.bytes:,} bytes, byte for byte the same")
    print(f"images     {source}\nworkspace  {workspace}\ndownload   {target}")


async def _show(version: asyncsdk.DatasetVersion) -> None:
    with _step("filter them: q='width >= 200 and tags.name = \"new\"'"):
        wide = await version.list_assets(q='width >= 200 and tags.name = "new"')
    for asset in wide[:_SHOWN]:
        print(f"             {asset.filename}  {asset.width} x {asset.height}")
    if len(wide) > _SHOWN:
        print(f"             … and {len(wide) - _SHOWN} more")


@contextmanager
def _step(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"{(time.perf_counter() - begun) * 1000:8.0f} ms  {what}")


def _digests(paths: Iterable[Path]) -> list[str]:
    """Return the digests of files, sorted."""
    return sorted(hashlib.sha256(path.read_bytes()).hexdigest() for path in paths)
