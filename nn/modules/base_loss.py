"""`Loss`: the base class for losses of your own; `as_loss` and `compared_by` find out what a criterion is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from nn.modules.module import FunctionModule
from nn.modules.reduction import check_reduction
from nn.nested import flat
from nn.registry import declared, option_names

if TYPE_CHECKING:
    from autograd import Value


class Loss(FunctionModule):
    """The base class of losses.

    A subclass declares its options, `reduction` among them, and what it `compares`:

    - ``"numbers"``: outputs with targets that they should be near;
    - ``"probabilities"``, ``"logits"``: of yes, with targets from 0 to 1; ``"signs"``: scores with targets of -1 and 1;
    - ``"classes"``, ``"log-probabilities"``: scores of classes with the index of the right one;
    - ``"distributions"``: logarithms of probabilities with probabilities;
    - ``"distances"``: of two things with -1 and 1;
    - ``""``: something else.

    The metric accuracy cuts single outputs according to `compares`, and the tests choose their inputs by it.
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

    if TYPE_CHECKING:

        def __call__(self, *inputs: Any, **named: Any) -> Value:
            """Of outputs of a model one Value; for ``reduction="none"`` there are the functions of nn.functional."""

    def divisor(self, target: Any) -> float:
        """What the mean over a batch with these targets divides by, so that means of several batches can be combined.

        It is the number of elements of the target; a loss that leaves out or weighs rows has its own.

        >>> from nn import CrossEntropyLoss, MSELoss
        >>> MSELoss().divisor([[1.0, 2.0], [3.0, 4.0]]), CrossEntropyLoss(ignore_index=0).divisor([0, 2, 1])
        (4, 2.0)
        """
        return len(flat(target))

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


def as_loss(criterion: Any) -> Loss | None:
    """The loss that a criterion is: given as module, as function, or as a `partial` of the function with options.

    >>> from functools import partial
    >>> from nn import HuberLoss, functional
    >>> as_loss(HuberLoss()), as_loss(functional.mse_loss), as_loss(max)
    (HuberLoss(), MSELoss(), None)
    >>> as_loss(partial(functional.cross_entropy, ignore_index=0)).ignore_index
    0
    """
    if isinstance(criterion, Loss):
        return criterion
    options: dict[str, Any] = {}
    if isinstance(criterion, partial) and not criterion.args:
        criterion, options = criterion.func, criterion.keywords
    kind = next((kind for kind in declared(Loss).values() if kind.function is criterion), None)
    # A partial may have set an argument that is no option, as the variances of `gaussian_nll_loss`.
    if kind is None or not set(options) <= set(option_names(kind)):
        return None
    return kind(**options)


def compared_by(criterion: Any) -> str:
    """What a criterion `compares`: that of a loss, given as module or as function; empty for any other criterion.

    >>> from nn import HuberLoss, functional
    >>> compared_by(HuberLoss()), compared_by(functional.binary_cross_entropy), compared_by(max)
    ('numbers', 'probabilities', '')
    """
    loss = as_loss(criterion)
    return "" if loss is None else loss.compares
