"""What notebooks show of records and reports."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from asyncsdk.errors import TransferError
from asyncsdk.formats.import_result import ImportResult, SkippedImage, SkipReason
from asyncsdk.formats.loss import LossReport
from asyncsdk.records.annotations import AnnotationStats
from asyncsdk.records.loading import LoadedAnnotations
from asyncsdk.records.previews import Preview
from asyncsdk.records.reports import Failure, TransferReport, UploadReport

EVIL = "<script>alert('1')</script>"


class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.text = set(), ""

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)

    def handle_data(self, data):
        self.text += f"{data} "


def shown(value):
    reader = Reader()
    reader.feed(value._repr_html_())
    assert "script" not in reader.tags
    return reader.text


def failures(count):
    return tuple(Failure(f"{EVIL}-{n}", TransferError("a", EVIL)) for n in range(count))


def lossy():
    loss = LossReport()
    for n in range(3):
        loss.changed(EVIL, f"annotations[{n}]", "box-cut", EVIL)
    return loss


def imported():
    result = ImportResult({"1": 3}, loss=lossy())
    result.skipped = (SkippedImage(EVIL, SkipReason.NO_ASSET),)
    return result


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (
            TransferReport(downloaded=(Path("a"),) * 1200, skipped=(), failed=failures(25), bytes=5_000),
            (
                "done: 1,200 · skipped: 0 · failed: 25 · bytes: 5,000",
                f"{EVIL}-0",
                "TransferError: a: ",
                "and 5 more",
            ),
        ),
        (
            UploadReport(uploaded=(), skipped=(Path("a.txt"),), failed=failures(1)),
            ("skipped: 1", "a.txt", EVIL),
        ),
        (LoadedAnnotations({"a": [{}, {}]}, failures(1)), ("assets: 1 · annotations: 2 · failed: 1", EVIL)),
        (lossy(), ("3 lost or changed", "box-cut", "changed", f"{EVIL}: annotations[0]")),
        (LossReport(), ("nothing lost",)),
        (imported(), ("1 annotations, 3 shapes, 0 kept, 1 skipped", "no asset has this name", "box-cut")),
        (
            AnnotationStats(label_repartition={EVIL: 2, "b": 1}, nb_objects=3, nb_annotations=2),
            ("annotations: 2 · objects: 3", EVIL),
        ),
        (Preview.of_table(["label"], [[EVIL]] * 30), (f"{EVIL} " * 30,)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_it_tells_the_facts_and_keeps_text_text(value, parts):
    text = shown(value)
    for part in parts:
        assert part in text


def test_what_did_not_fail_has_no_table():
    assert "reason" not in shown(TransferReport(downloaded=(), skipped=(), failed=(), bytes=0))


def test_a_preview_is_short_where_no_notebook_shows_it():
    assert repr(Preview("x" * 1000)) == "<Preview of 1000 characters of HTML; a notebook shows it>"
