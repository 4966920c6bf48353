"""Makes a `random.Random` of every form that the arguments `generator` and `random_state` may have."""

from __future__ import annotations

import random
from typing import cast

from autograd.core.number import whole_number


def generator_of(seed: random.Random | int | None) -> random.Random:
    """A random generator from a seed; a generator is returned as it is; None stands for the `random` module.

    Raises:
        TypeError: for anything else, such as a generator of NumPy or PyTorch.
    """
    if seed is None:
        return cast(random.Random, random)  # the module has a generator's methods
    seed = checked_seed(seed)
    return seed if isinstance(seed, random.Random) else random.Random(seed)


def checked_seed(seed: random.Random | int | None) -> random.Random | int | None:
    """The seed itself, a whole number of any kind as an int: `random.Random` does not take NumPy's.

    Raises:
        TypeError: for anything else.
    """
    if seed is None or isinstance(seed, random.Random):
        return seed
    return whole_number("a seed", seed, None, more=" or a random.Random", kind=TypeError)
