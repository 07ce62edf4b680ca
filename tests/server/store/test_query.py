"""What queries find in the database of `conftest.py`; each of its data is an asset of version 1."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncsdk.wire.query.syntax import Operator

Found: TypeAlias = Callable[..., list[int]]

DOG_ID = "00000000-0000-4000-8000-000000001002"
STREET_ID = "00000000-0000-4000-8000-000000001003"
NO_ID = "00000000-0000-4000-8000-000000009999"
NIGHT_ID = "00000000-0000-4000-8000-000000003001"
ASSET_ID = "00000000-0000-4000-8000-000000006002"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # Texts.
        ('filename = "cat.png"', [1]),
        ('filename = "CAT.png"', []),
        ('filename = ""', [4]),
        ('filename != "cat.png"', [2, 3, 4]),
        ('filename in ("cat.png", "Straße.mp4", "x")', [1, 3]),
        ('filename not in ("cat.png", "x")', [2, 3, 4]),
        ("filename in ()", []),
        ("filename not in ()", [1, 2, 3, 4]),
        ("filename = None", []),
        ('filename > "D" and filename < "T"', [2, 3]),
        ('filename >= "Dog_100%.PNG" and filename <= "Dog_100%.PNG"', [2]),
        ('filename ~ ".PNG"', [1, 2]),
        ('filename ~ "STRASSE"', [3]),
        ('filename ~ "straß"', [3]),
        ('filename ~ "%"', [2]),
        ('filename ~ "_"', [2]),
        ('filename ~ ""', [1, 2, 3, 4]),
        ('filename !~ ".png"', [3, 4]),
        ('filename startswith "cat"', [1]),
        ('filename startswith "CAT"', []),
        ('filename startswith "c%"', []),
        ('filename startswith "Straß"', [3]),
        ('filename startswith ""', [1, 2, 3, 4]),
        ('filename not startswith "c"', [2, 3, 4]),
        ('filename endswith ".png"', [1]),
        ('filename endswith "ße.mp4"', [3]),
        ('filename endswith "a cat.png"', []),
        ('filename endswith ""', [1, 2, 3, 4]),
        ('filename not endswith ".png"', [2, 3, 4]),
        ('object_name = "data/2"', [2]),
        ('content_type startswith "image/"', [1, 2, 4]),
        # Ids and choices.
        (f'id = "{STREET_ID}"', [3]),
        (f'id = "{STREET_ID.upper().replace("-", "")}"', [3]),
        (f'id in ("{STREET_ID}", "{NO_ID}")', [3]),
        (f'id != "{STREET_ID}"', [1, 2, 4]),
        ('type = "video"', [3]),
        ('type != "VIDEO"', [1, 2, 4]),
        ('upload_status in ("pending", "ERROR")', [3, 4]),
        # Numbers.
        ("width = 640", [1]),
        ("meta.width = 640.0", [1]),
        ("width > 640", [2]),
        ("width >= 639.5", [1, 2]),
        ("width < 1280", [1]),
        ("width in (640, 720)", [1]),
        ("meta.height <= 480", [1]),
        ("width != 640", [2, 3, 4]),
        ("width not in (640)", [2, 3, 4]),
        ("width = None", [3, 4]),
        ("width != None", [1, 2]),
        ("width in (None, 640)", [1, 3, 4]),
        ("width not in (None, 640)", [2]),
        ("size > 1000000000000", [1]),
        ("size_bytes = 1099511627776 and file_size >= 1e12", [1]),
        ("width > 9223372036854775807", []),
        # Times; a date is the whole day.
        ('created_at = "2026-01-31"', [1, 2]),
        ('created_at != "2026-01-31"', [3, 4]),
        ('created_at > "2026-01-31"', [3]),
        ('created_at >= "2026-01-31"', [1, 2, 3]),
        ('created_at < "2026-01-31"', [4]),
        ('created_at <= "2026-01-31"', [1, 2, 4]),
        ('created_at in ("2026-01-31", "2026-02-01")', [1, 2, 3]),
        ('created_at = "2026-01-31 08:00"', [1]),
        ('created_at = "2026-01-31T08:00:00Z"', [1]),
        ('created_at = "2026-01-31T09:30+01:30"', [1]),
        ('created_at = "2026-01-31 03:00:00.0-0500"', [1]),
        ('created_at = "2026-01-31 23:59:59.999999"', [2]),
        ('created_at > "2026-01-31 08:00"', [2, 3]),
        ('created_at >= "2026-01-31 08:00" and created_at < "2026-02-01 00:00"', [1, 2]),
        ('created_at > "0001-01-01" and created_at < "9999-12-31T23:59-12:00"', [1, 2, 3, 4]),
        # To one.
        ('source = "cam 1"', [1]),
        ('data_source ~ "CAM"', [1, 2]),
        ('data_source.name != "cam 1"', [2, 3, 4]),
        ("source = None", [3, 4]),
        ("source != None", [1, 2]),
        ('source not in ("Cam 2", None)', [1]),
        # To many.
        ('tags.name in ("night")', [1, 2]),
        ('tags.name = "night" and tags.name = "rain"', [1]),
        ('tags.name = "train"', []),
        ('tags.name != "rain"', [2, 3, 4]),
        ('tags.name not in ("night","rain")', [3, 4]),
        ('tags.name ~ "AI"', [1]),
        ('tags.name not startswith "n"', [3, 4]),
        ("tags.name = None", [3, 4]),
        ("tags.name != None", [1, 2]),
        ('tags.name in ("rain", None)', [1, 3, 4]),
        (f'tags.id = "{NIGHT_ID}"', [1, 2]),
        ('datasets.version = "second"', [1]),
        ('datasets.version = "first"', [1, 2, 3, 4]),
        ('datasets.name = "streets"', [3]),
        ('datasets.name != "streets"', [1, 2, 4]),
        # Metadata: an object without the value does not fit, nor does a value of another type.
        ('metadata.reference = "R1"', [1]),
        ('metadata.reference ~ "r"', [1, 2]),
        ('metadata.reference startswith "r"', [2]),
        ('metadata.reference endswith "1"', [1]),
        ('metadata.reference != "R1"', [2, 3, 4]),
        ('metadata.reference in ("R1", "r2", 5)', [1, 2]),
        ('metadata.reference not in ("R1")', [2, 3, 4]),
        ("metadata.latitude = 48.5", [1]),
        ('metadata.latitude = "48.5"', [2]),
        ("metadata.count = 3", [1, 2]),
        ("metadata.count > 3.5", [3]),
        ("metadata.count in (3, 5.0)", [1, 2, 3]),
        ("metadata.checked = True", [1]),
        ("metadata.checked = False", [2]),
        ("metadata.checked in (True, False)", [1, 2]),
        ("metadata.checked in (1, 0)", []),
        ("metadata.checked != True", [2, 3, 4]),
        ('metadata.checked = "True"', [3]),
        ("metadata.checked = 1", []),
        ("metadata.checked = None", [4]),
        ("metadata.checked != None", [1, 2, 3]),
        ("metadata.gone = None", [1, 2, 3, 4]),
        ('metadata.checked in (False, "True", None)', [2, 3, 4]),
        ("metadata.anything > 5", []),
        ('metadata.acquired_at < "2026-02"', [1]),
        ('metadata.nested.deep.er = "x"', [1]),
        ('metadata.nested.deep = "x"', []),
        ("metadata.nested.deep != None", [1]),
        ('metadata.nested.list = "x"', []),
        ('metadata.nested.list.0 = "x"', []),
        ('metadata.reference.deep = "x"', []),
        (r'metadata."odd \"key\".\\"."" = "odd"', [3]),
        ('metadata.été."a.b" = 1', [3]),
        ("metadata.été.a.b = 1", []),
        ('custom_metadata.reviewer = "Ada" and custom_metadata.score >= 7', [1]),
        ('custom_metadata.reviewer != "Ada"', [2, 3, 4]),
        # Connectors.
        ('filename = "cat.png" or width = 1280 and height = 0', [1]),
        ('(filename = "cat.png" or width = 1280) and height > 480', [2]),
        ("not (width > 640)", [1, 3, 4]),
        ("not (width > 640 or width = None)", [1]),
        ('not (tags.name != "night")', [1, 2]),
    ],
)
def test_data(found: Found, query: str, expected: list[int]):
    assert found(query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('tags.name in ("train","val")', [1, 2, 4]),
        ('tags.name = "train" and tags.name = "night"', [1]),
        ('tags.name != "train"', [3, 4]),
        ("tags.name = None", [3]),
        ('data.tags.name in ("rain")', [1]),
        ('data.tags.name = "night" and tags.name = "night"', [1]),
        ('data.tags.name not in ("night")', [3, 4]),
        (f'id = "{ASSET_ID}"', [2]),
        (f'data.id = "{DOG_ID}"', [2]),
        (f'id = "{DOG_ID}"', []),
        ('created_at < "1970-01-02"', [1, 2, 3, 4]),
        ('data.created_at = "2026-01-31"', [1, 2]),
        ('filename = "cat.png"', [1]),
        ('data.filename = "cat.png"', [1]),
        ("data.meta.width > 640", [2]),
        ('metadata.reference = "R1" and data.metadata.reference = "R1"', [1]),
        ('data.custom_metadata.reviewer = "Ada"', [1]),
        ('data.source = "cam 1" or data.data_source.name = "Cam 2"', [1, 2]),
        ('datasets.version = "second"', [1]),
        ('data.datasets.name = "streets"', [3]),
    ],
)
def test_assets(found: Found, query: str, expected: list[int]):
    assert found(query, "asset") == expected


queries = st.sampled_from(
    [
        'filename ~ "c"',
        "width > 640",
        "width = None",
        "width in ()",
        "width in (640, None)",
        'tags.name = "night"',
        "tags.name != None",
        'datasets.name startswith "st"',
        'source = "cam 1"',
        'metadata.reference = "R1"',
        "metadata.checked = False",
        "metadata.count in (3, None)",
        "metadata.gone != None",
        'created_at <= "2026-01-31"',
    ]
)
combined = st.recursive(
    queries,
    lambda parts: st.one_of(
        st.builds("({}) and ({})".format, parts, parts),
        st.builds("({}) or ({})".format, parts, parts),
        st.builds("not ({})".format, parts),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(query=combined, other=combined)
def test_connectors_are_those_of_sets(found: Found, query: str, other: str):
    one, two = set(found(query)), set(found(other))
    assert set(found(f"not ({query})")) == {1, 2, 3, 4} - one
    assert set(found(f"({query}) and ({other})")) == one & two
    assert set(found(f"({query}) or ({other})")) == one | two


@pytest.mark.parametrize(
    "path", ["filename", "width", "tags.name", "source", "metadata.reference", "metadata.x"]
)
@pytest.mark.parametrize("denying", [one for one in Operator if one.denies])
def test_a_negative_operator_is_the_exact_opposite(found: Found, path: str, denying: Operator):
    value = "640" if path == "width" else '"cat.png"'
    if path == "width" and denying not in {Operator.NOT_EQUAL, Operator.NOT_IN}:
        return
    value = f"({value})" if denying is Operator.NOT_IN else value
    positive = found(f"{path} {denying.denies} {value}")
    assert sorted(positive + found(f"{path} {denying} {value}")) == [1, 2, 3, 4]
