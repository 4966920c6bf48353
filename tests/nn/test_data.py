"""Data: Fisher's table, batches, splits, scaling, moons."""

from __future__ import annotations

import math
import random
import re

import pytest
from hypothesis import given, strategies as st

import nn
from autograd import Value
from nn.data import ConcatDataset, DataLoader, StandardScaler, TensorDataset, random_split, train_test_split


def flat(rows):
    return [x for row in rows for x in row]


def test_iris_has_the_means_of_fishers_table():
    """Fisher (1936), table II: the means of the three species, for 50 plants each."""
    iris = nn.data.load_iris()
    assert iris.target_names == ["setosa", "versicolor", "virginica"]
    means = [
        [
            math.fsum(column) / 50
            for column in zip(*(row for row, k in zip(iris.data, iris.target, strict=True) if k == c), strict=True)
        ]
        for c in range(3)
    ]
    assert means[0] == pytest.approx([5.006, 3.428, 1.462, 0.246], abs=1e-9)
    assert means[1] == pytest.approx([5.936, 2.770, 4.260, 1.326], abs=1e-9)
    assert means[2] == pytest.approx([6.588, 2.974, 5.552, 2.026], abs=1e-9)


@given(st.integers(1, 40), st.integers(1, 12), st.booleans(), st.booleans())
def test_a_loader_gives_each_sample_once_an_epoch(size, batch_size, shuffle, drop_last):
    loader = DataLoader(
        TensorDataset(list(range(size)), [-i for i in range(size)]), batch_size, shuffle, drop_last=drop_last
    )
    batches = list(loader)
    assert len(batches) == len(loader)
    inputs = [x for xs, _ in batches for x in xs]
    assert all(x == -y for xs, ys in batches for x, y in zip(xs, ys, strict=True))
    assert len(set(inputs)) == len(inputs)
    assert len(inputs) == (size - size % batch_size if drop_last else size)
    assert all(len(xs) == batch_size for xs, _ in batches[:-1])
    if not shuffle:
        assert inputs == list(range(len(inputs)))


def test_a_seed_repeats_the_order_and_epochs_differ():
    first = DataLoader(range(50), 5, shuffle=True, generator=1)
    second = DataLoader(range(50), 5, shuffle=True, generator=1)
    epochs = [list(first), list(first)]
    assert epochs == [list(second), list(second)]
    assert epochs[0] != epochs[1]


def test_ten_thousand_samples_in_batches_of_ten_are_a_thousand_updates():
    class Counting(nn.optim.SGD):
        updates = 0

        def step(self):
            super().step()
            self.updates += 1

    w = Value(0.0)
    optimizer = Counting([w], lr=0.001)
    data = TensorDataset([x / 10_000 for x in range(10_000)], [3 * x / 10_000 for x in range(10_000)])
    for inputs, targets in DataLoader(data, batch_size=10, shuffle=True, generator=0):
        loss = nn.functional.mse_loss([w * x for x in inputs], targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert optimizer.updates == 1000


def test_a_sampler_sets_the_order_of_each_epoch():
    loader = DataLoader(range(10), 2, sampler=[9, 3, 3])
    assert list(loader) == [[9, 3], [3]]
    assert len(loader) == 2
    assert list(DataLoader(range(10), 2, sampler=[9, 3, 3], shuffle=False)) == list(loader)
    with pytest.raises(ValueError, match="a sampler sets the order, so it excludes shuffle=True"):
        DataLoader(range(10), sampler=[0], shuffle=True)


def test_a_collate_function_makes_the_batches():
    assert list(DataLoader([1, 2, 3], 2, collate_fn=sum)) == [3, 3]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=6))
def test_concatenated_data_sets_are_read_one_after_the_other(sizes):
    parts = [[10 * k + i for i in range(size)] for k, size in enumerate(sizes)]
    whole, expected = ConcatDataset(parts), [x for part in parts for x in part]
    assert list(whole) == expected
    assert [whole[i - len(expected)] for i in range(len(expected))] == expected
    with pytest.raises(IndexError, match=f"has {len(expected)} samples, got index {len(expected)}"):
        whole[len(expected)]
    with pytest.raises(ValueError, match="at least one data set"):
        ConcatDataset([])


def test_splits():
    parts = random_split(list(range(10)), [7, 3], generator=0)
    assert sorted(x for part in parts for x in part) == list(range(10))
    assert [len(part) for part in parts] == [7, 3]
    y = [0] * 60 + [1] * 30
    _, _, y_train, y_test = train_test_split(list(range(90)), y, test_size=1 / 3, random_state=0, stratify=y)
    assert (y_test.count(0), y_test.count(1), len(y_train)) == (20, 10, 60)
    with pytest.raises(ValueError, match="cannot be split"):
        train_test_split([1, 2], test_size=2)


@pytest.mark.parametrize("part", [{"test_size": 2.0}, {"test_size": 1.0}, {"train_size": -0.5}, {"test_size": "half"}])
def test_a_part_that_is_neither_whole_nor_a_fraction_is_refused(part):
    with pytest.raises(ValueError, match=r"a whole number, or a fraction greater than 0 and less than 1, got"):
        train_test_split(list(range(10)), **part)


