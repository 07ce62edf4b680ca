from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asyncsdk.errors import InvalidQueryError
from asyncsdk.wire.query.builder import all_of, one_of, quote
from asyncsdk.wire.query.parser import MOST_CHARACTERS, MOST_COMPARISONS, MOST_LEVELS, parse_query
from asyncsdk.wire.query.syntax import And, Comparison, Expression, Not, Operator, Or


def compared(path: str, operator: str, value: object) -> Comparison:
    return Comparison(tuple(path.split(".")), Operator(operator), value)


A, B, C = (compared(name, "=", 1) for name in "abc")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('filename = "a"', compared("filename", "=", "a")),
        ("tags.name in (\"a\",'b')", compared("tags.name", "in", ("a", "b"))),
        ("x in ()", compared("x", "in", ())),
        ("x not in (1, 2.5, True, None,)", compared("x", "not in", (1, 2.5, True, None))),
        ('x startswith "a"', compared("x", "startswith", "a")),
        ('x not startswith "a"', compared("x", "not startswith", "a")),
        ('x endswith "a"', compared("x", "endswith", "a")),
        ('x not  endswith\n"a"', compared("x", "not endswith", "a")),
        *((f"x{sign}1", compared("x", sign, 1)) for sign in ("=", "!=", "<", "<=", ">", ">=", "~", "!~")),
        ("x = True", compared("x", "=", True)),
        ("x = false", compared("x", "=", False)),
        ("x = None", compared("x", "=", None)),
        ("x = null", compared("x", "=", None)),
        ("x = -12", compared("x", "=", -12)),
        ("x = 1.5e-3", compared("x", "=", 0.0015)),
        ("x = 1e3", compared("x", "=", 1000.0)),
        ("x = 9223372036854775807", compared("x", "=", 2**63 - 1)),
        ("x = -9223372036854775808", compared("x", "=", -(2**63))),
        ("x = 000000000000000000000000000007", compared("x", "=", 7)),
        ("x IN (1)", compared("x", "in", (1,))),
        ("x NOT IN (1)", compared("x", "not in", (1,))),
        (r'''x = "\"\'\\\n\r\t\u00e9"''', compared("x", "=", "\"'\\\n\r\té")),
        (r"x = '\ud83d\ude00'", compared("x", "=", "😀")),
        ("x = 'say \"hi\"'", compared("x", "=", 'say "hi"')),
        ('x = "two\nlines, %_*?"', compared("x", "=", "two\nlines, %_*?")),
        (
            'metadata."my key".a-b.2024 = 1',
            Comparison(("metadata", "my key", "a-b", "2024"), Operator.EQUAL, 1),
        ),
        (
            r"metadata.'a.\"b'.é = 1",
            Comparison(("metadata", 'a."b', "é"), Operator.EQUAL, 1),
        ),
        ('metadata."" = 1', Comparison(("metadata", ""), Operator.EQUAL, 1)),
        ("android = 1", compared("android", "=", 1)),
        ("  \n\ta\u00a0= 1 \n\n", A),
        ("a=1 and b=1", And((A, B))),
        ("a=1 AND b=1 OR c=1", Or((And((A, B)), C))),
        ("a=1 or b=1 and c=1", Or((A, And((B, C))))),
        ("(a=1 or b=1) and c=1", And((Or((A, B)), C))),
        ("(a=1 and b=1) and c=1", And((A, B, C))),
        ("a=1 or (b=1 or c=1)", Or((A, B, C))),
        ("not (a=1)", Not(A)),
        ("not(a=1 or b=1)and NOT (c=1)", And((Not(Or((A, B))), Not(C)))),
        ("not (not (a=1))", Not(Not(A))),
        ("((((a=1))))", A),
    ],
)
def test_reads(text: str, expected: Expression):
    assert parse_query(text) == expected


def test_values_keep_their_types():
    for text, kind in (("1", int), ("1.0", float), ("True", bool), ('"1"', str), ("None", type(None))):
        assert type(parse_query(f"x = {text}").value) is kind


def test_reads_what_the_builder_writes():
    text = all_of(one_of("tags.name", ["a", "b"]), 'filename = "x" or width > 5')
    assert text is not None
    assert parse_query(text) == And(
        (
            compared("tags.name", "in", ("a", "b")),
            Or((compared("filename", "=", "x"), compared("width", ">", 5))),
        )
    )


