"""Scaling, encoding and polynomial features, by their definitions; `test_sklearn_parity.py` has scikit-learn's say."""

from __future__ import annotations

import json
import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from autograd import Value
from nn.preprocessing import LabelEncoder, MinMaxScaler, OneHotEncoder, PolynomialFeatures, StandardScaler

X = [[1.0, 10.0, -4.0], [2.0, 10.0, 0.0], [6.0, 10.0, 1.0]]
NAN = math.nan


def flat(rows):
    return [x for row in rows for x in row]


SCALERS = [
    StandardScaler(),
    StandardScaler(with_mean=False),
    StandardScaler(with_std=False),
    MinMaxScaler(),
    MinMaxScaler(feature_range=(-2, 3)),
]


@pytest.mark.parametrize("scaler", SCALERS, ids=lambda s: f"{type(s).__name__}{vars(s)}")
def test_inverse_transform_undoes_transform_of_any_batch(scaler):
    scaler.fit(X)
    other = [[7.0, -3.0, 2.5], [0.0, 0.0, 0.0]]
    assert flat(scaler.inverse_transform(scaler.transform(other))) == pytest.approx(flat(other), abs=1e-12)


@pytest.mark.parametrize("scaler", SCALERS, ids=lambda s: f"{type(s).__name__}{vars(s)}")
def test_gradients_pass_through_a_scaler(scaler):
    """dz/dx is what two numbers one apart differ by after scaling."""
    scaler.fit(X)
    low, high = scaler.transform([[1.0, 1.0, 1.0], [2.0, 2.0, 2.0]])
    row = [Value(0.5), Value(0.5), Value(0.5)]
    sum(scaler.transform([row])[0]).backward()
    assert [x.grad for x in row] == pytest.approx([b - a for a, b in zip(low, high, strict=True)], rel=1e-12)


@pytest.mark.parametrize("scaler", [StandardScaler(), MinMaxScaler()], ids=lambda s: type(s).__name__)
def test_numbers_too_large_to_be_scaled_are_refused(scaler):
    with pytest.raises(
        ValueError, match=r"cannot scale feature 1: with numbers as large as 1e\+308 its .* another unit"
    ):
        scaler.fit([[1.0, 1e308], [2.0, -1e308]])
    scaler.fit([[1.0, 1e150], [2.0, -1e150]])
    assert flat(scaler.inverse_transform(scaler.transform([[1.0, 1e150]]))) == pytest.approx([1.0, 1e150])


def test_a_mean_that_overflows_is_refused():
    with pytest.raises(ValueError, match="mean or variance is larger than the largest float"):
        StandardScaler().fit([[1e308], [1e308]])


def test_what_a_standard_scaler_leaves_out_stays():
    assert [row[1] for row in StandardScaler(with_mean=False).fit_transform(X)] == [10.0, 10.0, 10.0]
    Z = StandardScaler(with_std=False).fit_transform(X)
    assert [row[0] for row in Z] == pytest.approx([-2.0, -1.0, 3.0])
    Z = StandardScaler(with_mean=False).fit_transform(X)
    assert [a[0] / b[0] for a, b in zip(X, Z, strict=True)] == pytest.approx([math.sqrt(14 / 3)] * 3)


@given(st.floats(-1e9, 1e9), st.integers(1, 50))
def test_a_constant_feature_is_not_blown_up(constant, count):
    """The mean of equal numbers may be off by a rounding, which is no deviation."""
    for scaler in (StandardScaler(), MinMaxScaler()):
        assert scaler.fit_transform([[constant]] * count) == [[0.0]] * count
        assert scaler.scale_ == [1.0]
    assert StandardScaler().fit([[constant]] * count).mean_ == [constant]


@given(st.integers(-(2**40), 2**40), st.lists(st.integers(-8, 8), min_size=2, max_size=12))
def test_moments_are_exact_to_rounding_also_far_from_zero(base, steps):
    numbers = [base + step / 4 for step in steps]
    mean = sum(map(Fraction, numbers)) / len(numbers)
    variance = sum((Fraction(x) - mean) ** 2 for x in numbers) / len(numbers)
    scaler = StandardScaler().fit([[x] for x in numbers])
    assert scaler.mean_ == [pytest.approx(float(mean), rel=1e-15)]
    assert scaler.var_ == [pytest.approx(float(variance), rel=1e-3)]  # the deviations have few digits


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=20, unique=True))
def test_min_max_reaches_both_ends_of_its_range(numbers):
    Z = flat(MinMaxScaler().fit_transform([[x] for x in numbers]))
    assert (min(Z), max(Z)) == (0.0, 1.0)


