"""Small slips of the kind people make in derivative rules and graph walks, made on purpose.

`mutants` reads a module and yields every single-slip version of it, always in the same order. A slip is made in
the syntax tree and pasted into the text in place, so the rest of the file keeps its lines.

    >>> for mutant in mutants("slope = lambda out, x: 1 - out * out", "rules.py"):
    ...     print(mutant.kind, "|", mutant.before, "->", mutant.after)
    sign | 1 - out * out -> 1 + out * out
    swapped operands | 1 - out * out -> out * out - 1
    dropped term | 1 - out * out -> 1
    dropped term | 1 - out * out -> out * out
    constant | 1 -> 0
    product | out * out -> out / out
    dropped term | out * out -> out
"""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

# What a row says to tests, plots and printers rather than to the engine; tests draw from these, so a slip in one
# changes what is tested and not what is computed.
NOT_RULES = {"domain", "kinks", "symbol", "precedence", "analytic"}

# Arguments that only words are made of, or that only guard against slips.
MESSAGES = {"name", "help", "what", "stacklevel", "expected", "message", "strict"}

LONG = 240

SIGNS = {ast.Add: ast.Sub, ast.Sub: ast.Add}
PRODUCTS = {ast.Mult: ast.Div, ast.Div: ast.Mult}
COMPARISONS: dict[type[ast.cmpop], list[type[ast.cmpop]]] = {
    ast.Lt: [ast.LtE, ast.Gt],
    ast.LtE: [ast.Lt, ast.GtE],
    ast.Gt: [ast.GtE, ast.Lt],
    ast.GtE: [ast.Gt, ast.LtE],
    ast.Eq: [ast.NotEq],
    ast.NotEq: [ast.Eq],
    ast.Is: [ast.IsNot],
    ast.IsNot: [ast.Is],
    ast.In: [ast.NotIn],
    ast.NotIn: [ast.In],
}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Arguments of these are of different kinds, so that swapping or dropping them only gives a TypeError; or are alike.
NEVER_SWAPPED = {"isinstance", "issubclass", "hasattr", "getattr", "setattr", "zip", "map", "isclose", "min", "max"}
# The order of two arguments does not matter.
SYMMETRIC = {"dot", "hypot", "larger"}
# Functions that are taken for one another.
OTHER_FUNCTIONS = {
    "min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil", "ceil": "floor", "round": "int",
}  # fmt: skip
# The rounding of `f(...)` on the left is better than that of the formula on the right.
PLAIN_FORMULAS = {"log1p": "log(1 + {})", "expm1": "exp({}) - 1"}
COPIES = {"list", "dict", "tuple", "set", "copy", "deepcopy", "sorted"}


@dataclass(frozen=True)
class Mutant:
    """One slip: where it is, what it says before and after, and the whole text of the module with it."""

    file: str
    scope: str
    line: int
    kind: str
    before: str
    after: str
    number: int = 1
    source: str = ""

    @property
    def name(self) -> str:
        """What the slip is called in reports and in the table of survivors: stable when lines move."""
        again = f" (#{self.number})" if self.number > 1 else ""
        return f"{self.file} {self.scope}: {self.before} -> {self.after}{again}"


def mutants(source: str, file: str) -> Iterator[Mutant]:
    """Every version of a module with one slip, from top to bottom."""
    seen: Counter[str] = Counter()
    data = source.encode()
    starts = [0, *accumulate(map(len, data.splitlines(keepends=True)))]
    for scope, node in places(ast.parse(source), "module"):
        # Columns of a syntax tree count bytes.
        start, end = starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset
        before = _shown(node) or _one_line(data[start:end].decode())
        for kind, new in slips(node):
            text = ast.unparse(new)
            if ast.unparse(node) == text:
                continue
            names = before, _shown(new) or _one_line(text)
            if len(before) > LONG:
                names = _around_the_difference(_one_line(ast.unparse(node)), names[1])
            mutant = Mutant(file, scope, node.lineno, kind, *names)
            seen[mutant.name] += 1
            pasted = f"({text})"
            if isinstance(node, ast.stmt):
                if data[start : start + 4] == b"elif":
                    text = f"el{text}" if isinstance(new, ast.If) else f"else:\n    {text}"
                pasted = text.replace("\n", "\n" + " " * node.col_offset)
            broken = (data[:start] + pasted.encode() + data[end:]).decode()
            yield replace(mutant, number=seen[mutant.name], source=broken)


