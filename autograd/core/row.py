"""Define an operation as an `Op`, one row of the table, and `register` it; `ops.py` has the built-in rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from math import nan
from types import FunctionType

from autograd.core.elementary import IEEEFloat, inf
from autograd.core.number import as_float, whole_number

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

    Rule = Callable[..., Any]
    Interval = tuple[float, float]


_TAKES_MORE = 0x04  # CO_VARARGS of the module inspect, which takes 10 ms to import


class Op:
    """One row of the table.

    Args:
        name: the operation's name; PyTorch's where PyTorch has the operation.
        forward: the value, from the arguments.
        partials: for each argument its partial derivative, from the value and the arguments.
        domain: for each argument the interval of ordinary points, from which tests and plots draw.
        kinks: zero exactly where the value exists but its first or second derivative jumps or does not exist
            (``lambda x: x`` for ``abs`` and ``sqrt``), and where a quotient jumps from one infinity to the other
            (``lambda x, y: y`` for ``div``); a list of such numbers for several kinds of kinks; None where there is no
            such point.
        analytic: whether the forward rule also holds for complex arguments, so that tests can take the complex step.
        symbol: how the operation is written between (or before) its arguments; without one it is written as a
            function, ``name(x, y)``.
        precedence: how tightly the symbol binds; a higher number binds tighter.
        defaults: values for the last arguments where a call leaves them out.
        vectors: how many of the arguments, the first ones, are sequences of numbers of equal length.
    """

    __slots__ = (
        "analytic",
        "defaults",
        "domain",
        "forward",
        "kinks",
        "name",
        "partials",
        "precedence",
        "symbol",
        "vectors",
    )

    def __init__(
        self,
        name: str,
        forward: Rule,
        partials: Sequence[Rule],
        *,
        domain: Sequence[Interval],
        kinks: Rule | None = None,
        analytic: bool = True,
        symbol: str = "",
        precedence: int = 0,
        defaults: Sequence[float] = (),
        vectors: int = 0,
    ) -> None:
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name) or name.startswith("_"):
            raise ValueError(f"an operation's name must be a plain identifier, such as 'cube', got {name!r}")
        if not isinstance(partials, Sequence) or not all(map(callable, partials)):
            raise TypeError(
                f"operation {name!r} needs a list of partial derivatives, one function for each argument, such as "
                f"[lambda out, x: 2 * x], got {partials!r}"
            )
        if not callable(forward):
            raise TypeError(
                f"operation {name!r} needs a function as its forward rule, such as lambda x: x * x, got {forward!r}"
            )
        if kinks is not None and not callable(kinks):
            raise TypeError(
                f"kinks of operation {name!r} must be a function that is zero at kinks, such as lambda x: x, or None, "
                f"got {kinks!r}"
            )
        if not partials:
            raise ValueError(
                f"operation {name!r} needs a partial derivative for each argument, and at least one argument, got none"
            )
        _check_parameters(name, forward, partials, kinks)
        _check_domain(name, domain, len(partials))
        vectors = whole_number(
            f"vectors of operation {name!r}", vectors, 0, len(partials), ", the number of its arguments"
        )
        _check_defaults(name, defaults, len(partials) - vectors)
        if not isinstance(analytic, bool):
            raise TypeError(f"analytic of operation {name!r} must be True or False, got {analytic!r}")
        _check_symbol(name, symbol, len(partials))
        self.name = name
        self.forward = forward
        self.partials = tuple(partials)
        self.domain = tuple(domain)
        self.kinks = kinks
        self.analytic = analytic
        self.symbol = symbol
        self.precedence = whole_number(
            f"precedence of operation {name!r}", precedence, None, more=", as 2 for *", kind=TypeError
        )
        self.vectors = vectors
        self.defaults = tuple(defaults)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the arguments.

        >>> TABLE["clamp"].parameters
        ('input', 'min', 'max')
        """
        code = getattr(self.forward, "__code__", None)
        return code.co_varnames[: code.co_argcount] if code else ()

    def completed(self, arguments: Sequence[Any], named: Mapping[str, Any] | None = None) -> tuple[Any, ...]:
        """The arguments of a call in order: those given by position, by name, and defaults for the rest.

        >>> TABLE["clamp"].completed([5.0], {"max": 1.0})
        (5.0, -inf, 1.0)

        Raises:
            TypeError: for too many or too few, or an unknown name.
        """
        if len(arguments) == self.arity and not named:
            return tuple(arguments)
        required = self.arity - len(self.defaults)
        values = dict(zip(self.parameters[required:], self.defaults, strict=False))
        values.update(zip(self.parameters, arguments, strict=False))
        for name, value in (named or {}).items():
            if name not in self.parameters:
                raise TypeError(f"{self.name} has no argument {name!r}; it takes {', '.join(self.parameters)}")
            if name in self.parameters[: len(arguments)]:
                raise TypeError(f"{self.name} got the argument {name!r} twice")
            values[name] = value
        if len(arguments) > self.arity or len(values) < self.arity:
            least = f"{required} to " if self.defaults else ""
            given = len(arguments) + len(named or {})
            raise TypeError(f"{self.name} takes {least}{self.arity} argument{'s' * (self.arity > 1)}, got {given}")
        return tuple(values[name] for name in self.parameters)

    @property
    def arity(self) -> int:
        """The number of arguments."""
        return len(self.partials)

    def flat(self, arguments: Sequence[Any]) -> list[Any]:
        """Arguments as one list of operands: vectors laid end to end, then the scalars.

        >>> TABLE["affine"].flat(([1.0, 2.0], [3.0, 4.0], 5.0))
        [1.0, 2.0, 3.0, 4.0, 5.0]
        """
        return [operand for vector in arguments[: self.vectors] for operand in vector] + [*arguments[self.vectors :]]

    def grouped(self, operands: Sequence[Any]) -> tuple[Any, ...]:
        """The inverse of `flat`: operands as the arguments that the rules take.

        >>> TABLE["affine"].grouped([1.0, 2.0, 3.0, 4.0, 5.0])
        ([1.0, 2.0], [3.0, 4.0], 5.0)
        """
        if not self.vectors:
            return tuple(operands)
        scalars = self.arity - self.vectors
        length = (len(operands) - scalars) // self.vectors
        starts = range(0, length * self.vectors, length or 1)
        vectors = [list(operands[start : start + length]) for start in starts] or [[] for _ in range(self.vectors)]
        return (*vectors, *operands[len(operands) - scalars :])

    def value(self, *arguments: Any) -> Any:
        """The forward rule on numbers, with IEEE 754 results where Python would raise.

        >>> TABLE["div"].value(1.0, 0.0)
        inf
        """
        return _run(self.forward, arguments)

    def partial(self, index: int, out: Any, *arguments: Any) -> Any:
        """The partial derivative with respect to argument `index` on numbers, with IEEE 754 results as in `value`.

        >>> TABLE["sqrt"].partial(0, 0.0, 0.0)
        inf
        """
        return _run(self.partials[index], (out, *arguments))

    def linearized(self, *arguments: Any) -> tuple[Any, list[Any]]:
        """The value and all partial derivatives at once.

        >>> TABLE["mul"].linearized(2.0, 3.0)
        (6.0, [3.0, 2.0])
        """
        out = self.value(*arguments)
        return out, [_run(rule, (out, *arguments)) for rule in self.partials]

    def is_on_kink(self, operands: Sequence[float]) -> bool:
        """Whether a derivative jumps or does not exist exactly at these operands, given as one flat list.

        >>> TABLE["relu"].is_on_kink([0.0]), TABLE["relu"].is_on_kink([1.0])
        (True, False)
        """
        return self.distance_to_kink(*self.grouped(operands)) == 0

    def distance_to_kink(self, *arguments: Any) -> float:
        """The smallest |number| that `kinks` gives; infinity if there is no kink, nan where `kinks` is not defined.

        >>> TABLE["maximum"].distance_to_kink(1.0, 3.0), TABLE["exp"].distance_to_kink(1.0)
        (2.0, inf)

        Raises:
            TypeError: if `kinks` gives neither a number nor a list of numbers.
        """
        if self.kinks is None:  # smooth
            return inf
        try:
            found = self.kinks(*arguments)
        except (ArithmeticError, ValueError):  # not even defined there
            return nan
        several = isinstance(found, list | tuple)
        try:
            distances = [abs(as_float(distance)) for distance in (found if several else [found])]
        except TypeError:
            distances = []
        if not distances:
            raise TypeError(
                f"kinks of operation {self.name!r} must give a number that is 0 at a kink, or a list of these, got "
                f"{found!r}"
            )
        return min((distance for distance in distances if distance == distance), default=nan)

    def __repr__(self) -> str:
        return f"<Op {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        # Rules are lambdas, which cannot be pickled; a row is known by its name.
        return (find, (self.name,))


