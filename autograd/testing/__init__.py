"""Test operations of your own: one call that checks a whole row of the table, and hypothesis strategies.

    >>> from autograd import Op
    >>> from autograd.testing import check_op, graphs
    >>> report = check_op(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    >>> check_op(Op("twice", lambda x: 2 * x, [lambda out, x: 3.0], domain=[(-2, 2)]))
    Traceback (most recent call last):
        ...
    autograd.testing.checks.OpError: twice at (x=0.0): the derivative with respect to x is 3.0 by its rule but 2 by
    finite differences

For code that takes Values there are random numbers, points and whole graphs to test it on:

    >>> from hypothesis import given
    >>> @given(graphs())
    ... def test_backward_twice_doubles(graph):
    ...     graph.root.backward()
    ...     once = [leaf.grad for leaf in graph.leaves]
    ...     graph.root.backward()
    ...     assert [leaf.grad for leaf in graph.leaves] == [2 * grad for grad in once]
    >>> test_backward_twice_doubles()

This module needs hypothesis (``pip install hypothesis``); nothing else here does.
"""

from __future__ import annotations

try:
    from autograd.testing.checks import (
        OpError,
        check_compiled,
        check_first_derivatives,
        check_op,
        check_second_derivatives,
    )
    from autograd.testing.derivatives import complex_step, gradient
    from autograd.testing.functions import check_grads
    from autograd.testing.programs import Graph, Program, expressions, graphs
    from autograd.testing.registering import registered
    from autograd.testing.strategies import (
        SPECIAL,
        extreme_points,
        is_ordinary,
        kinks_of,
        points,
        trees,
        values,
        vectors,
    )
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ModuleNotFoundError(
        "autograd.testing draws its examples with hypothesis, which is not installed: pip install hypothesis",
        name="hypothesis",
    ) from None

__all__ = [
    "SPECIAL",
    "Graph",
    "OpError",
    "Program",
    "check_compiled",
    "check_first_derivatives",
    "check_grads",
    "check_op",
    "check_second_derivatives",
    "complex_step",
    "expressions",
    "extreme_points",
    "gradient",
    "graphs",
    "is_ordinary",
    "kinks_of",
    "points",
    "registered",
    "trees",
    "values",
    "vectors",
]