def places(node: ast.AST, scope: str) -> Iterator[tuple[str, Any]]:
    """Every statement and expression that runs, with the function or row it belongs to."""
    for child in _running(node):
        inner = scope
        if isinstance(child, (*FUNCTIONS, ast.ClassDef)):
            inner = child.name if scope == "module" else f"{scope}.{child.name}"
        elif isinstance(child, ast.Call) and isinstance(child.func, ast.Name) and child.func.id == "Op":
            first = child.args[0] if child.args else None
            inner = str(first.value) if isinstance(first, ast.Constant) else scope
        if isinstance(child, ast.stmt | ast.expr):
            yield inner, child
        yield from places(child, inner)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """The children of a node without annotations, docstrings, messages and what only tests read."""
    skipped: list[Any] = []
    if isinstance(node, FUNCTIONS):
        skipped = [node.returns, *node.decorator_list]
    elif isinstance(node, ast.ClassDef):  # what a decorator tells type checkers is an annotation, too
        skipped = [part for part in node.decorator_list if "dataclass_transform" in ast.unparse(part)]
    elif isinstance(node, ast.arg | ast.AnnAssign):
        skipped = [node.annotation]
    for child in ast.iter_child_nodes(node):
        if child in skipped or isinstance(child, ast.Raise | ast.JoinedStr | ast.Import | ast.ImportFrom):
            continue
        if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.keyword) and child.arg in NOT_RULES | MESSAGES:
            continue
        if isinstance(child, ast.Assign) and ast.unparse(child.targets[0]) == "__slots__":
            continue
        yield child


def slips(node: Any) -> Iterator[tuple[str, ast.AST]]:
    """The slips that can be made at one statement or expression."""
    match node:
        case ast.AugAssign(op=ast.Add() | ast.Sub() | ast.Mult()):
            yield "= for +=", ast.Assign([node.target], node.value, lineno=node.lineno)
            yield "dropped statement", ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript() | ast.Tuple()]):
            yield "dropped statement", ast.Pass()
        case ast.Expr(value=ast.Call()) | ast.Delete() | ast.AugAssign():
            yield "dropped statement", ast.Pass()
        case ast.Continue():
            yield "dropped statement", ast.Pass()
            yield "break for continue", ast.Break()
        case ast.If():
            yield from _branches(node)
        case ast.With():
            yield "with left out", ast.If(ast.Constant(True), node.body, [])
        case ast.BinOp():
            yield from _arithmetic(node)
        case ast.UnaryOp(op=ast.USub() | ast.Not()):
            yield "sign" if isinstance(node.op, ast.USub) else "not", node.operand
        case ast.BoolOp():
            for index in range(len(node.values)):
                rest = node.values[:index] + node.values[index + 1 :]
                yield "dropped condition", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)
            yield "and, or", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
        case ast.Compare():
            for index, op in enumerate(node.ops):
                for other in COMPARISONS.get(type(op), []):
                    ops = [*node.ops[:index], other(), *node.ops[index + 1 :]]
                    yield "comparison", ast.Compare(node.left, ops, node.comparators)
        case ast.IfExp():
            yield "swapped branches", ast.IfExp(node.test, node.orelse, node.body)
        case ast.Call():
            yield from _calls(node)
        case ast.Subscript(slice=ast.Slice() as bounds):
            for side in ("lower", "upper"):
                bound = getattr(bounds, side)
                if bound is not None:
                    shifted = copy.deepcopy(node)
                    setattr(shifted.slice, side, _plus_one(bound))
                    yield "off by one", shifted
        case ast.Constant(value=bool() as flag):
            yield "flag", ast.Constant(not flag)
        case ast.Constant(value=float() as number):
            yield "constant", ast.Constant({1.0: 0.0, 0.5: 1.0, 0.0: 1.0}.get(number, number + 1.0))
        case ast.Constant(value=int() as number):
            yield "constant", ast.Constant({1: 0}.get(number, number + 1))


def _branches(node: ast.If) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call):  # comparisons have slips of their own
        yield "negated condition", ast.If(ast.UnaryOp(ast.Not(), node.test), node.body, node.orelse)
    match node.orelse:
        case []:
            yield "dropped branch", ast.Pass()
        case [ast.If()]:
            pass  # elif, which has slips of its own
        case _:
            yield "dropped branch", ast.If(node.test, node.body, [])