def _check_parameters(name: str, forward: Rule, partials: Sequence[Rule], kinks: Rule | None) -> None:
    """Refuse a rule that cannot be called with as many arguments as there are partial derivatives."""
    _check_takes(name, "forward rule", forward, len(partials))
    for number, rule in enumerate(partials, start=1):
        _check_takes(name, number, rule, len(partials) + 1)
    if kinks is not None:
        _check_takes(name, "kinks rule", kinks, len(partials))


def _check_takes(name: str, what: str | int, rule: Rule, wanted: int) -> None:
    if rule.__class__ is not FunctionType or rule.__code__.co_argcount == wanted:
        return  # a callable that does not say, or the usual case
    most = rule.__code__.co_argcount
    least = most - len(rule.__defaults__ or ())
    if least <= wanted <= (inf if rule.__code__.co_flags & _TAKES_MORE else most):
        return
    taken = most if wanted > most else least
    takes = f"takes {taken} argument{'s' * (taken != 1)} but must take {wanted}"
    if isinstance(what, int):
        raise ValueError(f"partial derivative number {what} of {name!r} {takes}, the value and then the arguments")
    partials = f"{wanted} partial derivative{'s' * (wanted > 1)}, one for each argument"
    raise ValueError(f"the {what} of {name!r} {takes}, as the operation has {partials}")