def test_tells_where_path_and_value_stand():
    second = parse_query('a=1 and  metadata.x   in ("a")').operands[1]
    assert (second.position, second.value_position) == (9, 25)


VALUE = "a value (a string, number, True, False or None)"
OPERATOR = (
    "an operator (=, !=, <, <=, >, >=, ~, !~, in, not in, startswith, not startswith, endswith, not endswith)"
)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, 'expected a property such as filename, "not" or "(", found the end of the query'),
        ("  ", 2, 'expected a property such as filename, "not" or "(", found the end of the query'),
        ("and = 1", 0, 'expected a property such as filename, "not" or "(", found "and"'),
        ("a", 1, f"expected {OPERATOR}, found the end of the query"),
        ("a b", 2, f'expected {OPERATOR}, found "b"'),
        ("metadata. = 1", 8, f'expected {OPERATOR}, found "."'),
        ("a =", 3, f"expected {VALUE}, found the end of the query"),
        ("filename = and", 11, f'expected {VALUE}, found "and"'),
        ("filename = cat.png", 11, f'expected {VALUE}, found "cat.png"'),
        ("filename == 'a'", 10, f'expected {VALUE}, found "="'),
        ("a = 5px", 4, f'expected {VALUE}, found "5px"'),
        ("a = \u0661", 4, f'expected {VALUE}, found "\u0661"'),
        ("a = “x”", 4, f'expected {VALUE}, found "“"'),
        ("a = ('x')", 4, f'expected {VALUE}, found "("'),
        ("a in 'x'", 5, 'expected "(", found "\'x\'"'),
        ("a in (", 6, f'expected {VALUE} or ")", found the end of the query'),
        ("a in (,)", 6, f'expected {VALUE} or ")", found ","'),
        ("a in (1 2)", 8, 'expected "," or ")", found "2"'),
        ("a in ((1))", 6, f'expected {VALUE} or ")", found "("'),
        ("a not = 1", 6, 'expected "in", "startswith" or "endswith", found "="'),
        ("not a = 1", 4, 'expected "(", found "a"'),
        ("a = 1 b = 2", 6, 'expected "and", "or" or the end of the query, found "b"'),
        ("a = 1 )", 6, 'expected "and", "or" or the end of the query, found ")"'),
        ("(a = 1 or b = 2", 15, 'expected "and", "or" or ")", found the end of the query'),
        ("a = 1 & b = 2", 6, 'expected "and", "or" or the end of the query, found "&"'),
        ('a = 1 and b = "x', 14, "the string that starts here has no closing quote"),
        ('a = "x" and b = "say "hi""', 22, 'expected "and", "or" or the end of the query, found "hi"'),
        (r'a = "C:\qq"', 7, r"unknown escape \q; known are"),
        (r'a = "\u12x4"', 5, r"\u takes four hexadecimal digits"),
        (r'a = "x\u0000"', 6, "a string cannot hold the character NUL"),
        (r'a = "\ud800x"', 4, "one half of a surrogate pair"),
        (r'a = "\ude00\ud83d"', 4, "one half of a surrogate pair"),
        (r'metadata."\q" = 1', 10, r"unknown escape \q"),
        ('a = "\0"', 5, "the query has the character NUL"),
        ('a = "\ud800"', 5, "one half of a surrogate pair"),
        ("a = 9223372036854775808", 4, "the number does not fit 64 bits"),
        ("a = " + "9" * 5000, 4, "the number does not fit 64 bits"),
        ("a = -1e999", 4, "the number does not fit 64 bits"),
    ],
)
def test_says_what_was_expected(text: str, position: int, message: str):
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(text)
    assert caught.value.position == position
    assert str(caught.value).startswith(f"q: position {position}: ")
    assert message in str(caught.value)


def test_shows_only_the_beginning_of_what_it_found():
    with pytest.raises(InvalidQueryError) as caught:
        parse_query(f'a = 1 "{"x" * 10_000}"')
    assert len(str(caught.value)) < 200


def nested(levels: int) -> str:
    text = "a = 1"
    for level in range(levels):
        text = f"b = 2 {'and' if level % 2 else 'or'} ({text})"
    return text


