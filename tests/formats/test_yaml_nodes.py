from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import FormatError
from asyncsdk.formats.yaml_nodes import line_of, read_nodes, text_of


def refused(content):
    with pytest.raises(FormatError) as caught:
        read_nodes(content, "data.yaml")
    assert caught.value.file == "data.yaml"
    return caught.value


def test_scalars_stay_as_they_are_written():
    root = read_nodes(b"[no, 1.0, 2024-01-01, ~, 'null', null, '', on]", "data.yaml")
    wanted = ["no", "1.0", "2024-01-01", None, "null", None, "", "on"]
    assert [text_of(node) for node in root.value] == wanted
    assert text_of(root) is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(encoding):
    root = read_nodes("a: caf\u00e9\r\nb: 1\r\n".encode(encoding), "data.yaml")
    assert [text_of(value) for _, value in root.value] == ["caf\u00e9", "1"]
    assert line_of(root.value[1][0]) == "line 2"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", ""),
        (b"# nothing\n", ""),
        (b"a: 1\nb: [1, 2\n", "line 3"),
        (b"a: 1\n\tb: 2", "line 2"),
        (b"a: b: c", "line 1"),
        (b"--- 1\n--- 2", "line 2"),
        (b"a: *nowhere", "line 1"),
        (b"a: \x01", ""),
        (b"\xff\xfe\x00", ""),
        (b"a: \xff", ""),
        (b'a: "\\UFFFFFFFF"', ""),
        (b"%YAML " + b"9" * 5_000 + b".1\n--- a", ""),
    ],
)
def test_y4_malformed_yaml_is_refused_with_its_line(content, place):
    assert refused(content).place == place


@pytest.mark.parametrize(
    "content",
    [
        b"names: !!python/object/apply:os.system ['true']",
        b"a: 1\nb: !!python/name:os.system",
        b"names: !custom [a]",
        b"!<tag:yaml.org,2002:python/module:os> a",
    ],
)
def test_y4_tags_are_refused(content):
    error = refused(content)
    assert error.rule == "tags are not allowed in a configuration"
    assert error.place.startswith("line ")


def test_plain_tags_are_fine():
    assert text_of(read_nodes(b"!!str 3", "data.yaml")) == "3"


@pytest.mark.parametrize(
    "content", [b"[" * 10_000, b"[" * 10_000 + b"]" * 10_000, b"{a: " * 10_000, b"- " * 10_000]
)
def test_deep_nesting_is_refused(content):
    assert "within each other" in refused(content).rule


def test_an_expansion_bomb_is_refused_or_stays_small():
    levels = [b"l0: &l0 [a, a, a, a, a, a, a, a, a, a]"]
    levels += [b"l%d: &l%d [%s]" % (n, n, b", ".join([b"*l%d" % (n - 1)] * 10)) for n in range(1, 20)]
    assert "aliases" in refused(b"\n".join(levels)).rule
    read_nodes(b"\n".join(levels[:10]), "data.yaml")


def test_large_files_are_refused():
    assert "bytes" in refused(b"a" * (2 << 20)).rule


@given(
    st.binary(max_size=100) | st.text(alphabet="ab:-[]{},&*!%'\"\\ \n#|>?~<0", max_size=40).map(str.encode)
)
def test_any_bytes_are_read_or_refused(content):
    try:
        root = read_nodes(content, "data.yaml")
    except FormatError:
        return
    assert isinstance(root, yaml.Node)
