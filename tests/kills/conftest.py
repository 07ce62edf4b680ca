"""How often to kill, with which seeds, and the report of what became of it.

Options: `--rounds N`, `--seed FIRST` (the rounds take the numbers from there on), `--report FILE`.
"""

from __future__ import annotations

import datetime as dt
import platform
import random
import subprocess
from pathlib import Path

import pytest

REPORT = pytest.StashKey[list[dict]]()

HEAD = """\
# Kills

The platform is killed with SIGKILL at random moments, while a client uploads 2,101 files, while it adds them
to 12 versions and, three times, while it forks a version of 30,000 assets, and started again. Then everything
acknowledged must be there, byte for byte, nothing twice, every job done, every counter right. Made by
`nox -s kills`; a seed repeats a round's choices: `nox -s kills -- --rounds=1 --seed=SEED`.

{facts}

"""
COLUMNS = (
    "seed",
    "killed while uploading",
    "files tried again",
    "killed while adding data",
    "calls tried again",
    "killed while forking",
    "result",
)


def pytest_addoption(parser):
    group = parser.getgroup("kills")
    group.addoption("--rounds", type=int, default=1, help="how often to do it all")
    group.addoption("--seed", type=int, help="seed of the first round; random without")
    group.addoption("--report", type=Path, help="file to write the outcome to")


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        option = metafunc.config.getoption
        first = option("--seed", None)
        first = random.randrange(1_000_000) if first is None else first
        metafunc.parametrize("seed", range(first, first + option("--rounds", 1)))


@pytest.fixture
def report(request):
    """What to report of the round, by column, and how many `kills` there were."""
    words = {"seed": request.getfixturevalue("seed"), "kills": 0, "result": "failed"}
    yield words
    request.config.stash.setdefault(REPORT, []).append(words)


def pytest_sessionfinish(session):
    path = session.config.getoption("--report", None)
    rounds = session.config.stash.get(REPORT, [])
    if path is None or not rounds:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    head = HEAD.format(facts=_facts(rounds, session.testsfailed))
    lines = [_line(words.get(column, "") for column in COLUMNS) for words in rounds]
    path.write_text(head + "\n".join([_line(COLUMNS), _line("---" for _ in COLUMNS), *lines, ""]))


def _line(words):
    return f"| {' | '.join(map(str, words))} |"


def _facts(rounds, failed):
    now = dt.datetime.now(dt.UTC)
    commit = _git("rev-parse", "--short", "HEAD")
    changed = " with changes" if _git("status", "--porcelain", "--", "asyncsdk") else ""
    return (
        f"{now:%Y-%m-%d %H:%M} UTC, commit {commit}{changed}, Python {platform.python_version()}, "
        f"{platform.system()}: {sum(words['kills'] for words in rounds)} kills in {len(rounds)} rounds, {failed} failed."
    )


def _git(*arguments):
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() or ("unknown" if done.returncode else "")