def _check_symbol(name: str, symbol: Any, arity: int) -> None:
    if not isinstance(symbol, str):
        raise TypeError(f"symbol of operation {name!r} must be a string, such as '+', got {symbol!r}")
    if symbol and arity > 2:
        raise ValueError(
            f"operation {name!r} has {arity} arguments, so it is written {name}(...), got the symbol {symbol!r}, which "
            "would stand before one argument or between two; leave symbol out"
        )
    if symbol and (not symbol.isprintable() or symbol.strip() != symbol):
        raise ValueError(
            f"symbol of operation {name!r} must be visible characters without space around them, such as '+', got "
            f"{symbol!r}"
        )


def _check_domain(name: str, domain: Any, arity: int) -> None:
    if not isinstance(domain, Sequence):
        raise TypeError(f"operation {name!r} needs a domain such as [(-3, 3)], one pair per argument, got {domain!r}")
    if len(domain) != arity:
        raise ValueError(
            f"operation {name!r} has {arity} partial derivatives but {len(domain)} domain "
            "intervals; give one of each per argument"
        )
    for interval in domain:
        try:
            low, high = interval
            fits = -inf < low <= high < inf
        except (TypeError, ValueError):  # not two, or not numbers
            fits = False
        if not fits:
            raise ValueError(
                f"the domain of operation {name!r} must be a pair (low, high) of finite numbers, low <= high, for each "
                f"argument, got {interval!r}"
            )


def _check_defaults(name: str, defaults: Any, most: int) -> None:
    if not isinstance(defaults, Sequence) or not all(hasattr(x, "__float__") for x in defaults):
        raise TypeError(f"defaults of operation {name!r} must be numbers, as in [0.01], got {defaults!r}")
    if len(defaults) > most:
        arguments = f"{most} argument{'s' * (most != 1)}"
        raise ValueError(
            f"operation {name!r} has {arguments} that may have a default, so {len(defaults)} defaults are too many"
        )


def _run(rule: Rule, arguments: tuple[Any, ...]) -> Any:
    try:
        result = rule(*arguments)
        if result.__class__ is not complex:  # as (-8) ** 0.5 is in Python
            return result
    except ArithmeticError:  # division by zero or overflow
        pass
    # Python raised, or gave a complex number, which is rare: run the rule again on floats with IEEE 754 arithmetic.
    result = rule(*map(_as_ieee, arguments))
    return list(map(_plain, result)) if isinstance(result, list | tuple) else _plain(result)


def _plain(number: Any) -> Any:
    return float(number) if isinstance(number, IEEEFloat) else number


def _as_ieee(argument: Any) -> Any:
    if isinstance(argument, float | int):
        return IEEEFloat(argument)
    return list(map(_as_ieee, argument)) if isinstance(argument, list | tuple) else argument


TABLE: dict[str, Op] = {}

_built_in: set[str] = set()
_watchers: list[tuple[Callable[[Op], None], Callable[[Op], None]]] = []


