"""The grammar of the `q` language, and what its words are called in messages."""

from __future__ import annotations

from collections.abc import Collection

__all__ = ["GRAMMAR", "describe"]

GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: term (_AND term)*
?term: comparison | group | negation
?group: "(" either ")"
negation: NOT group
comparison: PATH operator scalar | PATH membership list

operator: COMPARE | [NOT] (STARTSWITH | ENDSWITH)
membership: [NOT] IN
list: LPAR [scalar ("," scalar)* ","?] ")"
scalar: STRING -> string
      | NUMBER -> number
      | CONSTANT -> constant

LPAR: "("
COMPARE: /!=|!~|<=|>=|[=<>~]/
_AND.1: /(?:and|AND)(?![\w.])/
_OR.1: /(?:or|OR)(?![\w.])/
NOT.1: /(?:not|NOT)(?![\w.])/
IN.1: /(?:in|IN)(?![\w.])/
STARTSWITH.1: /(?:startswith|STARTSWITH)(?![\w.])/
ENDSWITH.1: /(?:endswith|ENDSWITH)(?![\w.])/
CONSTANT.1: /(?:True|true|False|false|None|none|null)(?![\w.])/
STRING: /"(?:[^"\\]|\\(?s:.))*"|'(?:[^'\\]|\\(?s:.))*'/
NUMBER: /[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?![\w.])/
PATH: /[^\W\d]\w*(?:\.(?:[\w-]+|"(?:[^"\\]|\\(?s:.))*"|'(?:[^'\\]|\\(?s:.))*'))*/

%ignore /\s+/
"""
"""Keywords are no paths; a path's later segments may be quoted or hold dashes."""

_VALUE = "a value (a string, number, True, False or None)"
_OPERATOR = (
    "an operator (=, !=, <, <=, >, >=, ~, !~, in, not in, startswith, not startswith, endswith, not endswith)"
)
_WORDS = {
    "PATH": "a property such as filename",
    "COMPARE": _OPERATOR,
    "STRING": _VALUE,
    "_AND": '"and"',
    "_OR": '"or"',
    "NOT": '"not"',
    "IN": '"in"',
    "STARTSWITH": '"startswith"',
    "ENDSWITH": '"endswith"',
    "COMMA": '","',
    "LPAR": '"("',
    "RPAR": '")"',
    "$END": "the end of the query",
}


def describe(terminals: Collection[str]) -> str:
    """Return in words what may stand at a place, such as `"and", "or" or the end of the query`."""
    if "COMPARE" in terminals:
        return _OPERATOR
    words = [text for terminal, text in _WORDS.items() if terminal in terminals]
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))
