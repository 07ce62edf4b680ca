"""The report on two versions: its text, its sums."""

from __future__ import annotations

from asyncsdk import AssetDifference, LabelDifference, NameDifference, VersionDifference


def changed(name, **labels):
    found = tuple(
        LabelDifference(label=label, added=added, removed=removed, changed=more)
        for label, (added, removed, more) in labels.items()
    )
    return AssetDifference(data_id=name, filename=name, asset_id="a", other_asset_id="b", labels=found)


REPORT = VersionDifference(
    this="birds/v1",
    other="birds/v2",
    added=(AssetDifference(data_id="d", filename="d.png", other_asset_id="b"),),
    changed=(changed("e.png", car=(2, 0, 1), bus=(0, 1, 0)), changed("f.png", car=(1, 0, 0))),
    labels=NameDifference(added=("tram",)),
    asset_tags=NameDifference(removed=tuple(f"t{number:02}" for number in range(12))),
)


def test_its_text_is_a_short_table():
    assert str(REPORT).splitlines() == [
        "birds/v1 -> birds/v2: assets 1 added, 0 removed, 2 changed",
        "shapes of     added   removed   changed",
        "bus               0         1         0",
        "car               3         0         1",
        "labels added: tram",
        "asset tags removed: t00, t01, t02, t03, t04, t05, t06, t07, t08, t09 and 2 more",
    ]
    assert repr(REPORT) == "<VersionDifference birds/v1 -> birds/v2: assets 1 added, 0 removed, 2 changed>"
    assert not REPORT.is_empty


def test_many_labels_are_cut():
    labels = {f"label {number:03}": (1, 0, 0) for number in range(40)}
    text = str(VersionDifference(this="a/1", other="a/2", changed=(changed("e", **labels),)))
    assert len(text.splitlines()) == 33
    assert text.endswith("... and 10 more labels")


def test_a_difference_in_names_alone_is_one():
    assert VersionDifference(this="a/1", other="a/2").is_empty
    for more in ({"labels": NameDifference(removed=("x",))}, {"asset_tags": NameDifference(added=("x",))}):
        report = VersionDifference(this="a/1", other="a/2", **more)
        assert not report.is_empty
        assert "assets 0 added, 0 removed, 0 changed" in str(report)


def test_which_side_an_asset_is_on():
    added, both = REPORT.added[0], REPORT.changed[0]
    assert (added.is_added, added.is_removed) == (True, False)
    assert (both.is_added, both.is_removed) == (False, False)
