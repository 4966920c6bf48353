"""Splits at random, by fractions, counts and classes: their lengths are PyTorch's and scikit-learn's."""

from __future__ import annotations

import math
import random
import warnings
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from nn.data import random_split, train_test_split

FRACTIONS = st.lists(st.integers(0, 20), min_size=1, max_size=5).filter(any)


def split(*arguments, **options):
    """A split without the warning for an empty part."""
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        return random_split(*arguments, **options)


@given(st.integers(0, 60), FRACTIONS)
def test_fractions_give_the_lengths_that_pytorch_gives(size, weights):
    torch_data = pytest.importorskip("torch.utils.data", reason="PyTorch is not installed: pip install torch")
    fractions = [weight / sum(weights) for weight in weights]
    if not 0.999 < sum(fractions) <= 1:  # theirs refuses a sum of 1.0000000000000002
        return
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        theirs = torch_data.random_split(range(size), fractions)
    assert [len(part) for part in split(range(size), fractions)] == [len(part) for part in theirs]


@given(st.integers(0, 60), FRACTIONS, st.integers(0, 5))
def test_a_split_of_fractions_has_each_sample_once_and_each_part_less_than_two_away_from_its_share(size, weights, seed):
    fractions = [weight / math.fsum(weights) for weight in weights]
    parts = split(range(size), fractions, generator=seed)
    assert sorted(x for part in parts for x in part) == list(range(size))
    rest = size
    for part, fraction in zip(parts, fractions, strict=True):
        assert math.floor(size * fraction) <= len(part) <= math.floor(size * fraction) + 1
        rest -= math.floor(size * fraction)
    # The rest goes to the first parts, one each.
    assert [len(part) - math.floor(size * f) for part, f in zip(parts, fractions, strict=True)] == [
        int(place < rest) for place in range(len(parts))
    ]


@given(st.lists(st.integers(0, 8), min_size=1, max_size=5), st.integers(0, 5))
def test_a_split_of_counts_has_them(counts, seed):
    parts = split(range(sum(counts)), counts, generator=seed)  # 0 and 1 are fractions as well
    assert [len(part) for part in parts] == counts
    assert sorted(x for part in parts for x in part) == list(range(sum(counts)))


def test_the_parts_of_a_split_are_the_shuffled_samples_one_after_the_other():
    order = list(range(30))
    random.Random(7).shuffle(order)
    first, second, third = random_split(range(30), [12, 10, 8], generator=7)
    assert [list(first), list(second), list(third)] == [order[:12], order[12:22], order[22:]]
    # A generator goes on, the module `random` is used without one, and neither is used where it should not be.
    generator = random.Random(7)
    assert list(random_split(range(30), [30], generator)[0]) == order
    assert list(random_split(range(30), [30], generator)[0]) != order
    random.seed(7)
    assert list(random_split(range(30), [30])[0]) == order
    random.seed(7)
    before = random.getstate()
    random_split(range(30), [30], generator=1)
    train_test_split(range(30), random_state=1, stratify=[0, 1] * 15)
    assert random.getstate() == before


def test_every_sample_comes_into_every_part_equally_often():
    counts = [0] * 6
    for seed in range(600):
        for x in random_split(range(6), [2, 4], generator=seed)[0]:
            counts[x] += 1
    # 200 expected, with a standard deviation of 11.5.
    assert all(140 < count < 260 for count in counts)


def test_a_single_sample_can_be_split_by_fractions():
    with pytest.warns(UserWarning, match=r"part 1 of 1 samples split by \[0.5, 0.5\] is empty"):
        parts = random_split(range(1), [0.5, 0.5])
    assert [len(part) for part in parts] == [1, 0]
    with pytest.warns(UserWarning, match="part 1 of 3 samples"):
        random_split(range(3), [0.9, 0.1])
    assert [len(part) for part in random_split(range(3), [3, 0])] == [3, 0]  # as asked for
    assert [len(part) for part in random_split(range(1), [1])] == [1]


SIZES = st.integers(2, 60).flatmap(
    lambda size: st.tuples(
        st.just(size),
        st.none() | st.integers(1, size - 1) | st.floats(0.01, 0.99),
        st.none() | st.integers(1, size - 1) | st.floats(0.01, 0.99),
    )
)


@given(SIZES, st.booleans())
def test_parts_to_train_and_to_test_are_as_large_as_scikit_learns(sizes, shuffle):
    selection = pytest.importorskip("sklearn.model_selection", reason="scikit-learn is not installed")
    size, test_size, train_size = sizes
    options = {"test_size": test_size, "train_size": train_size, "shuffle": shuffle}
    try:
        theirs = selection.train_test_split(list(range(size)), **options)
    except ValueError:
        with pytest.raises(ValueError):
            train_test_split(list(range(size)), **options)
        return
    ours = train_test_split(list(range(size)), **options)
    assert list(map(len, ours)) == list(map(len, theirs))
    assert len({*ours[0], *ours[1]}) == sum(map(len, ours))
    if not shuffle:
        assert ours == theirs


