"""Operators and methods of Value, made from the table: what runs when a program says ``a * b`` or ``x.tanh()``.

The rules of a row are run on symbols, printed as Python and pasted into one function, so that ``a * b`` is a
multiplication and a few assignments with no further call. This is the function, as `source_of` prints it:

    >>> print(source_of(TABLE["mul"], "__mul__"))
    def method(_a, _b):
        _x = _a._data
        _kind = _b.__class__
        try:
            if _kind is _Result or _kind is _Leaf or isinstance(_b, _Value):
                _y = _b._data
                _out = _x * _y
                _dx = _y
                _dy = _x
            elif _kind is float or _kind is int:
                _b = _y = float(_b)
                _out = _x * _y
                _dx = _y
                _dy = None
            else:
                return _apply(_op, _a, _b)
        except (ArithmeticError, ValueError):
            return _apply(_op, _a, _b)
        _node = _Result()
        _node._data = _out; _node.grad = 0.0; _node._rule = _op
        _node._a = _a; _node._b = _b; _node._da = _dx; _node._db = _dy
        return _finished(_node) if _open_blocks else _node

The method does what `engine.apply` does by calling the rules as functions, in a ninth of the time: 28 against 247 ms
for a graph of 60,000 additions and multiplications under CPython 3.11, which is why this second path exists.
Everything unusual (a constant that is neither int nor float, division by zero, an overflow) is handed to `apply`, as
are rows whose rules run on numbers only or take more than two arguments; a test runs both on the same input.

A method starts as a stub. The first call of one compiles the row and replaces its stubs, since compiling every row at
once would slow down ``import autograd``.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from functools import cache

from autograd.core import elementary, ops
from autograd.core.engine import Leaf, Result, Value, apply, apply_infix
from autograd.core.ops import TABLE, Op
from autograd.core.recording import finished, open_blocks
from autograd.core.vector import MANY, Vector
from autograd.symbols import Symbol, is_symbolic, symbols, to_python
from autograd.symbols.expressions import PythonPrinter
from autograd.symbols.sharing import in_statements, with_no_flow_as

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

# ---------------------------------------------------------------------- names

OPERATORS = {
    "add": ("__add__", "__radd__"),
    "sub": ("__sub__", "__rsub__"),
    "mul": ("__mul__", "__rmul__"),
    "div": ("__truediv__", "__rtruediv__"),
    "remainder": ("__mod__", "__rmod__"),
    "pow": ("__pow__", "__rpow__"),
    "neg": ("__neg__",),
    "abs": ("__abs__",),
}

# On an array of objects, np.arcsin calls the method arcsin of each element. PyTorch has the names with arc as well.
ALIASES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "round": "rint",
    "abs": "fabs",
}


def method_names(op: Op) -> tuple[str, ...]:
    """The names under which Value has a row: ``x + y`` and ``x.add(y)``; ``x.asin()`` and ``x.arcsin()``."""
    if op.vectors:
        return ()
    alias = ALIASES.get(op.name)
    return (*OPERATORS.get(op.name, ()), op.name, *((alias,) if alias else ()))


# ---------------------------------------------------------------------- attaching them


def _attach(op: Op) -> None:
    """Make a row a method of Value."""
    if hasattr(Value, op.name):
        raise ValueError(f"the name {op.name!r} is taken by something else; choose another name")
    general = {name: _general(op, name) for name in method_names(op)}
    for name, method in (_at_first_use(op, general) if is_compiled(op) else general).items():
        setattr(Value, name, method)


def _detach(op: Op) -> None:
    for name in method_names(op):
        delattr(Value, name)


def _general(op: Op, name: str) -> Callable[..., Any]:
    """The method `name` that calls `apply`, for any operands."""
    if name not in OPERATORS.get(op.name, ()):
        return lambda *operands, **named: apply(op, *op.completed(operands, named))
    if op.arity == 1:
        return lambda x: apply(op, x)
    if name.startswith("__r"):
        return lambda y, x: apply_infix(op, x, y)
    return lambda x, y: apply_infix(op, x, y)


def is_compiled(op: Op) -> bool:
    """Whether the methods of a row are compiled: a row of one or two numbers; the second may have a default."""
    return op.arity <= 2 and not op.vectors and len(op.defaults) < op.arity


def _at_first_use(op: Op, general: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """Stubs for the methods of a row: the first call of one compiles the row and replaces all of them."""
    methods: dict[str, Callable[..., Any]] = {}

    def compile_all() -> None:
        may_compile = is_symbolic(op) and all(map(_is_pure, (op.forward, *op.partials)))
        for name, stub in stubs.items():
            source = source_of(op, name) if may_compile else ""
            method = _compiled(op, source) if source else general[name]
            method.__name__ = method.__qualname__ = name
            methods[name] = method
            if Value.__dict__.get(name) is stub:  # unless a program has replaced it meanwhile
                setattr(Value, name, method)

    def stub_of(name: str) -> Callable[..., Any]:
        def method(*operands: Any, **named: Any) -> Any:
            if name not in methods:  # an interrupt may have left some of them
                compile_all()
            return methods[name](*operands, **named)

        method.__name__ = name
        return method

    stubs = {name: stub_of(name) for name in general}
    return stubs


# ---------------------------------------------------------------------- their source

UNARY = """
def method(_a):
    _x = _a._data
    try:
        {out}
        {dx}
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
            {out}
            {dx}
            {dy}
        elif _kind is float or _kind is int:
            _b = _y = float(_b)
            {out}
            {dx}
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
        {out}
        {dy}
    except (ArithmeticError, ValueError):
        return _apply(_op, _a, _b)
    _node = _Result()
    _node._data = _out; _node.grad = 0.0; _node._rule = _op
    _node._a = _a; _node._b = _b; _node._da = None; _node._db = _dy
    return _finished(_node) if _open_blocks else _node
