"""`Loss`: the base class of losses, how far outputs are from targets as one number to make small."""

from __future__ import annotations

from typing import Any, ClassVar

from nn.modules.module import FunctionModule
from nn.modules.reduction import check_reduction
from nn.registry import declared


class Loss(FunctionModule):
    """A loss that is reduced to one number, or not.

    A subclass declares its options, `reduction` among them, and says what it `compares`:

    - ``"numbers"``: outputs with targets that they should be near;
    - ``"probabilities"``, ``"logits"``: of yes, with targets from 0 to 1; ``"signs"``: scores with targets of -1 and 1;
    - ``"classes"``, ``"log-probabilities"``: scores of classes with the index of the right one;
    - ``"distributions"``: logarithms of probabilities with probabilities;
    - ``"distances"``: of two things with -1 and 1;
    - ``""``: something else.

    The metric accuracy and the tests go by it.
    """

    _is_base = True
    compares: ClassVar[str] = ""
    reductions: ClassVar[tuple[str, ...]] = ("mean", "sum", "none")

    def __init_subclass__(cls, compares: str | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if compares is not None:
            cls.compares = compares

    def __post_init__(self) -> None:
        super().__post_init__()
        check_reduction(self.options().get("reduction", "mean"), *self.reductions[3:])

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


def compared_by(criterion: Any) -> str:
    """What a criterion `compares`, of the module of a loss or of its function; of others nothing is known.

    >>> from nn import HuberLoss, functional
    >>> compared_by(HuberLoss()), compared_by(functional.binary_cross_entropy), compared_by(max)
    ('numbers', 'probabilities', '')
    """
    if isinstance(criterion, Loss):
        return criterion.compares
    return next((kind.compares for kind in declared(Loss).values() if kind.function is criterion), "")
