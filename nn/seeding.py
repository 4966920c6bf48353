"""Seeds: what `generator` and `random_state` may be, wherever something is random."""

from __future__ import annotations

import operator
import random
from typing import cast


def generator_of(seed: random.Random | int | None) -> random.Random:
    """A random generator from a seed; itself for a generator; the one of the `random` module for None.

    Raises:
        TypeError: for anything else, such as a generator of NumPy or PyTorch.
    """
    if seed is None:
        return cast(random.Random, random)  # the module has a generator's methods
    if isinstance(seed, random.Random):
        return seed
    if not hasattr(seed, "__index__"):
        raise TypeError(f"a seed must be a whole number or a random.Random, got {type(seed).__name__}")
    return random.Random(operator.index(seed))
