"""Faster methods for `Value`, compiled from the table.

`engine.apply` calls a row's rules as functions. Here the rules of an operation are run on symbols, printed as
Python and pasted into one function, so that ``a * b`` becomes a multiplication and nine assignments with no
further call. Measured on a graph of 60,000 additions and multiplications under CPython 3.11, that takes the
forward pass from 28 ms to 19 ms; it is why this second path exists. Everything unusual (a constant that is
neither int nor float, division by zero, an overflow) is handed to `apply`, and a test runs both on the same input.

An operation is compiled at its first use, since compiling all of them would slow down ``import autograd``.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from functools import cache

from autograd import elementary, engine, ops
from autograd.elementary import NO_FLOW
from autograd.engine import Leaf, Result, Value
from autograd.functions import method_names
from autograd.ops import TABLE, Op
from autograd.recording import finished, open_blocks
from autograd.symbols import Symbol, is_symbolic, symbols, to_python
from autograd.vector import MANY, Vector

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

UNARY = """
def method(_a):
    _x = _a._data
    try:
        _out = {forward}
        _dx = {dx}
    except (ArithmeticError, ValueError):
        return _apply(_op, _a)
    _node = _Result()
    _node._data = _out; _node.grad = 0.0; _node._rule = _op
    _node._a = _a; _node._b = None; _node._da = _dx; _node._db = None
    return _finished(_node) if _open_blocks else _node
"""

BINARY = """
def method(_a, {second}):{renamed}
    _x = _a._data
    _kind = _b.__class__
    try:
        if _kind is _Result or _kind is _Leaf or isinstance(_b, _Value):
            _y = _b._data
            _out = {forward}
            _dx = {dx}
            _dy = {dy}
        elif _kind is float or _kind is int:
            _b = _y = float(_b)
            _out = {forward}
            _dx = {dx}
            _dy = None
        else:
            return _apply(_op, _a, _b)
    except (ArithmeticError, ValueError):
        return _apply(_op, _a, _b)
    _node = _Result()
    _node._data = _out; _node.grad = 0.0; _node._rule = _op
    _node._a = _a; _node._b = _b; _node._da = _dx; _node._db = _dy
    return _finished(_node) if _open_blocks else _node
"""

REFLECTED = """
def method(_b, _a):
    if not (_a.__class__ is float or _a.__class__ is int):
        return _apply(_op, _a, _b)
    _y = _b._data
    try:
        _a = _x = float(_a)
        _out = {forward}
        _dy = {dy}
    except (ArithmeticError, ValueError):
        return _apply(_op, _a, _b)
    _node = _Result()
    _node._data = _out; _node.grad = 0.0; _node._rule = _op
    _node._a = _a; _node._b = _b; _node._da = None; _node._db = _dy
    return _finished(_node) if _open_blocks else _node
"""

# Rules of whole vectors are called rather than pasted in: they use what Python has for sequences.
VECTORS = """
def method({arguments}):
    if not ({usual}):
        return _apply(_op, {arguments})
    try:
        _out = _forward({numbers})
        _partials = ({partials})
    except (ArithmeticError, ValueError):
        return _apply(_op, {arguments})
    _node = _Result()
    _node._data = _out; _node.grad = 0.0; _node._rule = _op
    _node._a = ({arguments},); _node._b = None; _node._da = _partials; _node._db = _MANY
    return _finished(_node) if _open_blocks else _node