def register(op: Op, replace: bool = False) -> Op:
    """Add a row to the table; the operation then exists everywhere a built-in one does.

    A row that was registered under the same name by the same lines of the program is replaced, as when a cell of a
    notebook runs again: if both forward rules are of one module and one function in it, or both outside of any.

    Args:
        op: the row.
        replace: whether it may take the place of any other that was registered under its name. Graphs that were built
            with that keep working.

    >>> cube = register(Op("cube", lambda x: x * x * x, [lambda out, x: 3 * x * x], domain=[(-2, 2)]))
    >>> import autograd
    >>> x = autograd.Value(2.0)
    >>> x.cube().backward()
    >>> x.grad
    12.0
    >>> unregister("cube")

    Raises:
        ValueError: if the name is taken, by another operation or by an attribute of Value; or if a rule does not run.
    """
    if not isinstance(op, Op):
        raise TypeError(f"register takes an Op, got {op!r}; write register(Op(name, forward, partials, domain=...))")
    if not isinstance(replace, bool):
        raise TypeError(f"replace must be True or False, got {replace!r}")
    before = TABLE.get(op.name)
    if op.name in _built_in:
        raise ValueError(f"the operation {op.name!r} is built in and other rules use it; choose another name")
    if before and not replace and _place(before) != _place(op):
        raise ValueError(
            f"there is an operation {op.name!r} already; choose another name, or replace it with register(op, "
            f"replace=True), or take it away with unregister({op.name!r})"
        )
    try_out(op)
    if before:
        _remove(before)
    try:
        _add(op)
    except BaseException:
        if before:
            _add(before)
        raise
    return op


def _place(op: Op) -> Any:
    """Where a row is written: the module and the function around its forward rule.

    Not the file and the line, which are others for each run of a cell in a notebook.
    """
    rule = op.forward
    if hasattr(rule, "__code__"):
        return rule.__module__, rule.__qualname__.rpartition(".")[0]
    return op  # a callable of another kind, such as one of a library, tells nothing


def _add(op: Op) -> None:
    for added, _ in _watchers:
        added(op)
    TABLE[op.name] = op


def _remove(op: Op) -> None:
    for _, removed in _watchers:
        removed(op)
    del TABLE[op.name]


def unregister(name: str) -> None:
    """Remove a row that `register` added. Graphs built with it keep working."""
    if isinstance(name, Op):
        raise TypeError(f"unregister takes the name of an operation, got {name!r}; write unregister({name.name!r})")
    op = find(name)
    if name in _built_in:
        raise ValueError(f"{name!r} is built in and other rules use it, so it stays; register yours under another name")
    _remove(op)


def try_out(op: Op, arguments: Sequence[Any] = ()) -> None:
    """Run the rules of a row once, so that a mistake in them raises here and not in the middle of a graph.

    Args:
        op: the row.
        arguments: where to run them; by default the middle of the domain, with vectors of two elements.

    Raises:
        ValueError: if a rule raises, or gives something else than numbers.
    """
    if not arguments:
        middle = [(low + high) / 2 for low, high in op.domain]
        arguments = [[x, x] if index < op.vectors else x for index, x in enumerate(middle)]
    what = "forward rule"
    try:
        out = as_float(op.value(*arguments))
        for index in range(op.arity):
            what = f"partial derivative number {index + 1}"
            partial = op.partial(index, out, *arguments)
            if index < op.vectors:
                _check_slopes(partial, len(arguments[index]))
            else:
                as_float(partial)
        what = "kinks rule"
        op.distance_to_kink(*arguments)
    except Exception as error:
        raise ValueError(f"the {what} of {op.name!r} does not run at {list(arguments)}: {error}") from error


def _check_slopes(partial: Any, length: int) -> None:
    if not isinstance(partial, Sequence):
        raise TypeError(f"it must give a list with one derivative for each element of the vector, got {partial!r}")
    if len(partial) != length:
        raise TypeError(f"it gives {len(partial)} derivatives for a vector of {length} elements")
    for slope in partial:
        as_float(slope)


def find(name: str) -> Op:
    """The row of that name.

    >>> find("tahn")
    Traceback (most recent call last):
        ...
    KeyError: "no operation 'tahn'; the table has add, sub, mul, div, remainder, pow, ..."
    """
    if name not in TABLE:
        raise KeyError(f"no operation {name!r}; the table has {', '.join(list(TABLE)[:6])}, ...")
    return TABLE[name]


def watch(added: Callable[[Op], None], removed: Callable[[Op], None] = lambda op: None) -> None:
    """Call `added` with every row there is and every row to come, `removed` with every row that goes."""
    _watchers.append((added, removed))
    for op in TABLE.values():
        added(op)


def built_in_rows(*rows: Op) -> None:
    """Register rows that cannot be removed."""
    for row in rows:
        _add(row)
        _built_in.add(row.name)
