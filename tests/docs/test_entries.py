"""Everything that users meet has an entry in the documentation."""

from __future__ import annotations

import inspect
import re

import attrs
import pytest
from docs_pages import DOCS, PAGES, ROOT
from typer.main import get_command

import asyncsdk
import asyncsdk.sync
from asyncsdk import config, errors
from asyncsdk.cli.app import make_app
from asyncsdk.wire import capabilities, routes

DIRECTIVE = re.compile(r"^\.\. auto(?:class|function|exception|data):: ([\w.]+)\.(\w+)$", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")
ROW = re.compile(r"^\| (.*) \|$", re.MULTILINE)


def read(page):
    return (DOCS / page).read_text(encoding="utf-8")


def rows(text):
    """Return the cells of each row of the tables in a text."""
    return [found.split(" | ") for found in ROW.findall(text)]


def first_cells(text):
    return [row[0] for row in rows(text)]


def section(text, title):
    """Return what stands below a heading of the second level, up to the next one."""
    found = re.search(rf"^## {re.escape(title)}$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"no section {title!r}"
    return found[1]


def reference():
    """Return module and name of each entry of the reference."""
    return [
        entry for path in sorted((DOCS / "api").glob("*.md")) for entry in DIRECTIVE.findall(path.read_text())
    ]


def test_each_public_name_has_one_entry():
    names = sorted(name for module, name in reference() if module == "asyncsdk")
    assert names == sorted(set(asyncsdk.__all__) - {"__version__"})


def test_each_name_of_the_sync_side_that_differs_has_one_entry():
    names = sorted(name for module, name in reference() if module == "asyncsdk.sync")
    own = [
        name
        for name in asyncsdk.sync.__all__
        if getattr(asyncsdk.sync, name) is not getattr(asyncsdk, name, None)
    ]
    assert names == sorted(own)


def test_the_list_of_the_reference_names_them_all():
    assert set(asyncsdk.__all__) - {"__version__"} <= set(re.findall(r"`(\w+)`", read("api/index.md")))


@pytest.mark.parametrize("kind", [config.Timeouts, config.Retry, config.Limits])
def test_each_setting_has_a_row_with_its_default(kind):
    table = {row[0]: row[1] for row in rows(section(read("settings.md"), kind.__name__))[2:]}
    assert table == {f"`{field.name}`": f"{field.default:,}" for field in attrs.fields(kind)}


def test_each_group_of_settings_and_each_argument_of_a_client_is_there():
    text = read("settings.md")
    assert {field.name for field in attrs.fields(config.Settings)} <= set(re.findall(r"`(\w+)`", text))
    parameters = [f"`{name}`" for name in inspect.signature(asyncsdk.Client).parameters]
    assert first_cells(section(text, "Arguments of a client"))[2:] == parameters


def test_each_variable_that_the_client_reads_is_there():
    source = inspect.getsource(config)
    read_ones = set(re.findall(r"\b(?:PICSELLIA|ASYNCSDK|XDG|SSL)_[A-Z_]+\b|\b\w+_CA_BUNDLE\b", source))
    assert set(config.CA_VARIABLES) | {config.TOKEN_VARIABLE, config.STATE_VARIABLE} <= read_ones
    cells = " ".join(first_cells(section(read("settings.md"), "Environment of the client")))
    assert read_ones <= set(re.findall(r"`(\w+)`", cells))


def test_each_error_has_a_row_that_says_what_to_do():
    text = read("errors.md")
    described = {row[0].strip("`") for row in rows(text) if len(row) == 3 and row[2].strip()}
    named = set(re.findall(r"`(\w+)`", text))
    families = {"AsyncSDKError", "TransportError", "FileNotFoundException"}  # told in the text
    assert set(errors.__all__) - families <= described
    assert families <= named


def test_each_format_and_each_method_for_files_is_there():
    text = read("formats.md")
    names = {
        name
        for name in dir(asyncsdk.DatasetVersion)
        if re.match(r"import_annotation|write_\w+_files?$|build_\w+_locally$|export_annotation_file", name)
    }
    assert len(names) > 8
    assert names <= set(re.findall(r"\w+", text))
    for member in asyncsdk.AnnotationFileType:
        assert f'export_annotation_file("{member.name}")' in text
    for title in ("COCO", "COCO video", "Pascal VOC", "YOLO"):
        assert {"written", "read"} <= set(first_cells(section(text, title)))


OBJECTS = {
    "annotation": asyncsdk.Annotation,
    "asset": asyncsdk.Asset,
    "campaign": asyncsdk.AnnotationCampaign,
    "client": asyncsdk.Client,
    "data": asyncsdk.MultiData,
    "datalake": asyncsdk.Datalake,
    "dataset": asyncsdk.Dataset,
    "job": asyncsdk.Job,
    "multi_asset": asyncsdk.MultiAsset,
    "multi_data": asyncsdk.MultiData,
    "version": asyncsdk.DatasetVersion,
}
"""What the page about moving over calls objects."""

CALL = re.compile(r"`(?:(\w+)\.)?(\w+)(?:\(.*?\))?`")


def calls_to_move_to():
    """Give class and name of each call of ours on the page about moving over."""
    for row in rows(read("moving.md")):
        known = None
        for owner, name in CALL.findall(row[1]) if len(row) == 3 else ():
            known = OBJECTS.get(owner, known)
            if known is not None:
                yield known, name


def test_each_call_to_move_to_is_there():
    calls = list(calls_to_move_to())
    assert len(calls) > 35
    missing = [(kind.__name__, name) for kind, name in calls if not hasattr(kind, name)]
    assert missing == []


def test_each_error_to_move_to_is_there():
    table = rows(section(read("moving.md"), "Errors"))[2:]
    named = {name for row in table for name in re.findall(r"`(\w+(?:Error|Failure))`", row[1])}
    assert named - {"ValueError"} <= set(errors.__all__)
    assert {"NotFoundError", "TransferError"} <= named


def commands(command, path):
    """Give path and command of each command that does something."""
    if not hasattr(command, "commands"):
        yield path, command
        return
    for name, below in command.commands.items():
        yield from commands(below, f"{path} {name}")


COMMANDS = dict(commands(get_command(make_app()), "asyncsdk"))


@pytest.mark.parametrize("path", COMMANDS)
def test_each_command_and_option_is_there(path):
    text = section(read("command-line.md"), " ".join(path.split()[:2]))
    line = text
    if path.startswith("asyncsdk admin"):
        line = next(" ".join(row) for row in rows(text) if row[0].startswith(f"`{path}"))
        line += text.split("| command |")[0]  # what every command of the group takes
    for parameter in COMMANDS[path].params:
        if parameter.param_type_name == "argument":
            assert parameter.name.upper() in line
        else:
            assert {f"`{option}`" for option in parameter.opts} <= set(re.findall(r"`[\w-]+`", line))
            assert parameter.envvar is None or f"`{parameter.envvar}`" in line


def test_the_options_of_serve_have_their_defaults():
    table = {row[0]: row[2] for row in rows(section(read("command-line.md"), "asyncsdk serve"))[2:]}
    options = COMMANDS["asyncsdk serve"].params
    assert list(table) == [f"`{one.opts[0]}`" for one in options]
    for one in options:
        if one.default not in (None, False):
            assert str(getattr(one.default, "value", one.default)) in table[f"`{one.opts[0]}`"]


def test_each_capability_has_a_row():
    text = section(read("platform.md"), "What it adds to the protocol")
    named = {cell.strip("`") for cell in first_cells(text)}
    assert set(capabilities.ALL) <= named


def test_each_route_of_ours_has_a_row():
    text = section(read("platform.md"), "What it adds to the protocol")
    listed = [cell for cell in first_cells(text) if "/api/" in cell]
    assert sorted(listed) == sorted(f"`{route}`" for route in routes.ADDED)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    for target in LINK.findall(PAGES[page].read_text(encoding="utf-8")):
        if "://" not in target:
            assert (PAGES[page].parent / target).exists(), target


def test_the_readme_leads_to_every_guide_and_subject():
    linked = {
        str((ROOT / target).relative_to(DOCS))
        for target in LINK.findall(PAGES["README.md"].read_text())
        if target.startswith("docs/")
    }
    assert {
        "quickstart.md",
        "formats.md",
        "errors.md",
        "settings.md",
        "moving.md",
        "command-line.md",
        "platform.md",
    } <= linked
    assert {f"guides/{path.name}" for path in (DOCS / "guides").glob("*.md")} <= linked
