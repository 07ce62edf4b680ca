"""Sphinx builds the documentation by this; `nox -s docs` runs it, and every warning fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from asyncsdk import __version__

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "asyncsdk"
author = "The asyncsdk authors"
project_copyright = author
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build", "notebooks", "examples"]

html_theme = "furo"
html_title = "asyncsdk"
html_static_path = ["_static"]
html_css_files = ["wide_tables.css"]
html_show_sourcelink = False

myst_heading_anchors = 3
myst_enable_extensions = ["fieldlist"]

add_module_names = False
python_use_unqualified_type_names = True
maximum_signature_line_length = 90
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_default_options = {
    "members": True,
    "undoc-members": True,
    "exclude-members": "add_note,with_traceback",
    "inherited-members": "Exception,ValueError,OSError,dict,str,int,Enum,Sequence",
}

CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)(\w?)")
"""Code in a docstring, in single backticks as Markdown has it, and a letter right behind it."""


def mark_code(
    _app: Sphinx, what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Turn the code of a docstring into what reStructuredText knows as code."""
    lines[:] = CODE.sub(_as_literal, "\n".join(lines)).split("\n")
    if what in {"property", "attribute"}:
        lines.insert(0, "")  # else napoleon takes what stands before a colon for a type


def _as_literal(found: re.Match[str]) -> str:
    return f"``{found[1]}``" + (f"\\ {found[2]}" if found[2] else "")


def hide_constructor(
    _app: Sphinx,
    what: str,
    _name: str,
    thing: Any,
    _options: object,
    signature: str | None,
    returns: str | None,
) -> tuple[str | None, str | None]:
    """Leave out the arguments of objects that only methods make, and the word of attrs for a fresh default."""
    home = getattr(thing, "__module__", "")
    if (
        what == "class"
        and home.startswith(("asyncsdk.resources.", "asyncsdk.sync."))
        and thing.__name__ != "Client"
    ):
        return "", returns
    return signature and signature.replace("NOTHING", "..."), returns


def setup(app: Sphinx) -> dict[str, Any]:
    """Let Sphinx call what is above."""
    app.connect("autodoc-process-docstring", mark_code, priority=400)  # before napoleon
    app.connect("autodoc-process-signature", hide_constructor)
    return {"parallel_read_safe": True}
