"""What the processings of the tests do, by the word that it is called with; the standard library is enough."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import Request, urlopen


def tell():
    """Give the environment and the job as the result."""
    job = json.loads(Path(os.environ["ASYNCSDK_JOB"]).read_text())
    give(
        {
            "environment": dict(os.environ),
            "job": job,
            "folder": str(Path.cwd()),
            "files": [path.name for path in Path.cwd().iterdir()],
        }
    )


def lines():
    """Say three lines, one of them without an end, one to standard error."""
    print("first line", flush=True)
    print("second line", file=sys.stderr, flush=True)
    Path("a file of its own").write_text("x")
    print("thïrd", end="", flush=True)


def fail():
    """End badly."""
    print("reading", flush=True)
    print("the model has no weights", flush=True)
    sys.exit(3)


def crash():
    """Die of a signal."""
    os.kill(os.getpid(), signal.SIGSEGV)


def sleep():
    """Tell that half of the work is done, and sleep for good, with two children: one that left the group, and one that did not."""
    nap = [sys.executable, "-I", "-S", "-c", "import time; time.sleep(600)"]
    children = [subprocess.Popen(nap), subprocess.Popen(nap, start_new_session=True)]
    print("::progress 0.5", flush=True)
    print(f"pids {os.getpid()} {children[0].pid} {children[1].pid}", flush=True)
    time.sleep(600)


def stubborn():
    """Do not end when asked to."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    sleep()


def flood():
    """Say more than is kept."""
    for number in range(30_000):
        print(f"line {number}")
    print("x" * 100_000)
    sys.exit(1)


def spin():
    """Use the processor for good."""
    while True:
        pass


def eat():
    """Use more memory than there may be."""
    bytearray(1_000_000_000)


def files():
    """Hold more files open than there may be."""
    with contextlib.ExitStack() as stack:
        for _ in range(2000):
            stack.enter_context(Path(os.devnull).open())


def act():
    """Use the token."""
    given = dict(os.environ)
    headers = {"Authorization": f"Bearer {given['api_token']}"}
    with urlopen(Request(f"{given['host']}/api/home/ping", headers=headers)) as answer:
        give({"ping": json.load(answer)})
    print(f"token {given['api_token']}", flush=True)


def bad_result():
    """Leave something as the result that is none."""
    Path(os.environ["ASYNCSDK_RESULT"]).write_text("{not JSON")


def again():
    """Sleep, the first time; the second time end well."""
    mark = Path(os.environ["ASYNCSDK_JOB"]).parents[2] / "begun"
    if mark.exists():
        give({"began": "anew"})
        return
    mark.touch()
    sleep()


def give(result):
    """Leave the result."""
    Path(os.environ["ASYNCSDK_RESULT"]).write_text(json.dumps(result))


DO = {
    "tell": tell, "loud": tell, "lines": lines, "fail": fail, "crash": crash, "sleep": sleep, "late": sleep,
    "stubborn": stubborn, "flood": flood, "spin": spin, "eat": eat, "files": files, "act": act,
    "bad-result": bad_result, "again": again,
}  # fmt: skip

if __name__ == "__main__":
    DO[sys.argv[1]]()