"""


@cache
def fast(op: Op) -> Callable[..., Value]:
    """A row on vectors as one compiled function: what ``partial(apply, op)`` does, in half the time.

    >>> affine = fast(TABLE["affine"])
    >>> affine(Vector([Value(2.0)]), Vector([3.0]), Value(1.0))
    Value(data=7.0, grad=0.0)
    """
    return compiled(op, VECTORS)


def compiled(op: Op, template: str) -> Callable[..., Value]:
    """The template with the rules of a row pasted in, as a function.

    >>> method = compiled(TABLE["mul"], BINARY)
    >>> method(Value(2.0), 3)
    Value(data=6.0, grad=0.0)
    """
    if template is VECTORS:
        return _function(op, _vectors_source(op))
    operands = symbols("_x _y")[: op.arity]
    (out,) = symbols("_out")
    name = op.parameters[-1] if op.defaults else "_b"
    source = template.format(
        second=f"{name}={op.defaults[-1]!r}" if op.defaults else name,
        renamed=f"\n    _b = {name}" if op.defaults else "",
        forward=to_python(op.forward(*operands)),
        **{
            f"d{letter}": to_python(_flow(rule(out, *operands)))
            for letter, rule in zip("xy", op.partials, strict=False)
        },
    )
    return _function(op, source)


def _flow(partial: Any) -> Any:
    """A local derivative with None where nothing flows, as `Value` keeps it."""
    if partial is NO_FLOW:
        return Symbol("None")
    if isinstance(partial, Symbol) and partial.op is TABLE["where"]:
        condition, if_true, if_false = partial.operands
        return Symbol(partial.op, (condition, _flow(if_true), _flow(if_false)))
    return partial


def _vectors_source(op: Op) -> str:
    names = [f"_{index}" for index in range(op.arity)]
    vectors, scalars = names[: op.vectors], names[op.vectors :]
    usual = [f'{name}.__class__ is _Vector and {name}.kind != "mixed"' for name in vectors]
    usual += [f"len({name}.elements) == len(_0.elements)" for name in vectors[1:]]
    usual += [f"isinstance({name}, _Value)" for name in scalars]
    numbers = ", ".join([f"{name}.data" for name in vectors] + [f"{name}._data" for name in scalars])
    partials = [f'None if {name}.kind == "constants" else _d{name}(_out, {numbers})' for name in vectors]
    partials += [f"_d{name}(_out, {numbers})" for name in scalars]
    return VECTORS.format(
        arguments=", ".join(names), usual=" and ".join(usual), numbers=numbers, partials=", ".join(partials) + ","
    )


# Where these do not raise they give what ours give; where they do, `apply` uses ours.
_SAME_IN_MATH = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "erf", "erfc"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("atan2", "hypot", "copysign"),
)


def _function(op: Op, source: str) -> Callable[..., Value]:
    namespace: dict[str, Any] = {name: row.value for name, row in TABLE.items()}
    namespace.update({name: thing for name, thing in vars(elementary).items() if name not in TABLE})
    namespace.update({name: getattr(math, name) for name in _SAME_IN_MATH})
    namespace.update({f"_d_{index}": rule for index, rule in enumerate(op.partials)})
    namespace.update(
        abs=abs,
        power=math.pow,
        round=elementary.round_,
        _op=op,
        _forward=op.forward,
        _Value=Value,
        _Result=Result,
        _Leaf=Leaf,
        _Vector=Vector,
        _MANY=MANY,
        _open_blocks=open_blocks,
        _finished=finished,
        _apply=engine.apply_infix if op.symbol and op.arity == 2 else engine.apply,
    )
    exec(compile(source, f"<{op.name}, compiled from the table>", "exec"), namespace)
    method: Callable[..., Value] = namespace["method"]
    return method


def _is_pure(rule: Callable[..., Any]) -> bool:
    """Whether a rule depends on its arguments only, as far as its code shows: then it may be pasted in.

    A rule that reads a variable, or draws a random number, must be run each time.
    """
    code = getattr(rule, "__code__", None)
    if code is None or code.co_freevars:
        return False
    for name in code.co_names:
        thing = rule.__globals__.get(name, getattr(builtins, name, None))
        if isinstance(thing, float | int) and rule.__globals__.get("__name__") == ops.__name__:
            continue  # a constant of ours
        home = str(getattr(thing, "__module__", None) or getattr(thing, "__name__", ""))
        if thing is not None and home.split(".")[0] not in ("autograd", "builtins", "_operator"):
            return False
    return True


def is_compiled(op: Op) -> bool:
    """Whether the methods of a row are compiled: those of one or two numbers; the second may have a default."""
    return op.arity <= 2 and not op.vectors and len(op.defaults) < op.arity


def _install(op: Op) -> None:
    """Have the methods of a row compiled when one of them is first called."""
    if not is_compiled(op):
        return
    general = {name: Value.__dict__[name] for name in method_names(op)}
    methods: dict[str, Callable[..., Any]] = {}

    def compile_all() -> None:
        may_compile = is_symbolic(op) and all(map(_is_pure, (op.forward, *op.partials)))
        for name, stub in stubs.items():
            template = UNARY if op.arity == 1 else REFLECTED if name.startswith("__r") else BINARY
            method = compiled(op, template) if may_compile else general[name]
            method.__name__ = method.__qualname__ = name
            method.__doc__ = general[name].__doc__
            methods[name] = method
            if Value.__dict__.get(name) is stub:  # and not something that a program has put there meanwhile
                setattr(Value, name, method)

    def first_use(name: str) -> Callable[..., Any]:
        def method(*operands: Any, **named: Any) -> Any:
            if not methods:
                compile_all()
            return methods[name](*operands, **named)

        method.__name__, method.__doc__ = name, general[name].__doc__
        return method

    stubs = {name: first_use(name) for name in general}
    for name, stub in stubs.items():
        setattr(Value, name, stub)


ops.watch(_install)
