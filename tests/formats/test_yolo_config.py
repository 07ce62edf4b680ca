from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import FormatError
from asyncsdk.formats.loss import LossReport
from asyncsdk.formats.objects import Category
from asyncsdk.formats.yolo_config import YoloConfig, read_yolo_config, write_yolo_config


def read(text):
    loss = LossReport()
    content = text if isinstance(text, bytes) else text.encode()
    return read_yolo_config(content, "data.yaml", loss), loss


def refused(text):
    with pytest.raises(FormatError) as caught:
        read(text)
    assert caught.value.file == "data.yaml"
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "names: [car, bus]",
        "names:\n- car\n- bus\nnc: 2",
        "names:\n  0: car\n  1: bus\n",
        "nc: 2\nnames: {1: bus, 0: car}",
        "names: {'0': car, 1.0: bus}\r\nnc: '2'\r\n",
        "\ufeffnames: [car, bus] # classes",
    ],
)
def test_y4_names_as_list_or_mapping_with_or_without_count(text):
    config, loss = read(text)
    assert config == YoloConfig(names=("car", "bus"))
    assert len(loss) == 0


def test_names_are_texts_as_they_are_written():
    config, _ = read("names: [no, 1, 1.50, null, 2024-01-01, 'a: b', é]")
    assert config.names == ("no", "1", "1.50", "null", "2024-01-01", "a: b", "é")


def test_all_keys():
    config, loss = read(
        "path: ../data\ntrain: images/train\nval: [a, b]\ntest:\nkpt_shape: [2, 3]\n"
        "kpt_names: {0: [head, foot]}\nnames: [man, car]\nflip_idx: [1, 0]"
    )
    assert config == YoloConfig(
        names=("man", "car"),
        path="../data",
        train="images/train",
        val=("a", "b"),
        keypoint_shape=(2, 3),
        keypoint_names={0: ("head", "foot")},
    )
    assert config.categories == (Category(name="man", keypoints=("head", "foot")), Category(name="car"))
    assert [str(told) for told in loss] == [
        "data.yaml: 'flip_idx' (line 8): dropped (unknown-key): it says nothing of labels"
    ]


def test_c8_classes_of_one_name_are_told():
    config, loss = read("names: [car, bus, car]")
    assert config.names == ("car", "bus", "car")
    assert [category.name for category in config.categories] == ["car", "bus"]
    assert "names[2]: changed (class-repeated): has the name of class 0" in str(loss)


@pytest.mark.parametrize(
    ("text", "place", "rule"),
    [
        ("nc: 2", "", "`names` is missing"),
        ("[car, bus]", "line 1", "a mapping is expected"),
        ("\nnames: car", "line 2", "a list is expected"),
        ("names: [[car]]", "line 1", "a text is expected"),
        ("names: [car, '']", "line 1", "class 1 has no name"),
        ("names: {0: car, 2: bus}", "line 1", "1 is missing"),
        ("names: {-1: car, 0: bus}", "line 1", "no number of a class"),
        ("names: {0: car, 0.0: bus}", "line 1", "class 0 is there twice"),
        ("names: {a: car}", "line 1", "'a' is no number of a class"),
        ("names: {[0]: car}", "line 1", "a text is expected"),
        ("names: [a]\nnames: [b]", "line 2", "'names' is there twice"),
        ("names: [a]\nnc: 2", "line 2", "`nc` is not 1"),
        ("names: [a]\nnc: many", "line 2", "`nc` is not 1"),
        ("names: [a]\nnc: [1]", "line 2", "`nc` is not 1"),
        ("names: [a]\ntrain: {a: b}\nval: [{a: b}]", "line 3", "a text is expected"),
        ("names: [a]\nkpt_shape: [17]", "line 2", "`kpt_shape` is"),
        ("names: [a]\nkpt_shape: [17, 4]", "line 2", "`kpt_shape` is"),
        ("names: [a]\nkpt_shape: [0, 3]", "line 2", "`kpt_shape` is"),
        ("names: [a]\nkpt_shape: [1000000000, 3]", "line 2", "`kpt_shape` is"),
        ("names: [a]\nkpt_shape: [x, 3]", "line 2", "`kpt_shape` is"),
        ("names: [a]\nkpt_names: {1: [b]}", "line 2", "`kpt_names` fits neither"),
        ("names: [a]\nkpt_shape: [2, 3]\nkpt_names: {0: [b]}", "line 3", "`kpt_names` fits neither"),
        ("names: &a [*a]", "line 1", ""),
    ],
)
def test_y4_broken_configurations_name_line_and_rule(text, place, rule):
    error = refused(text)
    assert error.place == place
    assert rule in error.rule


def test_an_alias_bomb_is_not_expanded_in_messages():
    levels = ["l0: &l0 [a, a, a, a, a, a, a, a, a]"]
    levels += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 11)]
    assert len(str(refused("\n".join([*levels, "names: *l10"])))) < 100


# Writing


def test_y4_the_published_client_needs_a_count_and_a_list():
    config = YoloConfig(names=("car", "no", "1"), path=".", train="images/train", val=("a", "b"))
    plain = yaml.safe_load(write_yolo_config(config))
    assert plain == {
        "path": ".",
        "train": "images/train",
        "val": ["a", "b"],
        "nc": 3,
        "names": ["car", "no", "1"],
    }
    assert list(plain) == ["path", "train", "val", "nc", "names"]


TEXTS = st.text(min_size=1)


@st.composite
def configs(draw):
    names = tuple(draw(st.lists(TEXTS, max_size=5, unique=True)))
    folders = st.none() | TEXTS.filter(bool) | st.lists(TEXTS, max_size=2).map(tuple)
    shape = draw(st.none() | st.tuples(st.integers(1, 4), st.sampled_from([2, 3])))
    points = None
    if shape and names and draw(st.booleans()):
        points = {0: tuple(draw(st.lists(TEXTS, min_size=shape[0], max_size=shape[0])))}
    return YoloConfig(
        names=names,
        path=draw(st.none() | TEXTS),
        train=draw(folders),
        val=draw(folders),
        test=draw(folders),
        keypoint_shape=shape,
        keypoint_names=points,
    )


@given(configs())
def test_writing_and_reading_gives_the_same(config):
    back, loss = read(write_yolo_config(config))
    assert back == config
    assert len(loss) == 0
