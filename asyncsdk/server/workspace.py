"""The folder of a platform: its database, its objects, its keys, its token and its lock.

database.sqlite    rows
blobs/             objects
key                signs URLs and cursors (owner only)
token              the first token, where nobody gave one (owner only)
server.json        where the running platform listens (owner only)
processings.toml   the administrator's file of programs, where there is one
runs/              folders in which programs run
lock               held while a platform runs on this folder
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import attrs
import orjson

from asyncsdk.errors import ConfigurationError

__all__ = ["Workspace"]

_KEY_BYTES = 32


@attrs.frozen
class Workspace:
    """The folder of a platform."""

    folder: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.folder / "database.sqlite"

    @property
    def blobs(self) -> Path:
        """The folder of the objects."""
        return self.folder / "blobs"

    @property
    def processings(self) -> Path:
        """The administrator's file of programs."""
        return self.folder / "processings.toml"

    @property
    def runs(self) -> Path:
        """The folder of the folders in which programs run."""
        return self.folder / "runs"

    @property
    def address(self) -> Path:
        """The file that tells where the running platform listens."""
        return self.folder / "server.json"

    def create(self) -> None:
        """Make the folder.

        Raises:
            ConfigurationError: it cannot be made, or is not a folder.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(f"workspace {self.folder}: {error.strerror}") from error

    def lock(self) -> IO[bytes]:
        """Take the folder for this process; closing the file, or the end of the process, lets it go.

        Raises:
            ConfigurationError: another platform runs on it.
        """
        try:
            handle = (self.folder / "lock").open("ab")
        except OSError as error:
            raise ConfigurationError(f"workspace {self.folder}: {error.strerror}") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            handle.close()
            raise ConfigurationError(f"another platform runs on workspace {self.folder}") from error
        return handle

    def key(self) -> bytes:
        """Return the signing key, which is made on first use.

        Raises:
            ConfigurationError: the kept one is no key.
        """
        text = self._kept("key", secrets.token_hex(_KEY_BYTES))
        if not re.fullmatch(f"[0-9a-f]{{{2 * _KEY_BYTES}}}", text):
            raise ConfigurationError(f"{self.folder / 'key'}: not a key; delete it to have a new one made")
        return bytes.fromhex(text)

    def token(self, made: str) -> str:
        """Return the kept token, `made` on first use.

        Raises:
            ConfigurationError: the kept one is no token.
        """
        text = self._kept("token", made)
        if not re.fullmatch(r"[\x21-\x7e]+", text):
            raise ConfigurationError(
                f"{self.folder / 'token'}: not a token; delete it to have a new one made"
            )
        return text

    def announce(self, url: str, token: str) -> None:
        """Tell where the platform listens; the file appears whole.

        Raises:
            ConfigurationError: it cannot be written.
        """
        self._write("server.json", orjson.dumps({"url": url, "token": token, "pid": os.getpid()}))

    def withdraw(self) -> None:
        """Take the announcement back.

        Raises:
            ConfigurationError: it cannot be removed.
        """
        with self._faults_told("server.json"):
            self.address.unlink(missing_ok=True)

    def _kept(self, name: str, made: str) -> str:
        try:
            return (self.folder / name).read_text().strip()
        except FileNotFoundError:
            self._write(name, made.encode())
            return made
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{self.folder / name}: cannot be read: {error}") from error

    def _write(self, name: str, content: bytes) -> None:
        """Write a file that only its owner may read, under a temporary name first."""
        temporary = self.folder / f".{name}.{os.getpid()}"
        with self._faults_told(name):
            temporary.unlink(missing_ok=True)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(content)
                    stream.flush()
                    os.fsync(stream.fileno())
                temporary.replace(self.folder / name)
            finally:
                temporary.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _faults_told(self, name: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ConfigurationError(f"{self.folder / name}: {error.strerror}") from error
