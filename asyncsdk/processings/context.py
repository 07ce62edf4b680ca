"""What a processing is to do, as the platform tells it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from asyncsdk.enums import ProcessingTargetType
from asyncsdk.errors import ConfigurationError
from asyncsdk.records import codec
from asyncsdk.resources.client import Client

__all__ = ["Context", "read_context"]


@attrs.frozen(kw_only=True)
class Context:
    """What a processing is to do.

    Example:
        >>> async def count(context: Context) -> dict[str, int]:
        ...     async with context.client() as client:
        ...         version = await client.get_dataset_version_by_id(context.target_id)
        ...         return {"assets": len(await version.list_assets())}
    """

    job_id: str
    organization_id: str

    host: str
    """Origin of the platform."""

    api_token: str = attrs.field(repr=False)
    """A token of the user who launched it, limited to the organization; it ends with the job."""

    target_type: ProcessingTargetType
    target_id: str
    """Id of the dataset version, the datalake or the model version that it was launched on."""

    ids: tuple[str, ...] | None
    """The assets of the version, or the data of the datalake, that it is for; `None` stands for all."""

    parameters: dict[str, Any]
    """The defaults of the processing, with what the launch gave in their place."""

    inputs: dict[str, Any]
    """The inputs of the launch, by name."""

    cpu: int
    """Processors that were asked for; 0 where nobody asked."""

    gpu: int
    """GPUs that were asked for."""

    def client(self) -> Client:
        """Return a client of the platform, which sees the job's organization; use it with `async with`."""
        return Client(self.host, self.api_token, self.organization_id)

    def progress(self, share: float) -> None:
        """Tell how much of the work is done.

        Args:
            share: 0 to 1.
        """
        print(f"::progress {min(max(share, 0.0), 1.0):.4f}", flush=True)  # noqa: T201 - the platform reads it


@attrs.frozen
class _Target:
    type: ProcessingTargetType
    id: str


@attrs.frozen
class _JobFile:
    job_id: str
    organization_id: str
    target: _Target
    parameters: dict[str, Any]
    inputs: dict[str, Any]
    cpu: int
    gpu: int
    ids: tuple[str, ...] | None = None


def read_context(environ: Mapping[str, str]) -> Context:
    """Return what the environment of a processing says.

    Raises:
        ConfigurationError: it is not the environment of one.
    """
    try:
        job = codec.decode(Path(environ["ASYNCSDK_JOB"]).read_bytes(), _JobFile)
        host, token = environ["host"], environ["api_token"]
    except (KeyError, OSError, codec.CodecError) as error:
        raise ConfigurationError(f"this runs as a processing, on a platform: {error}") from error
    return Context(
        job_id=job.job_id,
        organization_id=job.organization_id,
        host=host,
        api_token=token,
        target_type=job.target.type,
        target_id=job.target.id,
        ids=job.ids,
        parameters=job.parameters,
        inputs=job.inputs,
        cpu=job.cpu,
        gpu=job.gpu,
    )
