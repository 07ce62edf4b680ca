"""Every chore of the project: `nox -l` lists them; `nox` alone checks what a commit must pass.

The two that need more than Python and pip's index install what they need themselves: `conformance` the
published clients, each in an environment of its own, and `types` a Node.js that comes as a wheel.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "tests"]
nox.options.error_on_missing_interpreters = False

PROJECT = nox.project.load_toml("pyproject.toml")
PUBLISHED_CLIENTS = ("6.19.2", "6.37.0")


def _runs(python: str) -> bool:
    """Tell whether an interpreter is there and is more than a shim of a version that is not installed."""
    path = shutil.which(python)
    return (
        path is not None
        and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0
    )


PARALLEL = ("--numprocesses=logical", "--dist=worksteal")
"""One process of tests a core, each with a platform of its own."""

PYTHONS = [version for version in nox.project.python_versions(PROJECT) if _runs(f"python{version}")]


def _install(session: nox.Session, *groups: str) -> None:
    session.install("-e", ".[server]", *nox.project.dependency_groups(PROJECT, *groups))


def _install_peers(session: nox.Session, *versions: str) -> Path:
    """Install published clients, each in an environment of its own, and return the folder of these."""
    peers = Path(session.virtualenv.location).parent.absolute() / "peers"
    for version in versions:
        python = peers / version / "bin" / "python"
        if not python.exists():
            session.run("python", "-m", "venv", str(peers / version))
        session.run(str(python), "-m", "pip", "install", "--quiet", f"picsellia=={version}", external=True)
    return peers


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, layout, import order, and that the generated files are up to date."""
    _install(session, "lint")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("lint-imports")
    session.run("python", "-m", "asyncsdk._tools.generate_sync", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check types, with mypy and pyright, inside and as users see them."""
    _install(session, "types", "test")
    session.run("mypy")
    session.run("mypy", "tests/typing")
    session.run("pyright")
    session.run("pyright", "tests/typing")
    session.run("pyright", "--verifytypes", "asyncsdk", "--ignoreexternal")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests; arguments after `--` go to pytest."""
    # The sync side is written anew and formatted, to be compared, and notebooks run in a kernel.
    _install(session, "test", "lint", "notebooks")
    session.run("pytest", *PARALLEL, *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    """Run the tests and report what of the package they reach; it takes half as long again."""
    _install(session, "test", "lint", "notebooks")
    session.run("pytest", *PARALLEL, "--cov", "--cov-report=term", *session.posargs)


@nox.session(python=PYTHONS)
def pythons(session: nox.Session) -> None:
    """Run the tests on every supported Python that is on the path."""
    _install(session, "test")
    session.run("pytest", *PARALLEL, *session.posargs)


@nox.session
def sync(session: nox.Session) -> None:
    """Generate the sync side anew."""
    _install(session, "lint")
    session.run("python", "-m", "asyncsdk._tools.generate_sync")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation as a site in `docs/_build/html`; every warning fails."""
    _install(session, "docs")
    options = ("--fail-on-warning", "--keep-going", "--quiet", "--jobs=auto")
    session.run("sphinx-build", *options, "docs", "docs/_build/html")


@nox.session
def seed_table(session: nox.Session) -> None:
    """Write docs/seed.md anew: what proves each method of the seed document."""
    _install(session, "test")
    session.run("python", "-m", "seed.table", env={"PYTHONPATH": "tests"})


@nox.session
def conformance(session: nox.Session) -> None:
    """Let the published clients do the main job against our platform."""
    _install(session, "test")
    peers = _install_peers(session, *PUBLISHED_CLIENTS)
    session.run(
        "pytest",
        *PARALLEL,
        "--exitfirst",
        "--verbose",
        "-m=conformance",
        "tests/conformance",
        *session.posargs,
        env={"ASYNCSDK_PEERS": str(peers)},
    )


@nox.session
def kills(session: nox.Session) -> None:
    """Kill platforms at random moments, and write down what became of them."""
    _install(session, "test")
    given = session.posargs or ["--rounds=20", "--report=docs/reports/kills.md"]
    session.run("pytest", "--verbose", "-m=kills", "tests/kills", *given)


@nox.session
def readers(session: nox.Session) -> None:
    """Let readers of others load our exports, and write down what became of them."""
    _install(session, "test", "readers")
    given = session.posargs or ["--readers-report=docs/reports/readers.md"]
    session.run("pytest", "--verbose", "-m=readers", "tests/readers", *given)


@nox.session
def notebooks(session: nox.Session) -> None:
    """Run the notebooks, and both sides in a notebook's kernel."""
    _install(session, "test", "notebooks")
    session.run("pytest", "--verbose", "tests/notebooks", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Measure beside a bare loop and the published client, and write docs/performance.md.

    Arguments after `--` go to `bench/report.py`, such as `--rounds=3` or `--row=upload` for a look. A file of
    `bench` is run instead, with the arguments that follow.
    """
    _install(session, "test", "bench")
    peers = _install_peers(session, PUBLISHED_CLIENTS[-1])
    single = bool(session.posargs) and session.posargs[0].endswith(".py")
    command = session.posargs if single else ["bench/report.py", *session.posargs]
    session.run("python", *command, env={"ASYNCSDK_PEERS": str(peers)})