def test_limits_nesting():
    assert isinstance(parse_query(nested(MOST_LEVELS)), And)
    for levels in (MOST_LEVELS + 1, MOST_COMPARISONS - 1):
        with pytest.raises(InvalidQueryError, match="nested deeper than 16 levels") as caught:
            parse_query(nested(levels))
        assert caught.value.position is not None
        assert nested(levels)[caught.value.position :].startswith("b = 2")
    with pytest.raises(InvalidQueryError, match="nested deeper than 16 levels"):
        parse_query("not(" * 9_000 + "a=1" + ")" * 9_000)


def test_parentheses_without_effect_do_not_count():
    assert parse_query("(" * 20_000 + "a=1" + ")" * 20_000) == A
    left = "a=1"
    for _ in range(MOST_COMPARISONS - 1):
        left = f"({left}) and (a=1)"
    assert parse_query(left) == And((A,) * MOST_COMPARISONS)


def test_limits_comparisons():
    assert len(parse_query(" or ".join(["a=1"] * MOST_COMPARISONS)).operands) == MOST_COMPARISONS
    with pytest.raises(InvalidQueryError, match="more than 500 comparisons") as caught:
        parse_query(" or ".join(["a=1"] * (MOST_COMPARISONS + 1)))
    assert caught.value.position == MOST_COMPARISONS * len("a=1 or ")


def test_limits_length():
    text = 'filename = "'
    text += "x" * (MOST_CHARACTERS - len(text) - 1) + '"'
    assert len(parse_query(text).value) == MOST_CHARACTERS - 13
    with pytest.raises(InvalidQueryError, match="longer than 50000 characters"):
        parse_query(text + " ")


def render(expression: Expression) -> str:
    match expression:
        case Comparison():
            path = ".".join(
                one if re.fullmatch(r"[\w-]+", one) or at == 0 else quote(one)
                for at, one in enumerate(expression.path)
            )
            return f"{path} {expression.operator} {render_value(expression.value)}"
        case Not():
            return f"not ({render(expression.operand)})"
        case And():
            return " and ".join(
                f"({render(one)})" if isinstance(one, Or) else render(one) for one in expression.operands
            )
        case Or():
            return " or ".join(map(render, expression.operands))


def render_value(value: object) -> str:
    if isinstance(value, tuple):
        return f"({','.join(map(render_value, value))})"
    return quote(value) if isinstance(value, str) else repr(value)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
scalars = st.one_of(
    texts,
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
)
paths = st.tuples(st.sampled_from(["tags", "metadata", "über_2", "_x"])) | st.tuples(
    st.just("metadata"), texts, texts
)
lists = frozenset({Operator.IN, Operator.NOT_IN})
comparisons = st.one_of(
    st.builds(Comparison, paths, st.sampled_from(sorted(set(Operator) - lists)), scalars),
    st.builds(Comparison, paths, st.sampled_from(sorted(lists)), st.lists(scalars, max_size=4).map(tuple)),
)


def joined(kind: type[And | Or], parts: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    others = parts.filter(lambda part: not isinstance(part, kind))
    return st.lists(others, min_size=2, max_size=3).map(lambda operands: kind(tuple(operands)))


expressions = st.recursive(
    comparisons,
    lambda parts: st.one_of(joined(And, parts), joined(Or, parts), st.builds(Not, parts)),
    max_leaves=12,
)


@given(expressions)
def test_reads_back_what_is_rendered(expression: Expression):
    again = parse_query(render(expression))
    assert again == expression
    assert repr(strip(again)) == repr(expression)


def strip(expression: Expression) -> Expression:
    """Without positions, so that the representation also compares the values' types."""
    match expression:
        case Comparison():
            return Comparison(expression.path, expression.operator, expression.value)
        case Not():
            return Not(strip(expression.operand))
        case _:
            return type(expression)(tuple(map(strip, expression.operands)))


@given(texts)
def test_a_quoted_text_is_only_a_text(text: str):
    assert parse_query(f"filename = {quote(text)}") == compared("filename", "=", text)


@given(
    st.text(max_size=60)
    | st.lists(
        st.sampled_from(
            ["a", "=", "in", "not", "(", ")", ",", '"x"', "and", "or", "1", "None", "~", '"', "\\"]
        )
    ).map(" ".join)
)
def test_any_text_is_read_or_refused_at_a_position(text: str):
    try:
        parse_query(text)
    except InvalidQueryError as error:
        position = error.position
    else:
        return
    assert position is not None
    assert 0 <= position <= len(text)
