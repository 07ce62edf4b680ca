"""Feeds a job runner with the runs of processings: each step is a program from its start to its end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson

from asyncsdk.enums import JobRunStatus
from asyncsdk.errors import ApiError, FormatError
from asyncsdk.flow.threads import clean_up_in_file_thread, in_file_thread
from asyncsdk.server.processes.child import Child
from asyncsdk.server.processes.folder import RunFolder
from asyncsdk.server.processes.offer import Program
from asyncsdk.server.processes.registry import Registry
from asyncsdk.server.services.job_leases import claim_job
from asyncsdk.server.services.processing_following import LEASE_US, Follower
from asyncsdk.server.services.processing_runs import (
    PROCESSING,
    RunEnd,
    RunStart,
    begin_run,
    end_run,
    forget_token,
)
from asyncsdk.server.services.rules import json_list
from asyncsdk.server.store.base import Row, Store

__all__ = ["ProcessingJobs"]

_log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
_KINDS = json_list([PROCESSING])


@attrs.define(kw_only=True)
class ProcessingJobs:
    """The runs of processings that wait for this machine."""

    store: Store
    registry: Registry

    runs: Path
    """Folder of the folders of the runs."""

    origin: Callable[[], str]
    """Tells where the platform listens, for the programs."""

    environ: Mapping[str, str]
    """The platform's own environment, of which programs get what the administrator names."""

    async def claim(self) -> Row | None:
        """Take a job that waits, or whose worker is gone."""
        return await self.store.write(claim_job(_KINDS, LEASE_US))

    async def step(self, job: Row) -> None:
        """Run the program of a claimed job; whatever happens ends the job."""
        try:
            await self._run(job)
        except ApiError as error:
            if error.status == 503:
                raise
            await self._end(job, RunEnd(status=JobRunStatus.FAILED, error=error.message))
        except FormatError as error:
            await self._end(job, RunEnd(status=JobRunStatus.FAILED, error=str(error)))
        except Exception as error:  # noqa: BLE001 - whatever it is, the job ends with it
            _log.exception("run %s failed", job["id"])
            failed = RunEnd(status=JobRunStatus.FAILED, error=f"{type(error).__name__}: {error}")
            await self._end(job, failed)

    async def _run(self, job: Row) -> None:
        start = await self.store.write(begin_run(job))
        if start is None:
            await self._end(job, RunEnd(status=JobRunStatus.KILLED, error="it was killed"))
            return
        try:
            payload = orjson.loads(job["payload"])
            offer = await self.registry.current()
            program = offer.programs.get(payload["image"])
            if program is None:
                error = f"the image {payload['image']!r} is no longer registered in {offer.source}"
                await self._end(job, RunEnd(status=JobRunStatus.FAILED, error=error))
            elif job["attempt"] > (MOST_ATTEMPTS if program.restartable else 1):
                error = "the platform stopped while the processing ran; launch it again"
                await self._end(job, RunEnd(status=JobRunStatus.FAILED, error=error))
            else:
                await self._run_program(job, payload, program, start)
        finally:
            await self.store.write(forget_token(start.token))

    async def _run_program(
        self, job: Row, payload: dict[str, Any], program: Program, start: RunStart
    ) -> None:
        folder = RunFolder(self.runs / job["id"])
        await in_file_thread(folder.make, _job_file(job, payload, start))
        try:
            child = await Child.start(program, self._environment(job, program, start, folder), folder.work)
            follower = Follower(store=self.store, job=job, child=child, folder=folder, limits=program.limits)
            try:
                await follower.follow()
            finally:
                await child.aclose()
        finally:
            await clean_up_in_file_thread(folder.remove)

    async def _end(self, job: Row, end: RunEnd) -> None:
        await self.store.write(end_run(job, (), end))

    def _environment(self, job: Row, program: Program, start: RunStart, folder: RunFolder) -> dict[str, str]:
        """Return all of a program's environment; the first names are those that published programs read."""
        passed = ("PATH", *program.environment)
        return {name: self.environ[name] for name in passed if name in self.environ} | {
            "api_token": start.token.text,
            "host": self.origin(),
            "organization_id": start.organization_id,
            "job_id": job["id"],
            "ASYNCSDK_JOB": str(folder.job),
            "ASYNCSDK_RESULT": str(folder.result),
            "HOME": str(folder.work),
            "TMPDIR": str(folder.work),
            "LANG": "C.UTF-8",
            "PYTHONUNBUFFERED": "1",
        }


def _job_file(job: Row, payload: dict[str, Any], start: RunStart) -> dict[str, Any]:
    """What a program is to do, without its token."""
    return {"job_id": job["id"], "organization_id": start.organization_id, **payload}