def test_labels_are_numbered_in_sorted_order():
    encoder = LabelEncoder()
    assert encoder.fit_transform(["b", "c", "a", "b"]) == [1, 2, 0, 1]
    assert encoder.classes_ == ["a", "b", "c"]
    assert encoder.inverse_transform([2, 0]) == ["c", "a"]


def test_an_index_of_a_class_is_any_whole_number_in_range():
    encoder = LabelEncoder().fit(["a", "b", "c"])
    assert encoder.inverse_transform([2, 0.0, True, Value(2.0)]) == ["c", "a", "b", "c"]
    for index in (-1, 3, 0.5, 2.5, "0"):
        with pytest.raises(ValueError, match="an index must be from 0 to 2, got"):
            encoder.inverse_transform([0, index])


def test_the_greatest_number_of_a_feature_is_its_category():
    """As of probabilities, or of scores, which may all be negative."""
    encoder = OneHotEncoder(handle_unknown="ignore").fit([["a", 1], ["b", 2], ["c", 3]])
    rows = [[0.2, 0.5, 0.3, -1.0, -3.0, -2.0], [-5.0, 0.0, 1.0, 0.0, 0.0, -1.0], [0.0, 0.0, 0.0, -2.0, 0.0, 0.0]]
    assert encoder.inverse_transform(rows) == [["b", 1], ["c", 1], [None, 2]]


def test_values_are_categories_as_their_numbers_are():
    plain, wrapped = [["a", 1.0], ["b", 2.0]], [["a", Value(1.0)], ["b", Value(2.0)]]
    expected = OneHotEncoder().fit_transform(plain)
    for learned in (plain, wrapped):
        encoder = OneHotEncoder().fit(learned)
        for rows in (plain, wrapped):
            assert encoder.transform(rows) == expected
    numbers = [[Value(x) for x in row] for row in expected]
    assert encoder.inverse_transform(numbers) == plain
    assert OneHotEncoder(categories=[["a", "b"], [Value(1.0), 2.0]], drop=["a", Value(2.0)]).fit(plain).drop_idx_ == [
        0,
        1,
    ]


def test_an_unknown_category_is_all_zeros_if_ignored_and_comes_back_as_none():
    encoder = OneHotEncoder(handle_unknown="ignore").fit([["red", 1], ["blue", 2]])
    assert encoder.transform([["green", 2]]) == [[0.0, 0.0, 0.0, 1.0]]
    assert encoder.inverse_transform(encoder.transform([["green", 2], ["red", 1]])) == [[None, 2], ["red", 1]]


def test_a_fit_that_fails_leaves_an_encoder_as_it_was():
    encoder = OneHotEncoder(drop=["a"]).fit([["a"], ["b"]])
    before = dict(vars(encoder))
    with pytest.raises(ValueError, match="drop must have a category of feature 0"):
        encoder.fit([["c"], ["d"]])
    assert vars(encoder) == before


@pytest.mark.parametrize(("degree", "features"), [(0, 3), (1, 4), (2, 3), (3, 2), (4, 3)])
def test_the_number_of_polynomial_features_is_binomial(degree, features):
    row = [2.0, 3.0, 5.0, 7.0][:features]
    full = PolynomialFeatures(degree).fit([row])
    assert full.n_output_features_ == math.comb(features + degree, degree)
    by_powers = [math.prod(x**p for x, p in zip(row, powers, strict=True)) for powers in full.powers_]
    assert full.transform([row])[0] == pytest.approx(by_powers)
    products = PolynomialFeatures(degree, interaction_only=True).fit([row])
    assert products.n_output_features_ == sum(math.comb(features, k) for k in range(degree + 1))


def test_gradients_pass_through_polynomial_features():
    x, y = Value(3.0), Value(5.0)
    sum(PolynomialFeatures(2).fit([[0.0, 0.0]]).transform([[x, y]])[0]).backward()  # 1 + x + y + x² + xy + y²
    assert (x.grad, y.grad) == (1 + 2 * 3 + 5, 1 + 2 * 5 + 3)


CATEGORIES = [["red", 1], ["blue", 3], ["red", 2]]
FITTED = [
    (lambda: StandardScaler().fit(X), X),
    (lambda: StandardScaler(with_mean=False).fit(X), X),
    (lambda: StandardScaler(with_std=False).fit(X), X),
    (lambda: MinMaxScaler(feature_range=(-2, 3)).fit(X), X),
    (lambda: PolynomialFeatures(3, interaction_only=True, include_bias=False).fit(X), X),
    (lambda: OneHotEncoder(handle_unknown="ignore").fit(CATEGORIES), [["green", 2], ["red", 3]]),
    (
        lambda: OneHotEncoder(categories=[["red", "blue"], [3, 1, 2]], drop=["blue", 3]).fit(CATEGORIES),
        [["red", 3], ["blue", 1]],
    ),
    (lambda: OneHotEncoder(drop="if_binary").fit(CATEGORIES), CATEGORIES),
    (lambda: LabelEncoder().fit(["b", "c", "a"]), ["c", "a", "c"]),
]


