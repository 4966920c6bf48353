"""Engines as learners write them, right and with a bug each, written here without this library."""

from __future__ import annotations

import math

import pytest

from stepgrad.learn import check


def engine(bug=None):
    """A class like the one of the lesson, with a bug."""

    class Value:
        def __init__(self, data, operands=(), partials=()):
            self.data, self.operands, self.partials, self.grad = data, operands, partials, 0.0

        def __add__(self, other):
            if bug == "drops self":
                return Value(self.data + other.data, (other,), (1.0,))
            return Value(self.data + other.data, (self, other), (1.0, 1.0))

        def __mul__(self, other):
            partials = (self.data, other.data) if bug == "all_swapped" else (other.data, self.data)
            if bug == "no_mul":
                return Value(self.data * other.data, (self, other), (0.0, 0.0))
            return Value(self.data * other.data, (self, other), partials)

        def tanh(self):
            t = math.tanh(self.data)
            return Value(
                t if bug != "value_of_program" else t + 1,
                (self,),
                (1 - (self.data if bug == "tanh_operand" else t) ** 2,),
            )

        def backward(self):
            self.grad = 0.0 if bug == "no_seed" else 2.0 if bug == "twice" else 1.0
            touched = set()
            if bug == "along_paths":
                pass_on(self)
                return
            for node in order_of(self, bug):
                edges = list(zip(node.operands, node.partials, strict=True))
                if bug == "once_per_operand":
                    edges = list({id(operand): (operand, partial) for operand, partial in edges[::-1]}.values())
                for operand, partial in edges:
                    upstream = 1.0 if bug == "all_upstream" else node.grad
                    contribution = upstream * (1.0 if bug == "all_local" else partial)
                    if bug == "assign" or (bug == "first" and id(operand) not in touched):
                        operand.grad = contribution
                    elif bug != "first":
                        operand.grad += contribution
                    touched.add(id(operand))

    return Value


def pass_on(node):
    for operand, partial in zip(node.operands, node.partials, strict=True):
        operand.grad += node.grad * partial
        pass_on(operand)


KEPT = []


def order_of(result, bug):
    order, seen = KEPT if bug == "left_over" else [], set()

    def visit(node):
        if id(node) in seen and bug != "repeated":
            return
        seen.add(id(node))
        if bug == "pre_order":
            order.append(node)
        for operand in node.operands:
            visit(operand)
        if bug != "pre_order":
            order.append(node)

    visit(result)
    return list(order) if bug in ("pre_order", "reversed") else order[::-1]


def test_a_right_engine_is_right():
    assert check("04.4", engine())


@pytest.mark.parametrize(
    "bug",
    [
        "assign",
        "first",
        "no_seed",
        "twice",
        "all_upstream",
        "all_local",
        "all_swapped",
        "pre_order",
        "repeated",
        "reversed",
        "once_per_operand",
        "along_paths",
        "no_mul",
        "tanh_operand",
        "left_over",
        "value_of_program",
    ],
)
def test_a_bug_is_told_from_the_others(bug):
    KEPT.clear()
    verdict = check("04.4", engine(bug))
    assert verdict.code == bug
    assert "yours" in verdict.evidence or bug == "left_over"


def test_a_bug_that_nobody_knows_is_said_to_be_unknown():
    assert check("04.4", engine("drops self")).code == "unknown_engine"


@pytest.mark.parametrize(
    ("bug", "smallest"),
    [
        ("assign", "v1 = a + a at a = 3: a.grad is 1 in yours, 2 is right"),
        ("all_swapped", "v1 = a * b at a = 3, b = -2: a.grad is 3 in yours, -2 is right"),
        ("repeated", "v1 = a + a; v2 = v1 + v1 at a = 3: a.grad is 8 in yours, 4 is right"),
    ],
)
def test_the_evidence_is_the_smallest_program(bug, smallest):
    assert check("04.4", engine(bug)).evidence == smallest


def recursive(result):
    order = []

    def visit(node):
        if node not in order:
            for operand in node.operands:
                visit(operand)
            order.append(node)

    visit(result)
    return order


def iterative(result):
    order, seen, todo = [], set(), [(result, False)]
    while todo:
        node, is_left = todo.pop()
        if is_left:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            todo.append((node, True))
            todo.extend((operand, False) for operand in node.operands)
    return order


def without_memory(result):
    order, todo = [], [(result, False)]
    while todo:
        node, is_left = todo.pop()
        if is_left:
            order.append(node)
        else:
            todo.append((node, True))
            todo.extend((operand, False) for operand in node.operands)
    return order


def kept(result, order=[]):  # noqa: B006
    for node in recursive(result):
        if node not in order:
            order.append(node)
    return order


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        (recursive, ["right", "deep"]),
        (iterative, ["right", "right"]),
        (without_memory, ["repeated", "repeated"]),
        (kept, ["extra", "extra"]),
        (lambda result: recursive(result)[::-1], ["turned", "turned"]),
        (lambda result: recursive(result)[:-1], ["missing", "missing"]),
        (lambda result: sorted(recursive(result), key=lambda node: -ord(node.name[0])), ["turned", "turned"]),
        (lambda result: [result.name], ["no_node", "no_node"]),
    ],
    ids=["recursive", "iterative", "without memory", "kept", "turned", "missing", "by name", "names"],
)
def test_a_search_is_told_what_is_wrong_with_its_order(search, codes):
    assert [check("04.3", search).code, check("04.5", search).code] == codes


@pytest.mark.parametrize("method", ["tanh", "backward", "__add__"])
def test_a_missing_method_is_named(method):
    kind = engine()
    delattr(kind, method)
    assert method in check("04.4", kind).message


def test_a_program_that_shows_all_six_bugs_shows_them_in_these_engines_too():
    """What exercise 04.6 promises, with the engines of this file."""

    def program(a, b):
        s = a * b
        t = s * a
        u = s * t
        return u * u + s

    def gradients(bug):
        kind = engine(bug)
        a, b = kind(3.0), kind(-2.0)
        program(a, b).backward()
        return a.grad, b.grad

    assert check("04.6", program)
    bugs = ["assign", "first", "all_swapped", "pre_order", "repeated", "once_per_operand"]
    assert gradients(None) not in [gradients(bug) for bug in bugs]