"""

# Rules of whole vectors are called rather than pasted in: printed, they would hold for one length only.
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


def source_of(op: Op, name: str = "") -> str:
    """The Python source of a method of a row, or of `fast`; "" where the formulas are too long to be pasted.

    Args:
        op: the row.
        name: of the method, such as ``__radd__``; by default the name of the row.
    """
    if op.vectors:
        return _vectors_source(op)
    operands = symbols("_x _y")[: op.arity]
    (out,) = symbols("_out")
    # Python calls operators by position; a method also takes its second argument by name: x.maximum(other=y).
    is_operator = name in OPERATORS.get(op.name, ())
    second = "_b" if is_operator or op.arity == 1 else op.parameters[-1]
    template = UNARY if op.arity == 1 else REFLECTED if name.startswith("__r") else BINARY
    indent = " " * (12 if template is BINARY else 8)
    formulas = {"out": op.forward(*operands)}
    for letter, rule in zip("xy", op.partials, strict=False):
        formulas[f"d{letter}"] = with_no_flow_as(Symbol("None"), rule(out, *operands))
    try:
        pasted = {key: f"\n{indent}".join(_assignments(key, formula)) for key, formula in formulas.items()}
    except (ValueError, RecursionError):
        return ""
    return template.format(
        second=f"{second}={op.defaults[-1]!r}" if op.defaults else second,
        renamed=f"\n    _b = {second}" if second != "_b" else "",
        **pasted,
    ).strip()


SHORT, LONGEST = 100, 2_000
"""Parts of a formula that is pasted as it stands, and of one that is pasted at all: calling a long rule takes hardly
longer than what is pasted of it, and compiling it would take more than all calls of a short program."""


def _assignments(name: str, formula: Any) -> list[str]:
    """The lines that compute a formula; in a long one a part that is used more than once is computed once."""
    try:
        return [f"_{name} = {to_python(formula, SHORT)}"]
    except ValueError:
        named, text = in_statements(formula, PythonPrinter(LONGEST), f"_{name}_")
        return [f"{part} = {value}" for part, value in (*named, (f"_{name}", text))]


@cache
def fast(op: Op) -> Callable[..., Value]:
    """A row on vectors as one compiled function: what ``partial(apply, op)`` does, in half the time.

    >>> affine = fast(TABLE["affine"])
    >>> affine(Vector([Value(2.0)]), Vector([3.0]), Value(1.0))
    Value(data=7.0, grad=0.0)
    """
    return _compiled(op, source_of(op))


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


# Functions of `math` that equal those of `elementary` wherever they do not raise, and are faster. Where one raises, the
# method falls back to `apply`.
_SAME_IN_MATH = (
    *("exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sqrt", "cbrt", "erf", "erfc"),
    *("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"),
    *("atan2", "hypot", "copysign"),
)


def _compiled(op: Op, source: str) -> Callable[..., Value]:
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
        _apply=apply_infix if op.symbol and op.arity == 2 else apply,
    )
    exec(compile(source, f"<{op.name}, compiled from the table>", "exec"), namespace)
    method: Callable[..., Value] = namespace["method"]
    return method


def _is_pure(rule: Callable[..., Any]) -> bool:
    """Whether a rule depends on its arguments only, as far as its code shows, so that its formula may be pasted in.

    A rule that reads a variable, or draws a random number, must be run each time.
    """
    code = getattr(rule, "__code__", None)
    if code is None or code.co_freevars:
        return False
    for name in code.co_names:
        thing = rule.__globals__.get(name, getattr(builtins, name, None))
        if isinstance(thing, float | int) and rule.__globals__.get("__name__") == ops.__name__:
            continue  # a constant of `ops`, such as LN2
        home = str(getattr(thing, "__module__", None) or getattr(thing, "__name__", ""))
        if thing is not None and home.split(".")[0] not in ("autograd", "builtins", "_operator"):
            return False
    return True


# Here Value gets its methods: those of all rows now, those of a row that is registered later when it is.
ops.watch(_attach, _detach)
