"""Feed data to a model in batches, and split it: PyTorch's `DataLoader`, scikit-learn's `train_test_split`.

    >>> X, y = [[0.0], [1.0], [2.0], [3.0], [4.0]], [0, 1, 0, 1, 0]
    >>> for inputs, targets in DataLoader(TensorDataset(X, y), batch_size=2):
    ...     print(inputs, targets)
    [[0.0], [1.0]] [0, 1]
    [[2.0], [3.0]] [0, 1]
    [[4.0]] [0]

Wherever something is random, `generator` (or scikit-learn's `random_state`) makes it repeatable: an integer seed,
or a `random.Random`. Without one the `random` module itself is used, which ``random.seed`` controls.
"""

from __future__ import annotations

import math
import random
import warnings
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import accumulate
from numbers import Real
from typing import Any

from autograd.core.number import as_integer, whole_number
from nn.datasets import load_iris, make_moons
from nn.nested import as_sequence
from nn.preprocessing import StandardScaler
from nn.seeding import generator_of

__all__ = [
    "ConcatDataset",
    "DataLoader",
    "Dataset",
    "StandardScaler",
    "Subset",
    "TensorDataset",
    "load_iris",
    "make_moons",
    "random_split",
    "train_test_split",
]


class Dataset:
    """The base class of data sets: anything that has a length and gives its samples by index."""

    def __getitem__(self, index: int) -> Any:
        """One sample, usually a pair ``(input, target)``: what a subclass must write."""
        raise NotImplementedError(f"{type(self).__name__} must define __getitem__(self, index)")

    def __len__(self) -> int:
        raise NotImplementedError(f"{type(self).__name__} must define __len__(self)")

    def __iter__(self) -> Iterator[Any]:
        return (self[index] for index in range(len(self)))


class TensorDataset(Dataset):
    """Sequences of one length, side by side: sample i is a tuple of the i-th element of each.

    Args:
        tensors: lists, tuples or arrays; usually the inputs and the targets.

    Raises:
        ValueError: if their lengths differ.

    >>> TensorDataset([[0.0, 1.0], [2.0, 3.0]], [0, 1])[1]
    ([2.0, 3.0], 1)
    """

    def __init__(self, *tensors: Any) -> None:
        self.tensors = [as_sequence(tensor) for tensor in tensors]
        lengths = [len(tensor) for tensor in self.tensors]
        if len(set(lengths)) != 1:
            raise ValueError(f"TensorDataset takes sequences of one length, got lengths {lengths}")

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return len(self.tensors[0])


class Subset(Dataset):
    """Some samples of a data set.

    >>> list(Subset(TensorDataset([10, 20, 30]), [2, 0]))
    [(30,), (10,)]
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: int) -> Any:
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


class ConcatDataset(Dataset):
    """Data sets one after the other, as one.

    Args:
        datasets: the data sets, at least one.

    Raises:
        ValueError: if there are none.

    >>> both = ConcatDataset([TensorDataset([10, 20]), TensorDataset([30])])
    >>> len(both), both[2], both[-3]
    (3, (30,), (10,))
    """

    def __init__(self, datasets: Iterable[Any]) -> None:
        self.datasets = list(datasets)
        if not self.datasets:
            raise ValueError("ConcatDataset takes at least one data set, got an empty list")
        self.cumulative_sizes = list(accumulate(map(len, self.datasets)))

    def __getitem__(self, index: int) -> Any:
        if not -len(self) <= index < len(self):
            raise IndexError(f"this ConcatDataset has {len(self)} samples, got index {index}")
        index %= len(self)
        which = bisect_right(self.cumulative_sizes, index)
        return self.datasets[which][index - (self.cumulative_sizes[which - 1] if which else 0)]

    def __len__(self) -> int:
        return self.cumulative_sizes[-1]


class DataLoader:
    """A data set in batches: each pass over the loader is one epoch.

    Args:
        dataset: a `Dataset`, or anything else with a length and samples by index.
        batch_size: the number of samples in a batch.
        shuffle: whether each epoch takes the samples in a new random order; None is False.
        sampler: the indices of the samples of an epoch, in order, with a length; instead of `shuffle`. Each epoch
            iterates over it again.
        drop_last: whether a last batch with fewer samples is left out.
        collate_fn: makes a batch from a list of samples. By default tuples become a tuple of lists,
            ``(inputs, targets)``, and dictionaries a dictionary of lists. Other samples become a list; a sample that
            is itself a list counts as a vector.
        generator: a seed or a `random.Random` for the shuffling.

    Raises:
        ValueError: if the batch size is not at least 1, or there is a sampler and ``shuffle=True``.
        TypeError: if the data set has no length or no samples by index.

    >>> loader = DataLoader(range(10), batch_size=4, shuffle=True, generator=0)
    >>> len(loader), [len(batch) for batch in loader]
    (3, [4, 4, 2])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool | None = None,
        sampler: Any = None,
        *,
        drop_last: bool = False,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        generator: random.Random | int | None = None,
    ) -> None:
        batch_size = whole_number("batch_size", batch_size)
        if not hasattr(dataset, "__len__") or not hasattr(dataset, "__getitem__"):
            raise TypeError(
                "a data set must have a length and give its samples by index, as a list does, got "
                f"{type(dataset).__name__}; pass list(...) of it"
            )
        if sampler is not None and shuffle:
            raise ValueError("a sampler sets the order, so it excludes shuffle=True; pass one of them")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = bool(shuffle)
        self.sampler = sampler
        self.drop_last = drop_last
        self.collate_fn = collate_fn or default_collate
        self.generator = generator_of(generator)

    def __iter__(self) -> Iterator[Any]:
        order = list(range(len(self.dataset)) if self.sampler is None else self.sampler)
        if self.shuffle:
            self.generator.shuffle(order)
        for start in range(0, len(self) * self.batch_size, self.batch_size):
            yield self.collate_fn([self.dataset[index] for index in order[start : start + self.batch_size]])

    def __len__(self) -> int:
        """The number of batches."""
        whole, rest = divmod(len(self.dataset if self.sampler is None else self.sampler), self.batch_size)
        return whole + (rest > 0 and not self.drop_last)


