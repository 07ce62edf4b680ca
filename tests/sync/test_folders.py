"""A folder compared with a version, without an event loop."""

from __future__ import annotations

from asyncsdk.sync import Client, FolderReport, MissingAssets, MultiAsset


def test_what_a_folder_lacks_comes_with_its_report(workspace, images, tmp_path):
    with Client.embedded(workspace) as client:
        version = client.create_dataset("birds").create_version("v1", type="classification")
        version.add_data(client.get_datalake().upload_data(images, progress=False), wait=True)
        missing = version.synchronize(tmp_path, progress=False)
        assert isinstance(missing, MissingAssets)
        assert isinstance(missing, MultiAsset)
        assert isinstance(missing.report, FolderReport)
        assert sorted(asset.filename for asset in missing) == sorted(missing.report.missing_here)
        assert missing[:2].report == missing.report
        assert not [*tmp_path.glob("*.png")]
        done = version.synchronize(tmp_path, do_download=True, progress=False)
        assert len(done.report.transfer.downloaded) == len(images)
        assert version.synchronize(tmp_path, progress=False).report.is_synchronized
        tag = version.create_asset_tag("night")
        version.list_assets().add_tags(["night", tag])
        version.convert_tags_to_classification("asset", [tag], wait=True)
        assert version.retrieve_stats().label_repartition == {"night": len(images)}
