"""Nested lists, tuples and dictionaries: taken apart and put together."""

from __future__ import annotations

from hypothesis import given, strategies as st

from autograd.transforms.pytrees import aligned, leaves, rebuild

trees = st.recursive(
    st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.text(max_size=2), inner),
    max_leaves=8,
)


@given(trees)
def test_a_tree_is_rebuilt_from_its_leaves(tree):
    assert rebuild(tree, leaves(tree)) == tree
    assert aligned(tree, tree, "a", "b") == leaves(tree)


def test_dicts_are_matched_by_key_not_by_order():
    assert aligned({"a": 1.0, "b": 2.0}, {"b": 20.0, "a": 10.0}, "a", "b") == [10.0, 20.0]