def _arithmetic(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    kind = type(node.op)
    if kind in SIGNS:
        yield "sign", ast.BinOp(node.left, SIGNS[kind](), node.right)
    if kind in PRODUCTS:
        yield "product", ast.BinOp(node.left, PRODUCTS[kind](), node.right)
    if kind in (ast.Sub, ast.Div, ast.Pow, ast.FloorDiv, ast.Mod):
        yield "swapped operands", ast.BinOp(node.right, node.op, node.left)
    if kind not in (ast.BitOr, ast.BitAnd):
        yield "dropped term", node.left
        if ast.dump(node.left) != ast.dump(node.right):
            yield "dropped term", node.right


def _calls(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    called = node.func
    name = called.id if isinstance(called, ast.Name) else called.attr if isinstance(called, ast.Attribute) else ""
    plain = not any(isinstance(argument, ast.Starred) for argument in node.args)
    plain = plain and not (node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str))
    if name in OTHER_FUNCTIONS:
        yield "another function", ast.Call(_renamed(called, OTHER_FUNCTIONS[name]), node.args, node.keywords)
    if name in PLAIN_FORMULAS and len(node.args) == 1:
        formula = ast.parse(PLAIN_FORMULAS[name].format("operand"), mode="eval").body
        for part in ast.walk(formula):
            if isinstance(part, ast.Call):
                part.func = _renamed(called, ast.unparse(part.func))
        yield "plain formula", _Filled(node.args[0]).visit(formula)
    if name == "reversed" or (name in COPIES and len(node.args) == 1 and plain):
        yield "order" if name in ("reversed", "sorted") else "no copy", node.args[0]
    elif name == "range":
        for index, bound in enumerate(node.args):
            yield "off by one", ast.Call(called, [*node.args[:index], _plus_one(bound), *node.args[index + 1 :]], [])
    elif plain and name not in NEVER_SWAPPED and name != "Op":
        if len(node.args) == 2 and name not in SYMMETRIC:
            yield "swapped arguments", ast.Call(called, node.args[::-1], node.keywords)
        elif len(node.args) == 3:  # where(condition, x, y)
            yield "swapped arguments", ast.Call(called, [node.args[0], *node.args[:0:-1]], node.keywords)
        if len(node.args) > 1:
            yield "dropped argument", ast.Call(called, node.args[:-1], node.keywords)
    if name not in ("Op", "TypeVar"):
        for index, keyword in enumerate(node.keywords):
            if keyword.arg is not None and keyword.arg not in MESSAGES | NOT_RULES:
                kept = [*node.keywords[:index], *node.keywords[index + 1 :]]
                yield "dropped argument", ast.Call(called, node.args, kept)


def _renamed(function: ast.expr, name: str) -> ast.expr:
    """`f` or `module.f` under another name."""
    return ast.Name(name) if isinstance(function, ast.Name) else ast.Attribute(function.value, name)  # type: ignore[attr-defined]


class _Filled(ast.NodeTransformer):
    def __init__(self, operand: ast.expr) -> None:
        self.operand = operand

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return self.operand if node.id == "operand" else node


def _shown(node: ast.AST) -> str:
    """The head of a statement whose body is long; nothing for what is shown whole."""
    match node:
        case ast.If(test=ast.Constant(value=True)):
            return "its body"
        case ast.If():
            ending = " else: ..." if node.orelse and not isinstance(node.orelse[0], ast.If) else ""
            return f"if {_one_line(ast.unparse(node.test))}: ...{ending}"
        case ast.With():
            return f"with {', '.join(_one_line(ast.unparse(item)) for item in node.items)}: ..."
    return ""


def _plus_one(bound: ast.expr) -> ast.expr:
    return ast.BinOp(bound, ast.Add(), ast.Constant(1))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _around_the_difference(before: str, after: str) -> tuple[str, str]:
    """Two long texts without most of what they share in the beginning and in the end."""
    start, end = _common(before, after), _common(before[::-1], after[::-1])
    end = min(end, len(before) - start, len(after) - start)
    first, last = max(0, start - 50), max(0, end - 50)
    return _cut(before[first : len(before) - last]), _cut(after[first : len(after) - last])


def _common(one: str, other: str) -> int:
    return next((i for i, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))


def _cut(text: str) -> str:
    return f"[...]{text[:LONG]}[...]"
