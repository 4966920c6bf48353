"""Solutions of the lesson "Write the engine": each cell is what its exercise asks for."""

# ruff: noqa: F821

# %%
import math


class Value:
    def __init__(self, data, operands=(), partials=()):
        self.data = data
        self.operands = operands
        self.partials = partials
        self.grad = 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other))


check("04.1", Value)

# %%
PARTIALS = {
    "+": lambda a, b: (1.0, 1.0),
    "*": lambda a, b: (b, a),
    "tanh": lambda a: (1 - math.tanh(a) ** 2,),
}
check("04.2", PARTIALS)


# %%
def topological_order(result):
    order = []

    def visit(node):
        if node not in order:
            for operand in node.operands:
                visit(operand)
            order.append(node)

    visit(result)
    return order


check("04.3", topological_order)


# %%
class Value:
    def __init__(self, data, operands=(), partials=()):
        self.data = data
        self.operands = operands
        self.partials = partials
        self.grad = 0.0

    def __add__(self, other):
        return Value(self.data + other.data, (self, other), PARTIALS["+"](self.data, other.data))

    def __mul__(self, other):
        return Value(self.data * other.data, (self, other), PARTIALS["*"](self.data, other.data))

    def tanh(self):
        return Value(math.tanh(self.data), (self,), PARTIALS["tanh"](self.data))

    def backward(self):
        self.grad = 1.0
        for node in reversed(topological_order(self)):
            for operand, partial in zip(node.operands, node.partials, strict=True):
                operand.grad += node.grad * partial


check("04.4", Value)


# %%
# Each node is put on the list twice: to visit its operands, and, marked, to be written down after them.
def topological_order(result):
    order, seen, waiting = [], set(), [(result, False)]
    while waiting:
        node, is_left = waiting.pop()
        if is_left:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            waiting.append((node, True))
            waiting.extend((operand, False) for operand in reversed(node.operands))
    return order


check("04.5", topological_order)


# %%
# s is used twice and has to wait for t, u is squared, and the factors of the other products differ.
def program(a, b):
    s = a * b
    t = s * a
    u = s * t
    return u * u + s


check("04.6", program)
