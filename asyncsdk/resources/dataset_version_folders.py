"""Dataset versions: comparing with a local folder."""

from __future__ import annotations

import os

import attrs

from asyncsdk.flow.progress import ProgressOption
from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.resources.downloading import OnError, downloads_to
from asyncsdk.resources.missing_assets import MissingAssets
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.synchronise import synchronise

__all__ = ["DatasetVersionFolders"]


@attrs.define(eq=False, repr=False)
class DatasetVersionFolders(Resource[DatasetVersionRecord]):
    """A dataset version beside a local folder."""

    async def synchronize(
        self,
        target_dir: str | os.PathLike[str],
        do_download: bool = False,
        *,
        recursive: bool = False,
        use_id: bool = False,
        force_replace: bool = False,
        checksums: bool = True,
        max_workers: int | None = None,
        on_error: OnError = "raise",
        progress: ProgressOption = None,
    ) -> MissingAssets:
        """Compare this version with a folder, in both directions, and download what the folder lacks.

        A file stands for an asset when it has the name that `download` gives the asset: its file name, with the
        end of its id for the second and further assets of one name, or `<asset id><extension>` with `use_id`.
        Then the size is compared, and for files of the same size the SHA-256. A folder that `download` wrote
        is synchronized. Local files are never deleted, and without `force_replace` never changed.

        Hidden files are passed over. Symbolic links are not followed: one under an asset's name counts as
        different, any other is listed in the report.

        Args:
            target_dir: the folder; it must be there.
            do_download: download the missing files; without it nothing is written.
            recursive: also look for files in sub-folders, where a file of an asset's name stands for the asset
                too. What is missing is always downloaded into the folder itself.
            use_id: files are named by the assets' ids.
            force_replace: with `do_download`, also replace the files that differ, where they are.
            checksums: `False` compares names and sizes only, which reads no file.
            max_workers: most transfers at once; `None` adapts.
            on_error: "raise" raises after all files were tried; "collect" only reports.
            progress: `None` shows a bar in a terminal or notebook, `False` nothing, a callable gets
                `ProgressEvent`s on the event loop's thread.

        Returns:
            The assets that were missing in the folder, downloaded if that was wanted; empty when none was.
            Its `report` has both directions and what was downloaded.

        Raises:
            MissingFileError: there is no such folder.
            InvalidArgumentError: it is no folder, or another argument is not acceptable.
            PartialFailure: a file could not be downloaded and `on_error` is "raise"; its report says which.

        Example:
            >>> async def complete(version) -> None:
            ...     missing = await version.synchronize("./foo_dataset/first", do_download=True)
            ...     print(missing.report)
        """
        downloads = downloads_to(
            self._connection,
            target_dir,
            force_replace=force_replace,
            use_id=use_id,
            max_workers=max_workers,
            on_error=on_error,
            progress=progress,
        )
        records, report = await synchronise(
            downloads, self.id, do_download=do_download, recursive=recursive, checksums=checksums
        )
        return MissingAssets(self._connection, records, self.id, report)