@st.composite
def strata(draw):
    counts = draw(st.lists(st.integers(2, 20), min_size=1, max_size=4))
    classes = draw(st.permutations([name for name, count in zip("abcd", counts, strict=False) for _ in range(count)]))
    size = len(classes)
    test = draw(st.integers(1, size - 1))
    train = draw(st.integers(1, size - test))
    return classes, test, train


def stratified(classes, test, train, seed=0):
    with warnings.catch_warnings(action="ignore", category=UserWarning):
        return train_test_split(
            list(range(len(classes))), test_size=test, train_size=train, random_state=seed, stratify=classes
        )


def allotted(counts, places):
    """How many of each class at the least and at the most: the share rounded down, and one for a large remainder."""
    shares = {name: Fraction(count * places, sum(counts.values())) for name, count in counts.items()}
    remainders = {name: share - math.floor(share) for name, share in shares.items()}
    left = places - sum(map(math.floor, shares.values()))
    limits = {}
    for name, share in shares.items():
        larger = sum(other > remainders[name] for other in remainders.values())
        as_large = sum(other >= remainders[name] for other in remainders.values())
        limits[name] = (math.floor(share) + (as_large <= left), math.floor(share) + (larger < left))
    return limits


@given(strata(), st.integers(0, 3))
def test_each_part_has_the_classes_in_proportion(drawn, seed):
    classes, test_size, train_size = drawn
    train, test = stratified(classes, test_size, train_size, seed)
    assert (len(train), len(test)) == (train_size, test_size)
    assert len({*train, *test}) == train_size + test_size
    counts = Counter(classes)
    for part, available in ((test, counts), (train, counts - Counter(classes[i] for i in test))):
        found = Counter(classes[i] for i in part)
        for name, (least, most) in allotted(available, len(part)).items():
            assert least <= found[name] <= most


@given(strata())
def test_classes_are_shared_out_as_scikit_learn_does(drawn):
    selection = pytest.importorskip("sklearn.model_selection", reason="scikit-learn is not installed")
    classes, test_size, _ = drawn
    counts = Counter(classes)
    train_size = len(classes) - test_size
    if min(train_size, test_size) < len(counts):
        return  # theirs refuses it
    if any(least != most for least, most in allotted(counts, test_size).values()):
        return  # there is a tie, and chance decides
    theirs = selection.train_test_split(classes, test_size=test_size, stratify=classes, random_state=0)
    ours = stratified(classes, test_size, train_size)
    assert [Counter(classes[i] for i in part) for part in ours] == list(map(Counter, theirs))


def test_the_parts_of_a_stratified_split_are_in_the_shuffled_order():
    classes = ["a", "b", "b"] * 10
    order = list(range(30))
    random.Random(5).shuffle(order)
    train, test = stratified(classes, 9, 15, seed=5)
    place = order.index
    assert train == sorted(train, key=place) != sorted(train)
    assert test == sorted(test, key=place) != sorted(test)
    # Within a class, the samples that come first in that order are tested on, the next ones trained on.
    for name in "ab":
        members = [i for i in order if classes[i] == name]
        tested = [i for i in test if classes[i] == name]
        trained = [i for i in train if classes[i] == name]
        assert [*tested, *trained] == members[: len(tested) + len(trained)]
    assert stratified(classes, 9, 15, seed=5) == [train, test] != stratified(classes, 9, 15, seed=6)


def test_at_ties_chance_decides_which_class_gets_the_place():
    winners = Counter(
        ["a", "b"][int(stratified(["a", "a", "b", "b"], 1, 3, seed=seed)[1][0] > 1)] for seed in range(200)
    )
    assert 60 < winners["a"] < 140


@pytest.mark.parametrize(
    ("classes", "test", "train", "message"),
    [
        (["a"] * 18 + ["b"] * 2, 3, 17, "none of the 3 samples to test on is of the class 'b'"),
        (["a"] * 18 + ["b"] * 2, 17, 3, "none of the 3 samples to train on is of the class 'b'"),
        (
            ["a", "a", "b", "b", "c", "c"],
            2,
            4,
            "none of the 2 samples to test on is of the class '.'; pass more samples",
        ),
    ],
)
def test_a_class_that_a_part_has_no_sample_of_is_told(classes, test, train, message):
    with pytest.warns(UserWarning, match=message):
        train_test_split(classes, test_size=test, train_size=train, random_state=0, stratify=classes)


def test_a_class_of_one_sample_cannot_be_in_both_parts():
    with pytest.raises(ValueError, match="stratify needs at least 2 samples of each class, got one of 'c'"):
        train_test_split(list("aabbc"), stratify=list("aabbc"))
