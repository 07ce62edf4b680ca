"""Reads `q` texts; needs Lark, which only the platform installs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from asyncsdk.errors import InvalidQueryError
from asyncsdk.wire.query.grammar import GRAMMAR, describe
from asyncsdk.wire.query.literals import read_number, read_path, read_string
from asyncsdk.wire.query.syntax import (
    And,
    Comparison,
    Expression,
    Not,
    Operator,
    Or,
    Scalar,
    Value,
    excerpt,
    fault_at,
)

__all__ = ["MOST_CHARACTERS", "MOST_COMPARISONS", "MOST_LEVELS", "parse_query"]

MOST_CHARACTERS = 50_000
"""Longest text of a query."""

MOST_COMPARISONS = 500
"""Most comparisons in a query; a list after `in` counts as one."""

MOST_LEVELS = 16
"""Deepest nesting of `and`, `or` and `not`; parentheses that change nothing do not count.

SQLite's parser has a stack of 100 places, of which a level takes up to three.
"""

_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "none": None, "null": None}


def parse_query(text: str) -> Expression:
    """Return the tree of a query.

    Args:
        text: a query such as `tags.name in ("a","b") and width > 640`.

    Raises:
        InvalidQueryError: the text is no query; `position` is the offset of the fault.

    Example:
        >>> parse_query('width > 640').value
        640
    """
    _check_text(text)
    parser = _lark().parse_interactive(text)
    read: list[Token] = []
    comparisons = 0
    try:
        for token in parser.iter_parse():
            read.append(token)
            comparisons += token.type == "PATH"
            if comparisons > MOST_COMPARISONS:
                raise fault_at(_start(token), f"more than {MOST_COMPARISONS} comparisons")
        expression: Expression = parser.feed_eof()  # type: ignore[no-untyped-call]
    except UnexpectedCharacters as error:
        raise _syntax_fault(text, error.pos_in_stream or 0, read) from None
    except UnexpectedToken as error:
        if error.token.type == "$END":
            raise _syntax_fault(text, len(text), read) from None
        raise _syntax_fault(text, _start(read[-1]), read[:-1], read[-1]) from None
    _check_levels(expression, MOST_LEVELS)
    return expression


def _check_text(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise fault_at(MOST_CHARACTERS, f"the query is longer than {MOST_CHARACTERS} characters")
    if "\0" in text:
        raise fault_at(text.index("\0"), "the query has the character NUL")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise fault_at(error.start, "the query has one half of a surrogate pair") from None


def _check_levels(expression: Expression, left: int) -> None:
    """Refuse what is nested deeper than `left` levels, at the first comparison that is."""
    if isinstance(expression, Comparison):
        return
    operands = (expression.operand,) if isinstance(expression, Not) else expression.operands
    if left == 0:
        inner: Expression = expression
        while not isinstance(inner, Comparison):
            inner = inner.operand if isinstance(inner, Not) else inner.operands[0]
        raise fault_at(inner.position, f'"and", "or" and "not" nested deeper than {MOST_LEVELS} levels')
    for operand in operands:
        _check_levels(operand, left - 1)


def _syntax_fault(
    text: str, position: int, read: Sequence[Token], found: str | None = None
) -> InvalidQueryError:
    """Say what was expected after the tokens in `read`, and what stands there."""
    rest = text[position:]
    if found is None and rest[:1] in {'"', "'"}:
        return fault_at(position, "the string that starts here has no closing quote")
    parser = _lark().parse_interactive()
    for token in read:
        parser.feed_token(token)
    if found is None:
        word = re.match(r"[\w.]+|\S", rest)
        found = word[0] if word else ""
    shown = excerpt(found) if found else "the end of the query"
    expected: set[str] = parser.accepts()  # type: ignore[no-untyped-call]
    return fault_at(position, f"expected {describe(expected)}, found {shown}")


def _start(token: Token) -> int:
    assert token.start_pos is not None
    return token.start_pos


@v_args(inline=True)
class _Tree(Transformer[Token, Expression]):
    """Turns the rules of the grammar into the tree, while the text is read."""

    def either(self, *operands: Expression) -> Expression:
        return Or(
            tuple(inner for one in operands for inner in (one.operands if isinstance(one, Or) else (one,)))
        )

    def both(self, *operands: Expression) -> Expression:
        return And(
            tuple(inner for one in operands for inner in (one.operands if isinstance(one, And) else (one,)))
        )

    def negation(self, _not: Token, operand: Expression) -> Expression:
        return Not(operand)

    def comparison(self, path: Token, operator: Operator, value: tuple[int, Value]) -> Comparison:
        start = _start(path)
        return Comparison(read_path(path, start), operator, value[1], start, value[0])

    def operator(self, *words: Token) -> Operator:
        return Operator(" ".join(words).lower())

    membership = operator

    def list(self, opening: Token, *scalars: tuple[int, Scalar] | None) -> tuple[int, Value]:
        return _start(opening), tuple(scalar[1] for scalar in scalars if scalar)

    def string(self, token: Token) -> tuple[int, Value]:
        return _start(token), read_string(token, _start(token))

    def number(self, token: Token) -> tuple[int, Value]:
        return _start(token), read_number(token, _start(token))

    def constant(self, token: Token) -> tuple[int, Value]:
        return _start(token), _CONSTANTS[token.lower()]


@cache
def _lark() -> Lark:
    """The parser of the grammar, made at the first query: it takes longer than a platform should to start."""
    return Lark(GRAMMAR, parser="lalr", lexer="basic", transformer=_Tree(), maybe_placeholders=False)