def test_a_split_keeps_inputs_and_targets_together_and_loses_none():
    X_train, X_test, y_train, y_test = train_test_split(list(range(20)), [x * x for x in range(20)], random_state=3)
    assert sorted(X_train + X_test) == list(range(20))
    assert all(y == x * x for x, y in zip(X_train + X_test, y_train + y_test, strict=True))
    assert len(X_test) == 5


def test_standard_scaler_against_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing", reason="scikit-learn is not installed")
    random.seed(0)
    X = [[random.gauss(3, 2), random.gauss(-1, 10), 4.0] for _ in range(40)]
    ours, theirs = StandardScaler().fit(X), preprocessing.StandardScaler().fit(X)
    assert ours.mean_ == pytest.approx(list(theirs.mean_), rel=1e-12)
    assert ours.scale_ == pytest.approx(list(theirs.scale_), rel=1e-12)
    assert flat(ours.transform(X)) == pytest.approx(list(theirs.transform(X).ravel()), rel=1e-9, abs=1e-12)


def test_standard_scaler_by_its_definition():
    X = [[1.0, 10.0], [2.0, 10.0], [6.0, 10.0]]
    scaler = StandardScaler()
    Z = scaler.fit_transform(X)
    column = [row[0] for row in Z]
    assert math.fsum(column) == pytest.approx(0, abs=1e-15)
    assert math.fsum(z * z for z in column) / 3 == pytest.approx(1)
    assert [row[1] for row in Z] == [0.0, 0.0, 0.0]
    assert flat(scaler.inverse_transform(Z)) == pytest.approx(flat(X))
    with pytest.raises(ValueError, match="was fitted to 2 features, got a row of 3"):
        scaler.transform([[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="has learnt nothing yet"):
        StandardScaler().transform(X)


def test_moons_lie_on_their_circles():
    points, labels = nn.data.make_moons(40, random_state=0)
    assert labels.count(0) == labels.count(1) == 20
    for (x, y), label in zip(points, labels, strict=True):
        radius = math.hypot(x, y) if label == 0 else math.hypot(x - 1, y - 0.5)
        assert radius == pytest.approx(1.0)
    assert nn.data.make_moons(40, noise=0.1, random_state=0) == nn.data.make_moons(40, noise=0.1, random_state=0)


def test_metrics():
    assert nn.metrics.accuracy_score([0, 1, 1, 2], [0, 1, 2, 2]) == 0.75
    assert nn.metrics.confusion_matrix([0, 1, 1, 2], [0, 1, 2, 2]) == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert nn.metrics.accuracy([[0.1, 0.9], [0.8, 0.2]], [1, 1]) == 0.5
    with pytest.raises(ValueError, match="expected one prediction for each"):
        nn.metrics.accuracy_score([], [])


@pytest.mark.parametrize("tensors", [([1.0, 2.0], [1]), ([1.0], [1, 2], [1]), ()])
def test_tensors_that_do_not_lie_side_by_side_are_refused(tensors):
    with pytest.raises(ValueError, match=r"takes sequences of one length, got lengths \["):
        TensorDataset(*tensors)


@pytest.mark.parametrize("lengths", [[12, -2], [1.5, -0.5], [8, 3], [0.8, 0.4], [5.5, 4.5]])
def test_a_split_into_parts_that_do_not_add_up_is_refused(lengths):
    with pytest.raises(ValueError, match="lengths must sum to 1 or to the size of the data set, which is 10, got"):
        random_split(range(10), lengths)


@pytest.mark.parametrize("dataset", [zip([1.0], [2.0], strict=True), iter([1.0]), {1.0}, 3])
def test_a_loader_refuses_at_once_what_has_no_length_or_no_indices(dataset):
    with pytest.raises(TypeError, match=f"a length and give its samples by index.*, got {type(dataset).__name__}"):
        nn.data.DataLoader(dataset)


@pytest.mark.parametrize("seed", [0.5, "a", [1], True])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(
        TypeError, match=f"a seed must be a whole number or a random.Random, got {re.escape(repr(seed))}"
    ):
        random_split(range(4), [2, 2], generator=seed)


def test_samples_that_are_dictionaries_become_a_dictionary_of_lists():
    samples = [{"x": [1.0, 2.0], "y": 0}, {"x": [3.0, 4.0], "y": 1}, {"x": [5.0, 6.0], "y": 0}]
    first, last = nn.data.DataLoader(samples, batch_size=2)
    assert first == {"x": [[1.0, 2.0], [3.0, 4.0]], "y": [0, 1]}
    assert last == {"x": [[5.0, 6.0]], "y": [0]}


def test_a_sampler_by_position_and_no_word_on_shuffling_are_as_in_pytorch():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    sampler = [3, 1, 2]
    theirs = torch.utils.data.DataLoader(range(5), 2, None, sampler, collate_fn=list)
    assert list(nn.data.DataLoader(range(5), 2, None, sampler)) == list(theirs) == [[3, 1], [2]]
    assert nn.data.default_collate(batch=[(1, 2), (3, 4)]) == ([1, 3], [2, 4])


def test_a_table_with_labels_is_split_by_position():
    """As pandas has it: `iloc` counts rows, whatever labels they have, by which the table itself is asked."""

    class Rows(list):
        def __getitem__(self, places):
            return [list.__getitem__(self, place) for place in places]

    class Table:
        iloc, ndim = Rows("abcd"), 2

        def __len__(self):
            return 4

    expected = train_test_split(["a", "b", "c", "d"], random_state=0)
    assert train_test_split(Table(), random_state=0) == expected