def default_collate(batch: list[Any]) -> Any:
    """A batch of samples: the default `collate_fn` of `DataLoader`.

    >>> default_collate([([1.0], 0), ([2.0], 1)]), default_collate([[1.0], [2.0]])
    (([[1.0], [2.0]], [0, 1]), [[1.0], [2.0]])
    """
    if isinstance(batch[0], tuple):
        return tuple(map(list, zip(*batch, strict=True)))
    if isinstance(batch[0], dict):
        return {name: [sample[name] for sample in batch] for name in batch[0]}
    return batch


# ---------------------------------------------------------------------- splits


def random_split(dataset: Any, lengths: Sequence[float], generator: random.Random | int | None = None) -> list[Subset]:
    """Split a data set at random into parts that do not overlap.

    Args:
        dataset: the data set.
        lengths: the sizes of the parts, which sum to the size of the data set; or fractions, which sum to 1. Sizes
            from fractions are rounded down, and the samples left over go to the parts in turn.
        generator: a seed or a `random.Random`.

    Raises:
        ValueError: if the lengths do not add up.

    Warns:
        UserWarning: for a part that fractions leave empty.

    >>> [len(part) for part in random_split(range(11), [0.8, 0.2], generator=0)]
    [9, 2]
    """
    size = len(dataset)
    if math.isclose(math.fsum(lengths), 1) and min(lengths) >= 0:
        counts = [math.floor(size * fraction) for fraction in lengths]
        for place in range(size - sum(counts)):
            counts[place % len(counts)] += 1
        for place, count in enumerate(counts):
            if not count:
                warnings.warn(f"part {place} of {size} samples split by {list(lengths)} is empty", stacklevel=2)
    else:
        counts = [int(length) for length in lengths]
        whole = all(count == length >= 0 for count, length in zip(counts, lengths, strict=True))
        if sum(counts) != size or not whole:
            raise ValueError(
                f"lengths must sum to 1 or to the size of the data set, which is {size}, got {list(lengths)}"
            )
    order = list(range(size))
    generator_of(generator).shuffle(order)
    ends = [sum(counts[: place + 1]) for place in range(len(counts))]
    return [Subset(dataset, order[end - count : end]) for end, count in zip(ends, counts, strict=True)]


