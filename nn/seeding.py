"""Seeds: what `generator` and `random_state` may be, wherever something is random."""

from __future__ import annotations

import random
from typing import cast

from autograd.core.number import whole_number


def generator_of(seed: random.Random | int | None) -> random.Random:
    """A random generator from a seed; itself for a generator; the one of the `random` module for None.

    Raises:
        TypeError: for anything else, such as a generator of NumPy or PyTorch.
    """
    if seed is None:
        return cast(random.Random, random)  # the module has a generator's methods
    seed = checked_seed(seed)
    return seed if isinstance(seed, random.Random) else random.Random(seed)


def checked_seed(seed: random.Random | int | None) -> random.Random | int | None:
    """What may be a seed, with whole numbers of any kind as an int, as `random` takes none of NumPy.

    Raises:
        TypeError: for anything else.
    """
    if seed is None or isinstance(seed, random.Random):
        return seed
    return whole_number("a seed", seed, None, more=" or a random.Random", kind=TypeError)
