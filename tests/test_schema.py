"""Data of unknown origin are read as described, or the first field that does not fit is named in a sentence."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given, strategies as st

from autograd.schema import (
    Anything,
    Cases,
    Choice,
    Dictionary,
    Integer,
    List,
    Nullable,
    Number,
    Object,
    OneOf,
    Text,
    parse,
    shown,
)

DEEP = []
for _ in range(100_000):
    DEEP = [DEEP]

WRONG = {
    "none": None,
    "true": True,
    "zero": 0,
    "negative": -1,
    "large": 10**400,
    "long": 10**5000,
    "half": 0.5,
    "nan": math.nan,
    "infinite": -math.inf,
    "text": "x",
    "long text": "x" * 10_000,
    "list": [1, 2],
    "object": {"a": 1},
    "names": {1: 2},
    "deep": DEEP,
    "bytes": b"x",
    "type": int,
}

SCHEMAS = [
    (Text(), ["", "a"], "a text"),
    (Text("[ab]+", "some a and b"), ["abba"], "some a and b"),
    (Integer(), [0, -(10**400)], "a whole number"),
    (Integer(1), [1, 10**400], "a whole number of at least 1"),
    (Integer(most=3), [3, -5], "a whole number of at most 3"),
    (Integer(1, 3), [1, 3], "a whole number from 1 to 3"),
    (Number(finite=True), [0, 0.5, -1e308], "a finite number"),
    (Number(), [0, math.inf, "-inf", "inf"], "a number, 'nan', 'inf', '-inf' or '-0'"),
    (Choice("a", "b"), ["a", "b"], "'a' or 'b'"),
    (Choice(1), [1], "1"),
    (Choice(1, None, "x"), [1, None, "x"], "1, None or 'x'"),
    (Nullable(Choice("a")), [None, "a"], "'a'"),
    (List(Integer(), least=1, most=2), [[1], [1, 2]], "a list"),
    (Object({"a": Integer()}), [{"a": 1}], "an object with named fields"),
    (Dictionary(Integer()), [{}, {"a": 1}], "an object with named fields"),
    (OneOf({"a": Integer(), "b": Text()}), [], "an object with the field a or the field b"),
    (Cases("kind", {"x": Object({})}), [{"kind": "x"}], "an object with named fields"),
]


@pytest.mark.parametrize(("schema", "fitting", "expected"), SCHEMAS, ids=lambda x: type(x).__name__)
def test_what_fits_is_read_as_it_is(schema, fitting, expected):
    for data in fitting:
        read = schema.read(data)
        assert read == (float(data) if isinstance(schema, Number) else data)


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize(("schema", "fitting", "expected"), SCHEMAS, ids=lambda x: type(x).__name__)
def test_whatever_does_not_fit_is_refused_in_one_short_sentence_with_its_path(schema, fitting, expected, name):
    data = WRONG[name]
    try:
        List(schema).read([*fitting, data], "things")
    except ValueError as error:
        message = str(error)
        assert message.startswith(f"things[{len(fitting)}]")
        assert len(message.splitlines()) == 1
        assert len(message) < 200
    else:
        assert not isinstance(data, bool)


@pytest.mark.parametrize("flag", [True, False])
@pytest.mark.parametrize("schema", [Integer(), Number(), Number(finite=True), Choice(0, 1), Choice("a")])
def test_a_boolean_is_no_number(schema, flag):
    with pytest.raises(ValueError, match=f"x must be .*, got {flag}"):
        schema.read(flag, "x")


def test_a_float_is_no_whole_number_and_no_choice_of_one():
    for schema in (Integer(), Choice(1)):
        with pytest.raises(ValueError, match=r"must be .*, got 1.0"):
            schema.read(1.0)


NESTED = Object({"a": List(Object({"b": Number()}))}, optional={"c": Text()}, ignored=["old"])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "a is missing"),
        ({"a": [{"b": 1}, {}]}, r"a\[1\]\.b is missing"),
        ({"a": [{"b": 1, "d": 1}]}, r"a\[0\] must have no fields but b, got one called 'd'"),
        ({"a": [], "d": 1}, "it must have no fields but a, c, got one called 'd'"),
        ({"a": [], 3: 1}, "it must have no fields but a, c, got one called 3"),
        ({"a": [], "c": None}, "c must be a text, got None"),
    ],
)
def test_fields_that_are_missing_or_unknown_are_named(data, message):
    with pytest.raises(ValueError, match=message):
        NESTED.read(data)


def test_optional_fields_may_be_missing_and_ignored_ones_are_left_out():
    assert NESTED.read({"a": [], "old": DEEP}) == {"a": []}
    assert NESTED.read({"c": "x", "a": []}) == {"a": [], "c": "x"}


def test_other_fields_have_a_schema_of_their_own():
    facts = Object({"a": Integer()}, others=Number(finite=True))
    assert facts.read({"b": 1, "a": 2}) == {"a": 2, "b": 1.0}
    with pytest.raises(ValueError, match="b must be a finite number, got 'x'"):
        facts.read({"a": 2, "b": "x"})
    assert Object({}, others=Anything()).read({"x": DEEP})["x"] is DEEP


def test_names_of_fields_are_texts():
    with pytest.raises(ValueError, match="counts must have texts as names of fields, got 1"):
        Dictionary(Integer()).read({1: 2}, "counts")


def test_one_of_several_fields_says_what_there_is():
    schema = OneOf({"node": Integer(0), "constant": Number()})
    assert schema.read({"node": 3}) == ("node", 3)
    for data in ({}, {"node": 1, "constant": 2}, {"other": 1}, []):
        with pytest.raises(ValueError, match="x must be an object with the field node or the field constant"):
            schema.read(data, "x")


def test_a_case_has_the_fields_of_its_own():
    schema = Cases("kind", {"number": Object({"mean": Number()}), "text": Object({})})
    with pytest.raises(ValueError, match=r"x.mean is missing"):
        schema.read({"kind": "number"}, "x")
    with pytest.raises(ValueError, match=r"x must have no fields but .*, got one called 'mean'"):
        schema.read({"kind": "text", "mean": 1}, "x")
    with pytest.raises(ValueError, match=r"x.kind is missing"):
        schema.read({}, "x")
    with pytest.raises(ValueError, match=r"x.kind must be 'number' or 'text', got a list of 1 element"):
        schema.read({"kind": [1]}, "x")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_json_is_read_as_the_standard_library_reads_it(data):
    text = json.dumps(data)
    assert parse(text) == json.loads(text)


@given(JSON)
def test_any_data_are_shown_in_a_line(data):
    assert len(shown(data)) <= 60
    assert len(shown(data).splitlines()) <= 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Expecting value: line 1 column 1"),
        ("{", "Expecting property name"),
        # The stack of WebAssembly is larger.
        pytest.param("[" * 100_000, "it is nested too deeply", marks=pytest.mark.native),
        pytest.param('{"a":' * 100_000, "it is nested too deeply", marks=pytest.mark.native),
        ("[" + "9" * 5000 + "]", "an integer in it is too long"),
        ("[NaN]", "NaN is not a number of JSON"),
        ("-Infinity", "-Infinity is not a number of JSON"),
        ('[{"a": 1, "b": 2, "a": 1}]', "an object has two fields called 'a'"),
    ],
    ids=lambda x: x[:10],
)
def test_a_text_that_is_no_json_is_refused_in_one_sentence(text, why):
    with pytest.raises(ValueError, match="this is not JSON that can be read: ") as error:
        parse(text)
    assert why in str(error.value)
    assert len(str(error.value).splitlines()) == 1
