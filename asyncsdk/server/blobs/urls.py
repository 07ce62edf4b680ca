"""The signed URLs and forms of a local storage, and the check that each request passes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

import attrs

from asyncsdk.server.blobs.signing import Purpose, Signer

__all__ = ["STORAGE_PATH", "StorageUrls"]

STORAGE_PATH = "/storage"
"""Path under which the platform serves its own objects."""

_PLAIN = re.compile(r"[A-Za-z0-9/._~-]+")  # what `quote` would leave as it is
_HOUR_S = 3600
_DOWNLOAD_S = _HOUR_S
_UPLOAD_S = 24 * _HOUR_S  # a slow line may take long before it gets to the last file of a batch
_RESUME_S = 7 * 24 * _HOUR_S  # one URL serves the whole upload, however often it is taken up again


@attrs.define
class StorageUrls:
    """Makes signed requests and checks them."""

    public_url: str
    """Origin under which clients reach the platform, with an optional path; may change when a port is known."""

    signer: Signer

    def upload(self, connector: str, key: str) -> str:
        """Return the URL that takes an object as the body of a PUT."""
        ticket = self.signer.sign(Purpose.UPLOAD, connector, key, lifetime_s=_UPLOAD_S)
        return f"{self._object(connector, key)}?{ticket.query()}"

    def form(self, connector: str, key: str, content_type: str) -> tuple[str, dict[str, str]]:
        """Return the URL that takes an object as a form, and the form's fields."""
        ticket = self.signer.sign(Purpose.UPLOAD, connector, key, lifetime_s=_UPLOAD_S)
        fields = {"key": key, "Content-Type": content_type, **ticket.fields()}
        return f"{self.public_url}{STORAGE_PATH}/{connector}", fields

    def part(self, connector: str, key: str, upload_id: str, part_no: int) -> str:
        """Return the URL that takes one part."""
        ticket = self.signer.sign(Purpose.PART, connector, key, upload_id, str(part_no), lifetime_s=_UPLOAD_S)
        return f"{self._object(connector, key)}?upload={upload_id}&part={part_no}&{ticket.query()}"

    def resume(self, connector: str, key: str, upload_id: str) -> str:
        """Return the URL that takes the slices of a resumable upload."""
        ticket = self.signer.sign(Purpose.RESUME, connector, key, upload_id, lifetime_s=_RESUME_S)
        return f"{self._object(connector, key)}?upload={upload_id}&{ticket.query()}"

    def download(self, connector: str, key: str) -> str:
        """Return the URL that reads an object."""
        return self.downloads(connector)(key)

    def downloads(self, connector: str) -> Callable[[str], str]:
        """Return what makes the URLs that read objects of a connector, all with one expiry."""
        ticket = self.signer.each(Purpose.DOWNLOAD, connector, lifetime_s=_DOWNLOAD_S)
        home, plain = f"{self.public_url}{STORAGE_PATH}/{connector}/", _PLAIN.fullmatch
        return lambda key: f"{home}{key if plain(key) else quote(key)}?{ticket(key)}"

    def check_upload(self, connector: str, key: str, given: Mapping[str, str]) -> None:
        """Accept the ticket of a whole object, in a query or in the fields of a form.

        Raises:
            ForbiddenError: it is missing, forged, for something else, or expired.
        """
        self.signer.check(Purpose.UPLOAD, connector, key, given=given)

    def check_part(self, connector: str, key: str, query: Mapping[str, str]) -> tuple[str, int]:
        """Accept the ticket of a part and return the upload's id and the part's number.

        Raises:
            ForbiddenError: it is missing, forged, for something else, or expired.
        """
        upload_id, part_no = query.get("upload", ""), query.get("part", "")
        self.signer.check(Purpose.PART, connector, key, upload_id, part_no, given=query)
        return upload_id, int(part_no)

    def check_resume(self, connector: str, key: str, query: Mapping[str, str]) -> str:
        """Accept the ticket of a resumable upload and return its id.

        Raises:
            ForbiddenError: it is missing, forged, for something else, or expired.
        """
        upload_id = query.get("upload", "")
        self.signer.check(Purpose.RESUME, connector, key, upload_id, given=query)
        return upload_id

    def check_download(self, connector: str, key: str, query: Mapping[str, str]) -> None:
        """Accept the ticket of a download.

        Raises:
            ForbiddenError: it is missing, forged, for something else, or expired.
        """
        self.signer.check(Purpose.DOWNLOAD, connector, key, given=query)

    def _object(self, connector: str, key: str) -> str:
        path = key if _PLAIN.fullmatch(key) else quote(key)  # a listing signs a thousand at once
        return f"{self.public_url}{STORAGE_PATH}/{connector}/{path}"