@pytest.mark.parametrize(("make", "data"), FITTED, ids=lambda part: type(part()).__name__ if callable(part) else "")
def test_what_was_learnt_goes_through_json_into_an_object_of_other_options(make, data):
    fitted = make()
    text = json.dumps(fitted.state_dict(), allow_nan=False)
    loaded = type(fitted)()
    loaded.load_state_dict(json.loads(text))
    assert loaded.transform(data) == fitted.transform(data)
    assert vars(loaded) == vars(fitted)
    assert repr(sorted(vars(loaded).items())) == repr(sorted(vars(fitted).items())), (
        "a tuple is a list, or a number of another type"
    )
    if hasattr(fitted, "inverse_transform"):
        Z = fitted.transform(data)
        assert loaded.inverse_transform(Z) == fitted.inverse_transform(Z)


def test_a_state_is_a_copy():
    scaler, other = StandardScaler().fit(X), StandardScaler()
    state = scaler.state_dict()
    other.load_state_dict(state)
    state["mean_"][0] = 100.0
    assert scaler.mean_[0] == other.mean_[0] == pytest.approx(3.0)


def test_categories_of_numpy_become_plain_numbers():
    numpy = pytest.importorskip("numpy", reason="numpy is not installed")
    encoder = LabelEncoder().fit([numpy.int64(7), numpy.int64(5)])
    assert json.dumps(encoder.state_dict()) == '{"classes_": [5, 7]}'


ONE_HOT_STATE = OneHotEncoder().fit([["red"], ["blue"]]).state_dict()
SCALER_STATE = StandardScaler().fit(X).state_dict()


