"""Following a program: what it says is kept as it comes, and it is ended when its time is over."""

from __future__ import annotations

import time
from collections.abc import Callable

import attrs

from asyncsdk.enums import JobRunStatus
from asyncsdk.errors import ApiError, NotFoundError
from asyncsdk.flow.threads import in_file_thread
from asyncsdk.server.processes.child import Child
from asyncsdk.server.processes.folder import ResultError, RunFolder
from asyncsdk.server.processes.offer import Limits
from asyncsdk.server.processes.output import Output
from asyncsdk.server.services.processing_runs import RunEnd, end_run, keep_run, look_at_run
from asyncsdk.server.store.base import Row, Store

__all__ = ["LEASE_US", "Follower"]

LEASE_US = 60_000_000
LOOK_S = 0.2
"""How often what a program said is kept, and it is looked whether it is to be killed."""

_RENEW_S = LEASE_US / 3_000_000
_MOST_LINES = 1000
_CPU_SIGNAL = "SIGXCPU"


@attrs.define(kw_only=True)
class Follower:
    """Follows a program to its end, and keeps how it ended."""

    store: Store
    job: Row
    child: Child
    folder: RunFolder
    limits: Limits
    clock: Callable[[], float] = time.monotonic
    _output: Output = attrs.field(factory=Output, init=False)
    _kept_progress: float | None = attrs.field(default=None, init=False)
    _verdict: RunEnd | None = attrs.field(default=None, init=False)
    _is_ours: bool = attrs.field(default=True, init=False)

    async def follow(self) -> None:
        """Return when the program is gone and its job has ended."""
        started = looked = renewed = self.clock()
        while (chunk := await self.child.read(LOOK_S)) != b"":
            self._output.feed(chunk or b"")
            now = self.clock()
            if now - started > self.limits.wall_s:
                self._stop(JobRunStatus.FAILED, f"the program took longer than {self.limits.wall_s} s")
            if now - looked >= LOOK_S or len(self._output.lines) >= _MOST_LINES:
                looked = now
                if await self._look(renew=now - renewed >= _RENEW_S):
                    renewed = now
        code = await self.child.ended()
        self._output.finish()
        if self._is_ours:
            await self.store.write(end_run(self.job, self._output.lines, await self._ending(code)))

    async def _look(self, *, renew: bool) -> bool:
        """Keep what was said, and obey; return whether the lease was renewed."""
        lines, progress = self._output.lines, self._output.progress
        told = renew or bool(lines) or progress != self._kept_progress
        try:
            if told:
                self.job, killed = await self.store.write(keep_run(self.job, lines, progress, LEASE_US))
            else:
                killed = await self.store.read(look_at_run(self.job))
        except NotFoundError:
            self._is_ours = False
            self.child.stop()
            return False
        except ApiError as error:
            if error.status == 503:
                return False  # the database refuses for now: the lines stay, the next look keeps them
            raise
        if told:
            self._output.lines, self._kept_progress = [], progress
        if killed:
            self._stop(JobRunStatus.KILLED, "it was killed")
        return told

    def _stop(self, status: JobRunStatus, error: str) -> None:
        self._verdict = self._verdict or RunEnd(status=status, error=error)
        self.child.stop()

    async def _ending(self, code: int) -> RunEnd:
        result = fault = None
        try:
            result = await in_file_thread(self.folder.read_result)
        except ResultError as wrong:
            fault = f"the program's result {wrong}"
        if self._verdict is not None:
            return attrs.evolve(self._verdict, result=result)
        error = self._explain(code) or fault
        status = JobRunStatus.SUCCEEDED if error is None else JobRunStatus.FAILED
        return RunEnd(status=status, error=error, result=result)

    def _explain(self, code: int) -> str | None:
        error = Child.explain(code)
        if error is None:
            return None
        if error.endswith(_CPU_SIGNAL):
            error += f": it used more than {self.limits.cpu_s} s of processor time"
        return "\n".join([error, *(["its last lines:"] if self._output.tail else []), *self._output.tail])
