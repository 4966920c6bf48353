"""Dropout: what is kept, what it is multiplied by, and when nothing happens."""

from __future__ import annotations

import random

import pytest

import nn
from autograd import Value
from nn import functional as F  # noqa: N812


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
def test_the_mean_stays_and_the_rate_is_p(p):
    random.seed(1)
    out = F.dropout([1.0] * 20_000, p)
    assert set(out) == {0.0, 1 / (1 - p)}
    dropped = out.count(0.0) / len(out)
    # Four standard deviations of a binomial share, and of the mean.
    deviation = (p * (1 - p) / len(out)) ** 0.5
    assert abs(dropped - p) < 4 * deviation
    assert abs(sum(out) / len(out) - 1) < 4 * deviation / (1 - p)


def test_elements_are_dropped_independently():
    random.seed(2)
    pairs = [tuple(row) for row in F.dropout([[1.0, 1.0]] * 8000)]
    assert all(abs(pairs.count(pair) / 8000 - 0.25) < 0.02 for pair in [(0.0, 0.0), (0.0, 2.0), (2.0, 0.0), (2.0, 2.0)])


def test_every_sample_and_every_call_has_a_mask_of_its_own():
    random.seed(3)
    layer, batch = nn.Dropout(), [[1.0] * 20] * 10
    first, second = layer(batch), layer(batch)
    assert len({tuple(row) for row in first + second}) == 20


def test_a_seed_repeats_the_masks():
    random.seed(4)
    first = F.dropout([1.0] * 30)
    random.seed(4)
    assert F.dropout([1.0] * 30) == first


def test_gradients_pass_where_values_do():
    random.seed(5)
    x = [Value(3.0) for _ in range(20)]
    out = nn.Dropout(0.75)(x)
    sum(out).backward()
    assert {(v.data, w.grad) for v, w in zip(out, x, strict=True)} == {(0.0, 0.0), (12.0, 4.0)}


def test_evaluation_is_the_identity_and_draws_nothing():
    random.seed(6)
    model = nn.Sequential(nn.Dropout(0.9), nn.Dropout(1.0))
    x = [Value(1.0), Value(2.0)]
    state = random.getstate()
    assert model.eval()(x) is x
    assert F.dropout(x, training=False) is x
    assert F.dropout(x, p=0.0) is x
    assert random.getstate() == state
    assert [v.data for v in model.train()(x)] == [0.0, 0.0]


@pytest.mark.parametrize("p", [-0.1, 1.1, float("nan"), "0.5", None])
def test_what_is_not_a_probability_is_refused(p):
    for call in (lambda: nn.Dropout(p), lambda: F.dropout([1.0], p), lambda: F.dropout([1.0], p, training=False)):
        with pytest.raises(ValueError, match=f"a probability from 0 to 1, got p={p!r}"):
            call()


def test_the_repr_tells_the_probability():
    assert repr(nn.Dropout(0.3)) == "Dropout(p=0.3)"


def test_defaults_are_pytorchs():
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    assert nn.Dropout().p == torch.nn.Dropout().p
    out = torch.nn.functional.dropout(torch.ones(100), 0.2)
    random.seed(7)
    assert sorted(set(F.dropout([1.0] * 100, 0.2))) == pytest.approx(sorted(set(out.tolist())), rel=1e-6)