@pytest.mark.parametrize(
    ("scaler", "state", "message"),
    [
        (
            StandardScaler(),
            MinMaxScaler().fit(X).state_dict(),
            "does not fit StandardScaler: it has clip, data_max_, .* rather",
        ),
        (
            StandardScaler(),
            [1.0],
            "it has list rather than mean_, n_features_in_, scale_, var_, with_mean, with_std; pass",
        ),
        (StandardScaler(), {}, "it has nothing rather than mean_"),
        (StandardScaler(), SCALER_STATE | {"scale_": [1.0, 2.0]}, "scale_ has 2 entries for 3 features"),
        (MinMaxScaler(), MinMaxScaler().fit(X).state_dict() | {"feature_range": [3, 1]}, r"low < high, got \(3, 1\)"),
        (
            OneHotEncoder(),
            ONE_HOT_STATE | {"drop": ["green"]},
            "drop must have a category of feature 0, one of .*'gree",
        ),
        (
            OneHotEncoder(),
            ONE_HOT_STATE | {"drop": ["red", 1]},
            "drop must have a category for each of 1 features, got",
        ),
        (OneHotEncoder(), ONE_HOT_STATE | {"categories_": [["red", "red"]]}, "must be classes, each once, got"),
        (OneHotEncoder(), ONE_HOT_STATE | {"categories_": ["red"]}, "must be classes, each once, got 'red'"),
        (OneHotEncoder(), ONE_HOT_STATE | {"categories": 3}, "categories must be 'auto' or a list .*, got 3"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(scaler, state, message):
    scaler.fit([[5.0], [7.0]])
    before = dict(vars(scaler))
    with pytest.raises(ValueError, match=message):
        scaler.load_state_dict(state)
    assert vars(scaler) == before


ONE_HOT = OneHotEncoder().fit([["red"], ["blue"]])
LABELS = LabelEncoder().fit(["cat", "dog"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: StandardScaler().transform(X), "this StandardScaler has learnt nothing yet; call fit"),
        (lambda: MinMaxScaler().inverse_transform(X), "this MinMaxScaler has learnt nothing yet; call fit"),
        (lambda: LabelEncoder().transform([0]), "this LabelEncoder has learnt nothing yet; call fit"),
        (lambda: OneHotEncoder().inverse_transform([[0]]), "this OneHotEncoder has learnt nothing yet; call fit"),
        (lambda: PolynomialFeatures().transform(X), "this PolynomialFeatures has learnt nothing yet; call fit"),
        (lambda: StandardScaler().state_dict(), "this StandardScaler has learnt nothing yet; call fit"),
        (lambda: LabelEncoder().state_dict(), "this LabelEncoder has learnt nothing yet; call fit"),
        (lambda: StandardScaler().fit([]), "takes a batch of at least one row, got an empty one"),
        (lambda: StandardScaler().fit([1.0, 2.0]), "got one vector of length 2; write"),
        (lambda: MinMaxScaler().fit([[1.0], [1.0, 2.0]]), "got 1 features in row 0 and 2 in row 1"),
        (lambda: StandardScaler().fit([[1.0, NAN]]), "takes finite numbers, got nan as feature 1 of row 0"),
        (lambda: StandardScaler().fit([[1.0], ["red"]]), "takes finite numbers, got 'red' as feature 0 of row 1"),
        (lambda: StandardScaler().fit([[]]), "takes rows of one length, at least 1, got 0 features in row 0"),
        (lambda: MinMaxScaler().fit(X).transform([[1.0] * 4]), "was fitted to 3 features, got a row of 4"),
        (lambda: OneHotEncoder().fit(X).transform([[1.0] * 4]), "was fitted to 3 features, got a row of 4"),
        (lambda: MinMaxScaler().fit(X).transform([[1.0]]), "was fitted to 3 features, got a row of 1"),
        (lambda: MinMaxScaler(feature_range=(1, 1)), "must be .low, high. with low < high, got .1, 1."),
        (lambda: LABELS.transform(["bird"]), "fitted to the classes ..cat', 'dog'., got 'bird'"),
        (lambda: LABELS.inverse_transform([2]), "an index must be from 0 to 1, got 2"),
        (lambda: LabelEncoder().fit([]), "one target for at least one sample, got 0"),
        (lambda: LabelEncoder().fit([[0], [1]]), "takes one class for each sample, got .0. for sample 0"),
        (lambda: LabelEncoder().fit([0.0, NAN]), "takes one class for each sample, got nan for sample 1"),
        (lambda: LabelEncoder().fit([0, "cat"]), "classes of one kind, which can be sorted, got int, str"),
        (lambda: ONE_HOT.transform([["green"]]), "feature 0 has the categories .*, got 'green'; fit with it"),
        (lambda: ONE_HOT.inverse_transform([[1.0]]), "has 2 categories in all, got a row of 1"),
        (lambda: OneHotEncoder(categories="all"), "categories must be 'auto' or a list of categories .*, got 'all'"),
        (lambda: OneHotEncoder(categories=[["a"]]).fit([["a", 1]]), "a list for each of 2 features, got 1"),
        (lambda: OneHotEncoder(categories=[["a", "a"]]).fit([["a"]]), "once, got ..a', 'a'. for feature 0"),
        (lambda: OneHotEncoder(categories=[["a", NAN]]).fit([["a"]]), "categories of OneHotEncoder takes .* got nan"),
        (lambda: OneHotEncoder(categories=[["a"]]).fit([["b"]]), "feature 0 has the categories ..a'., got 'b'; fit wi"),
        (lambda: OneHotEncoder(drop="last"), "drop must be None, 'first', 'if_binary' or a category .*, got 'last'"),
        (lambda: OneHotEncoder(drop=["a"]).fit([["a", 1]]), "drop must have a category for each of 2 features, got 1"),
        (
            lambda: OneHotEncoder(drop=["b"]).fit([["a"]]),
            "drop must have a category of feature 0, one of ..a'., got 'b'",
        ),
        (
            lambda: ONE_HOT.inverse_transform([[1, 0], [0, 0]]),
            "row 1 has 0 for every category of feature 0, which stan",
        ),
        (lambda: OneHotEncoder(handle_unknown="drop"), "must be 'error', 'ignore' or 'warn', got 'drop'"),
        (lambda: PolynomialFeatures(-1), "degree must be a whole number of at least 0, got -1"),
        (lambda: PolynomialFeatures(0, include_bias=False), "at least 1 .or 0 with include_bias=True., got 0"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_clipping_to_the_range_is_scikit_learns():
    theirs = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    X, new = [[0.0, 5.0], [10.0, 7.0]], [[-3.0, 6.0], [12.0, 8.0], [4.0, 4.0]]
    for feature_range in ((0, 1), (-2, 3)):
        ours = MinMaxScaler(feature_range, clip=True).fit(X)
        other = theirs.MinMaxScaler(feature_range=feature_range, clip=True).fit(X)
        assert ours.transform(new) == [pytest.approx(row) for row in other.transform(new).tolist()]
    x = Value(12.0)
    [[z, _]] = MinMaxScaler(clip=True).fit(X).transform([[x, 5.0]])
    z.backward()
    assert (z.data, x.grad) == (1.0, 0.0)
