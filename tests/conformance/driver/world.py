"""What the chapters of the main job share: the client, the files, and what was made so far."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

from picsellia import Client

__all__ = ["World", "digest", "names", "one_name"]


class World:
    """A connected client and its things; each chapter adds some.

    Args:
        host: origin of the platform.
        token: API token.
        folder: an empty folder for files.
        video: a short video file; `None` leaves videos out.
        sample: folder of a sample of COCO; `None` leaves it out.
    """

    def __init__(self, host, token, folder, video=None, sample=None):
        self.host = host
        self.token = token
        self.folder = Path(folder)
        self.video = video
        self.sample = sample and Path(sample)
        self.release = version("picsellia")
        self.client = Client(api_token=token, host=host)
        self.lake = self.client.get_datalake()

    @property
    def is_old(self):
        """Whether this is the generation of 6.19; otherwise it is that of 6.37."""
        return self.release.startswith("6.19.")

    def make_folder(self, name):
        """Return a new folder."""
        made = self.folder / name
        made.mkdir(parents=True)
        return made


def digest(path):
    """Return the SHA-256 of a file."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def names(items):
    """Return the sorted file names of data or assets."""
    return sorted(item.filename for item in items)


def one_name(items):
    """Return the single tag, source or dataset name of a list."""
    (item,) = items
    return item.name
