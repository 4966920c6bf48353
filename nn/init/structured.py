"""Initialize matrices with structure: identity, orthogonal, sparse."""

from __future__ import annotations

import math

from autograd import Value
from autograd.core.atomic import set_all
from nn.init.checks import Generator, Nested, check_std, fans, rows_of
from nn.nested import as_sequence, flat
from nn.seeding import generator_of


def eye_(tensor: Nested) -> Nested:
    """Make a matrix the identity: 1 on the diagonal and 0 elsewhere, so that a layer passes its inputs on.

    >>> from nn.nested import as_numbers
    >>> as_numbers(eye_([[Value(0.5) for _ in range(3)] for _ in range(2)]))
    [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]
    """
    rows = rows_of("eye_", tensor)
    set_all(flat(rows), "_data", [float(i == j) for i, row in enumerate(rows) for j in range(len(row))])
    return tensor


def orthogonal_(tensor: Nested, gain: float = 1, generator: Generator = None) -> Nested:
    """Draw an orthogonal matrix, all of them with equal probability, and multiply it by `gain`.

    Rows are orthogonal and of length `gain` if there are no more rows than columns, otherwise columns are. The vectors
    are normal draws, orthogonalized by the method of Gram and Schmidt.

    Args:
        tensor: a matrix of Values; of further dimensions all but the first count as columns.
        gain: a factor; see `calculate_gain`.
        generator: a seed or a `random.Random`.

    Source: Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", ICLR 2014.

    >>> (a, b), (c, d) = orthogonal_([[Value(0.0), Value(0.0)], [Value(0.0), Value(0.0)]])
    >>> round(a.data * c.data + b.data * d.data, 12) == 0, round(a.data**2 + b.data**2, 12)
    (True, 1.0)
    """
    fans("orthogonal_", tensor)
    rows: list[list[Value]] = [flat(row) for row in as_sequence(tensor)]
    vectors = rows if len(rows) <= len(rows[0]) else [list(column) for column in zip(*rows, strict=True)]
    draw = generator_of(generator).gauss
    basis: list[list[float]] = []
    for vector in vectors:
        direction = [draw(0.0, 1.0) for _ in vector]
        # Twice, since rounding leaves some overlap the first time.
        for other in basis * 2:
            overlap = math.fsum(x * y for x, y in zip(direction, other, strict=True))
            direction = [x - overlap * y for x, y in zip(direction, other, strict=True)]
        length = math.hypot(*direction)
        basis.append([x / length for x in direction])
    set_all(flat(vectors), "_data", [float(gain * x) for vector in basis for x in vector])
    return tensor


def sparse_(tensor: Nested, sparsity: float, std: float = 0.01, generator: Generator = None) -> Nested:
    """Draw a matrix from N(0, std²), then set a part of each column to 0, so that each input reaches few outputs.

    Args:
        tensor: a matrix of Values.
        sparsity: the part of each column that becomes 0, from 0 to 1, rounded up to a whole number of elements.
        std: the standard deviation of the others.
        generator: a seed or a `random.Random`.

    Source: Martens, "Deep learning via Hessian-free optimization", ICML 2010, section 5.

    >>> weight = sparse_([[Value(1.0)] for _ in range(10)], sparsity=0.75)
    >>> sum(row[0].data == 0 for row in weight)
    8
    """
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparse_ needs sparsity to be from 0 to 1, got {sparsity}")
    rows = rows_of("sparse_", tensor)
    check_std("sparse_", std)
    rng = generator_of(generator)
    numbers = [[rng.gauss(0.0, std) for _ in row] for row in rows]
    for column in range(len(rows[0])):
        for row in rng.sample(numbers, math.ceil(sparsity * len(rows))):
            row[column] = 0.0
    set_all(flat(rows), "_data", flat(numbers))
    return tensor
