"""Write `autograd/signatures.pyi`: what editors and type checkers see of the rows of the table.

python docs/signatures.py

A row is a function of autograd, and one that takes numbers a method of `Value` too. Python makes both from the table
when autograd is imported; whoever only reads the code, as an editor does, finds them in this file.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Iterator
from pathlib import Path

import autograd
from autograd.arrays import reductions
from autograd.core.ops import TABLE, Op
from autograd.files import write_text
from autograd.symbols.compiled_methods import OPERATORS, method_names

ROOT = Path(__file__).resolve().parent.parent
PATH = ROOT / "autograd" / "signatures.pyi"

HEAD = '''\
"""What editors and type checkers see of the rows of the table: made by `make operations`, and never imported."""

# ruff: noqa: RUF022
# fmt: off

# A list of floats is one of Values with constants in it, too: of two overloads that fit, the first one counts.
# mypy: disable-error-code="overload-overlap"

from collections.abc import Iterable, Sequence
from typing import Any, Literal, TypeAlias, overload

from autograd.arrays.reductions import ValuesAndIndices, kthvalue, sort, topk
from autograd.core.engine import Value
from autograd.core.number import Number

_Operand: TypeAlias = Value | Number
_Vector: TypeAlias = Sequence[float]
_ValueVector: TypeAlias = Sequence[Value | float]
_Matrix: TypeAlias = Sequence[Sequence[float]]
_ValueMatrix: TypeAlias = Sequence[Sequence[Value | float]]
_Other: TypeAlias = Iterable[Any] | _Operand'''

# What the reductions give for which input, where that is known: for arrays, and along a dimension, it is not. A vector
# and a matrix have a signature each, since in one for both mypy does not find the type of a list such as [x, 1.0].
NUMBER = {"_Vector": "float", "_Matrix": "float", "_ValueVector": "Value", "_ValueMatrix": "Value", "_Other": "Any"}
CHOSEN = {**NUMBER, "_Other": "ValuesAndIndices"}
POSITION = {"_ValueVector": "int", "_ValueMatrix": "int", "_Other": "Any"}
SAME_SHAPE = {
    "_Vector": "list[float]",
    "_Matrix": "list[list[float]]",
    "Sequence[Value]": "list[Value]",
    "Sequence[Sequence[Value]]": "list[list[Value]]",
    "_Other": "Any",
}
RESULTS = {
    **dict.fromkeys(("sum", "mean", "prod", "var", "std", "logsumexp", "norm", "amax", "amin"), NUMBER),
    **dict.fromkeys(("max", "min"), CHOSEN),
    **dict.fromkeys(("argmax", "argmin"), POSITION),
    **dict.fromkeys(("softmax", "log_softmax", "cumsum"), SAME_SHAPE),
}
AS_WRITTEN = ("kthvalue", "sort", "topk")  # whose result is of one type


def signatures() -> str:
    """The text of the file."""
    names = sorted({*TABLE, *autograd._REDUCTIONS})
    public = ["__all__ = [", *(f'    "{name}",' for name in names), "]"]
    methods = ["class RowMethods:", *(f"    {line}" for op in TABLE.values() for line in methods_of(op))]
    functions = [line for name in names if name not in AS_WRITTEN for line in functions_of(name)]
    return "\n".join([HEAD, "", *public, "", *methods, "", *functions, ""])


def methods_of(op: Op) -> Iterator[str]:
    """The methods of a row."""
    for name in method_names(op):
        is_operator = name in OPERATORS.get(op.name, ())
        others = [written(op, index, "_Operand", not is_operator) for index in range(1, op.arity)]
        yield f"def {name}({', '.join(['self', *others, *['/'] * is_operator])}) -> Value: ..."


def functions_of(name: str) -> Iterator[str]:
    """The function of a row or a reduction, as overloads."""
    for arguments, result in of_reduction(name) if name in RESULTS else of_row(TABLE[name]):
        yield "@overload"
        yield f"def {name}({arguments}) -> {result}: ..."


def of_row(op: Op) -> Iterator[tuple[str, str]]:
    """Numbers give a float, a Value in any place a Value."""
    places = range(op.arity)
    yield ", ".join(written(op, i, "_Vector" if i < op.vectors else "Number") for i in places), "float"
    if op.vectors:
        yield ", ".join(written(op, i, "_ValueVector" if i < op.vectors else "_Operand") for i in places), "Value"
        yield ", ".join(written(op, i, "Iterable[Any]" if i < op.vectors else "_Operand") for i in places), "Any"
        return
    for place in places:
        yield ", ".join(written(op, i, "Value" if i == place else "_Operand") for i in places), "Value"


def written(op: Op, index: int, kind: str, has_default: bool = True) -> str:
    """An argument of a row, with its default."""
    place = index - (op.arity - len(op.defaults))
    if place < 0 or not has_default:
        return f"{op.parameters[index]}: {kind}"
    default = op.defaults[place]
    shown = repr(default) if kind != "Value" and math.isfinite(default) else "..."
    return f"{op.parameters[index]}: {kind} = {shown}"


def of_reduction(name: str) -> Iterator[tuple[str, str]]:
    """One signature for each kind of input."""
    results = RESULTS[name]
    for kind, result in results.items():
        yield parameters(name, kind, to_one=kind != "_Other" and results is not SAME_SHAPE), result


def parameters(name: str, kind: str, to_one: bool) -> str:
    """The parameters of a reduction, for an input of this kind; `to_one` is without `dim` and `keepdim`."""
    kinds = {"input": kind, **({"dim": "None", "keepdim": "Literal[False]"} if to_one else {})}
    texts: list[str] = []
    for parameter in inspect.signature(getattr(reductions, name)).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in texts:
            texts.append("*")
        default = "" if parameter.default is parameter.empty else f" = {parameter.default!r}"
        texts.append(f"{parameter.name}: {kinds.get(parameter.name, parameter.annotation)}{default}")
    return ", ".join(texts)


if __name__ == "__main__":
    write_text(PATH, signatures())
    print(f"wrote {PATH.relative_to(ROOT)}")