def train_test_split(
    *arrays: Any,
    test_size: float | None = None,
    train_size: float | None = None,
    random_state: random.Random | int | None = None,
    shuffle: bool = True,
    stratify: Any = None,
) -> list[Any]:
    """Split sequences of one length at random into a part to train on and a part to test on.

    Args:
        arrays: the sequences, usually inputs and targets; an array stays an array.
        test_size: the size of the test part: a whole number, or a fraction, rounded up. A quarter by default.
        train_size: the size of the training part: a whole number, or a fraction, rounded down. By default the rest.
        random_state: a seed or a `random.Random`.
        shuffle: whether to shuffle first; if not, the test part comes from the end.
        stratify: a class for each sample; each part then has the classes in the proportions of the whole, rounded so
            that the largest remainders are rounded up.

    Returns:
        For each sequence its training part and its test part, in one list.

    Raises:
        ValueError: if lengths differ, a part would be empty, or a class of `stratify` has one sample alone.

    Warns:
        UserWarning: if a part has no sample of a class of `stratify`, because it or the class is too small.

    >>> X_train, X_test, y_train, y_test = train_test_split([[1], [2], [3], [4]], list("abab"), random_state=1)
    >>> len(X_train), len(y_test)
    (3, 1)
    """
    lengths = [len(array) for array in arrays]
    if len(set(lengths)) != 1 or (stratify is not None and len(stratify) != lengths[0]):
        lengths += [] if stratify is None else [len(stratify)]
        raise ValueError(f"train_test_split takes sequences of one length, got lengths {lengths}")
    if stratify is not None and not shuffle:
        raise ValueError("stratify needs shuffle=True, got shuffle=False")
    train, test = _split_sizes(lengths[0], train_size, test_size)
    generator = generator_of(random_state)
    order = list(range(lengths[0]))
    if shuffle:
        generator.shuffle(order)
        if stratify is not None:
            classes = as_sequence(stratify)
            order = _stratified(order, classes, test, train)
            for part, name in ((order[:test], "test"), (order[test:], "train")):
                if missing := _missing(part, classes):
                    warnings.warn(
                        f"none of the {len(part)} samples to {name} on is of the class {', '.join(missing)}; pass more "
                        "samples of it or a larger part",
                        stacklevel=2,
                    )
        order = order[test : test + train] + order[:test]
        parts = (order[:train], order[train:])
    else:
        parts = (order[:train], order[train : train + test])
    return [_taken(array, part) for array in arrays for part in parts]


def _split_sizes(size: int, train_size: float | None, test_size: float | None) -> tuple[int, int]:
    if test_size is None:
        test_size = 0.25 if train_size is None else size - _count(train_size, size, math.floor)
    test = _count(test_size, size, math.ceil)
    train = size - test if train_size is None else _count(train_size, size, math.floor)
    # Rounding may hide that two fractions are more than everything.
    fractions = [part for part in (train_size, test_size) if part is not None and part < 1]
    if not (test > 0 and train > 0 and test + train <= size and math.fsum(fractions) <= 1):
        raise ValueError(
            f"{size} samples cannot be split into {train} to train on and {test} to test on; change test_size="
            f"{test_size} or train_size={train_size} so that neither part is empty"
        )
    return train, test


def _count(part: float, size: int, rounding: Callable[[float], int]) -> int:
    whole = as_integer(part)
    if whole is None and not (isinstance(part, Real) and 0 < part < 1):
        raise ValueError(
            f"a part of {size} samples must be a whole number, or a fraction greater than 0 and less than 1, got "
            f"{part!r}"
        )
    return rounding(part * size) if whole is None else whole


def _stratified(order: list[int], classes: Sequence[Hashable], test: int, train: int) -> list[int]:
    """The first `test` indices of a stratified order, then `train` more; each part has the classes in proportion."""
    members: dict[Hashable, list[int]] = {}
    for index in order:
        members.setdefault(classes[index], []).append(index)
    rare = [name for name, indices in members.items() if len(indices) < 2]
    if rare:
        raise ValueError(f"stratify needs at least 2 samples of each class, got one of {rare[0]!r}")
    place = {index: position for position, index in enumerate(order)}
    chosen: list[int] = []
    for count in (test, train):
        whole = sum(map(len, members.values()))
        # Whole numbers, because the remainders decide: rounding would make some of equal ones larger than others.
        shares = {name: divmod(count * len(indices), whole) for name, indices in members.items()}
        counts = {name: share for name, (share, _) in shares.items()}
        # The largest remainders get the places that rounding down left over, at ties the first in the shuffled order.
        by_remainder = sorted(shares, key=lambda name: -shares[name][1])
        for name in by_remainder[: count - sum(counts.values())]:
            counts[name] += 1
        part = [index for name, indices in members.items() for index in indices[: counts[name]]]
        chosen += sorted(part, key=place.__getitem__)
        members = {name: indices[counts[name] :] for name, indices in members.items()}
    return chosen


def _missing(part: Sequence[int], classes: Sequence[Hashable]) -> list[str]:
    """The classes of which a part has no sample."""
    present = {classes[index] for index in part}
    return [repr(name) for name in dict.fromkeys(classes) if name not in present]


def _taken(array: Any, indices: list[int]) -> Any:
    if hasattr(array, "iloc"):  # a pandas table
        return array.iloc[indices]
    if hasattr(array, "ndim"):
        return array[indices]
    return [array[index] for index in indices]
