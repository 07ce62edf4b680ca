"""Dataset versions: splitting one into parts for training, testing and validation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import attrs

from asyncsdk.records.datasets import DatasetVersionRecord
from asyncsdk.records.splits import LabelRepartition
from asyncsdk.resources.asset import Asset, MultiAsset
from asyncsdk.resources.label import Label
from asyncsdk.resources.partitioning import check_share
from asyncsdk.resources.resource import Resource
from asyncsdk.resources.split_options import split_options
from asyncsdk.resources.splits import repartition, split_version

__all__ = ["DatasetVersionSplits"]

_TRAIN_TEST_VAL = (0.64, 0.16, 0.20)


@attrs.define(eq=False, repr=False)
class DatasetVersionSplits(Resource[DatasetVersionRecord]):
    """Splits of a dataset version."""

    async def train_test_split(
        self,
        prop: float = 0.8,
        random_seed: Any = None,
        load_asset_page_size: int = 100,
        *,
        stratify: bool = False,
        group_by: str | Callable[[Asset], str | int | None] | None = None,
        stable: bool = False,
        annotated_only: bool = True,
    ) -> tuple[MultiAsset, MultiAsset, LabelRepartition, LabelRepartition, list[Label]]:
        """Split this version into two parts, and count the labels of each.

        Assets without annotation are left out, and an asset's newest annotation counts. Nothing is changed
        on the platform, and Python's global random generator is not touched.

        Args:
            prop: share of the training set, 0 to 1; at 0 and 1 a part is empty.
            random_seed: int, float, str, bytes or bytearray: the same one gives the same split while the
                version stays as it is; `None` gives another one each time.
            load_asset_page_size: assets per request, 1 to 1000.
            stratify: keep the distribution of the labels in both parts.
            group_by: keep assets together that have this in common: "data_source", "metadata.<key>",
                "custom_metadata.<key>", or what a function says of an asset, which must not call the
                platform. An asset for which it is `None` stands for itself.
            stable: let each asset's part depend on its data (or group) and the seed alone, so that it stays
                when the version grows; sizes are those of `prop` on average. `None` is a seed too, then.
            annotated_only: leave assets without annotation out.

        Returns:
            The assets for training, those for testing, the label repartition of both as
            `{"x": names, "y": counts}`, and all labels of the version.

        Raises:
            NoDataError: there is no asset to split.
            InvalidArgumentError: an argument is wrong, or two do not go together.
            NotSupportedError: assets are grouped by data source, and the platform does not tell it.

        Example:
            >>> async def split(version) -> None:
            ...     train, test, in_train, in_test, labels = await version.train_test_split(random_seed=42)
            ...     print(len(train), dict(zip(in_train["x"], in_train["y"])))
        """
        share = check_share(prop, "prop")
        options = split_options(
            [share, 1.0 - share],
            seed=random_seed,
            page_size=load_asset_page_size,
            stratify=stratify,
            group_by=group_by,
            stable=stable,
            annotated_only=annotated_only,
        )
        split = await split_version(self._connection, self.id, options)
        (train, test), (in_train, in_test) = split.parts, map(repartition, split.counts)
        return train, test, in_train, in_test, split.labels

    async def train_test_val_split(
        self,
        ratios: Sequence[float] | None = None,
        random_seed: Any = None,
        load_asset_page_size: int = 100,
        *,
        stratify: bool = False,
        group_by: str | Callable[[Asset], str | int | None] | None = None,
        stable: bool = False,
        annotated_only: bool = True,
    ) -> tuple[
        MultiAsset,
        MultiAsset,
        MultiAsset,
        LabelRepartition,
        LabelRepartition,
        LabelRepartition,
        list[Label],
    ]:
        """Split this version into three parts (training, testing, validation), and count the labels of each.

        The keyword arguments, and what is left out, are those of `train_test_split`.

        Args:
            ratios: shares of the three parts, in this order; 0.64, 0.16 and 0.20 when not given. They are
                divided by their sum.
            random_seed: int, float, str, bytes or bytearray: the same one gives the same split while the
                version stays as it is; `None` gives another one each time.
            load_asset_page_size: assets per request, 1 to 1000.
            stratify: keep the distribution of the labels in all parts.
            group_by: keep assets together that have this in common.
            stable: let each asset's part depend on its data (or group) and the seed alone.
            annotated_only: leave assets without annotation out.

        Returns:
            The assets for training, those for testing, those for validation, the label repartition of each
            in the same order as `{"x": names, "y": counts}`, and all labels of the version.

        Raises:
            NoDataError: there is no asset to split.
            InvalidArgumentError: an argument is wrong, or two do not go together.
            NotSupportedError: assets are grouped by data source, and the platform does not tell it.

        Example:
            >>> async def split(version) -> None:
            ...     train, test, val, *counts, labels = await version.train_test_val_split(stratify=True)
        """
        options = split_options(
            _TRAIN_TEST_VAL if ratios is None else ratios,
            number=len(_TRAIN_TEST_VAL),
            seed=random_seed,
            page_size=load_asset_page_size,
            stratify=stratify,
            group_by=group_by,
            stable=stable,
            annotated_only=annotated_only,
        )
        split = await split_version(self._connection, self.id, options)
        (train, test, val), (in_train, in_test, in_val) = split.parts, map(repartition, split.counts)
        return train, test, val, in_train, in_test, in_val, split.labels

    async def split_into_multi_assets(
        self,
        ratios: Sequence[float],
        random_seed: Any = None,
        load_asset_page_size: int = 100,
        *,
        stratify: bool = False,
        group_by: str | Callable[[Asset], str | int | None] | None = None,
        stable: bool = False,
        annotated_only: bool = True,
    ) -> tuple[list[MultiAsset], list[dict[str, int]], list[Label]]:
        """Split this version into any number of parts, and count the labels of each.

        The keyword arguments, and what is left out, are those of `train_test_split`.

        Args:
            ratios: shares of the parts, two or more; they are divided by their sum.
            random_seed: int, float, str, bytes or bytearray: the same one gives the same split while the
                version stays as it is; `None` gives another one each time.
            load_asset_page_size: assets per request, 1 to 1000.
            stratify: keep the distribution of the labels in all parts.
            group_by: keep assets together that have this in common.
            stable: let each asset's part depend on its data (or group) and the seed alone.
            annotated_only: leave assets without annotation out.

        Returns:
            The parts, label name to count for each of them, and all labels of the version.

        Raises:
            NoDataError: there is no asset to split.
            InvalidArgumentError: an argument is wrong, or two do not go together.
            NotSupportedError: assets are grouped by data source, and the platform does not tell it.

        Example:
            >>> async def fold(version) -> None:
            ...     parts, counts, labels = await version.split_into_multi_assets([1] * 5, stratify=True)
        """
        options = split_options(
            ratios,
            seed=random_seed,
            page_size=load_asset_page_size,
            stratify=stratify,
            group_by=group_by,
            stable=stable,
            annotated_only=annotated_only,
        )
        split = await split_version(self._connection, self.id, options)
        return split.parts, split.counts, split.labels
