# ---
# jupyter:
#   stepgrad:
#     title: Write the engine
#     question: Can 40 lines of yours give the same numbers as this library, to the last digit?
#     minutes: 150
#     needs: "03"
#     rows: [4, 35]
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from stepgrad.learn import check, hint, reveal

# %% [markdown]
# In [lesson 03](03_a_neuron_backward.ipynb) the backward pass was a loop over edges that somebody had recorded. Now you
# record them, in four sittings of half an hour. The class is called `Value`, and this is all that it must do:
#
# ```python
# a = Value(3.0)
# product = a * a
# b = product + a
# b.backward()
# a.grad  # 7.0
# ```
#
# ## Predict
#
# Python turns `a * a` into a call, `a.__mul__(a)`, which makes a new Value. When `backward` runs, somebody must still
# know that it was made of a and a. In which object should that be kept: `"a"`, or the new one, `"product"`?

# %%
guess = ...

# %%
reveal(guess, "product")

# %% [markdown]
# If a kept it, a would have to know everything it was ever used for. So each result keeps what it was made from, its
# *operands*; a leaf was made from nothing. No list of nodes is needed: whoever holds b holds all of the graph.
#
# ## First sitting: remember
#
# **04.1** Write the two operations, in place of the dots. Each returns a new `Value` with the number, `self.data` and
# `other.data` combined, and the two *nodes* it was made from, `(self, other)`.

# %%
import math


class Value:
    def __init__(self, data, operands=(), partials=()):
        self.data = data
        self.operands = operands  # the nodes it was made from
        self.partials = partials  # a number for each operand: see the second sitting
        self.grad = 0.0

    def __add__(self, other): ...

    def __mul__(self, other): ...


check("04.1", Value)

# %% [markdown]
# ## Second sitting: local derivatives
#
# **04.2** How fast does the result of an operation change with each of its operands? Each function below gets the
# numbers of the operands and returns as many, in round brackets. (`lambda a, b: (1.0, 2.0)` is a function without a
# name; a bracket with one number has a comma, `(1.0,)`.) These are the *partials*.

# %%
PARTIALS = {
    "+": lambda a, b: ...,
    "*": lambda a, b: ...,
    "tanh": lambda a: ...,
}
check("04.2", PARTIALS)

# %% [markdown]
# This table is all that an engine knows of calculus. The library's has more rows, in
# [`autograd/core/ops.py`](../autograd/core/ops.py), and nothing else in it knows a derivative.
#
# ## Third sitting: the order
#
# **04.3** A node passes on when all of its consumers have. Write all nodes into a list so that *operands stand before
# results*; read from its end, each node comes after all of its consumers. To get such a list, `visit` a node so: if it
# is in the list already, do nothing; else visit its operands, and then put it into the list.


# %%
def topological_order(result):
    order = []

    def visit(node): ...

    visit(result)
    return order


check("04.3", topological_order)

# %% [markdown]
# ## Fourth sitting: backward
#
# **04.4** All together. The operations now pass on the partials too, as in `PARTIALS["+"](self.data, other.data)`;
# there is `tanh`, with one operand; and `backward` sets its own gradient to 1 and goes through
# `topological_order(self)` from the end: each node adds its gradient times the partial to the gradient of each operand.


# %%
class Value:
    def __init__(self, data, operands=(), partials=()):
        self.data = data
        self.operands = operands
        self.partials = partials
        self.grad = 0.0

    def __add__(self, other): ...

    def __mul__(self, other): ...

    def tanh(self): ...

    def backward(self): ...


check("04.4", Value)

# %% [markdown]
# Before it says that you are right, the checker runs your class on 81 programs: small ones, as many as there are, then
# longer ones at random, and compares with this library. If it says that you are wrong, it shows the smallest program
# that is wrong, and names a mistake only if that one gives *all* of your numbers.
#
# ## Step
#
# This program is wrong with nearly every bug there is. For what must `s` wait in the backward pass?

# %%
from autograd import step_through


def diamond(a, b):
    s = a * b
    t = s + a
    out = s * t
    return out


step_through(diamond, 3.0, -2.0)

# %% [markdown]
# For `t`: only then has all of its gradient arrived.
#
# ## Why so many programs?
#
# Where no library is at hand to compare with, one can compare with a measurement: move an input by a small h to both
# sides, and divide the change of the result by 2h. That must agree for *every* program, so programs can be drawn:

# %%
from autograd import Value as Known
from stepgrad.learn.programs import programs


def by_differences(program, a, b, h=1e-5):
    return (program(Known(a + h), Known(b)).data - program(Known(a - h), Known(b)).data) / (2 * h)


def backward(trace, overwrite):
    gradients = {trace.nodes[-1].name: 1.0}
    for step in trace:
        contribution = gradients[step.node.name] * step.local
        before = 0.0 if overwrite else gradients.get(step.operand.name, 0.0)
        gradients[step.operand.name] = before + contribution
    return gradients.get("a", 0.0)


# %%
def failing(overwrite):
    wrong = []
    for program in programs("lesson"):
        a, b = program.inputs
        found = backward(step_through(program, Known(a, "a"), Known(b, "b")), overwrite)
        if abs(found - by_differences(program, a, b)) > 1e-6 * (1 + abs(found)):
            wrong.append(program)
    return wrong


wrong = failing(overwrite=True)
print(f"of {len(programs('lesson'))} programs {len(failing(overwrite=False))} are wrong with +=, {len(wrong)} with =")
print("the smallest:", wrong[0])

# %% tags=["check"]
assert not failing(overwrite=False) and str(wrong[0]) == "v1 = a + a"

# %% [markdown]
# This is *property-based testing*: say what holds for all programs, draw programs, and report the smallest that fails.
# A small one can be done by hand; a failing program of twelve operations tells nothing. Put a mistake of your own into
# the loop and run both cells again.
#
# A test with one example is weaker than it looks. Here are six engines with a bug each:

# %%
from stepgrad.learn.lessons.lesson_04 import BUGS, escaped

for bug, what_it_does in BUGS.items():
    print(f"{bug}: {what_it_does}")

# %% [markdown]
# The test is: `a * a` at a = 3 has the gradient 6. How many of the six pass it?

# %%
guess = ...

# %%
passing = escaped(lambda a, b: a * a, 3.0, -2.0)
print(f"these pass: {', '.join(passing)}")
reveal(guess, len(passing))

# %% tags=["check"]
assert passing == ["all_swapped", "pre_order", "repeated"]
assert escaped(diamond, 3.0, -2.0) == ["once_per_operand"]

# %% [markdown]
# Planting bugs to see whether a test notices is *mutation testing*.
#
# ## Check
#
# **04.5** A `visit` that calls itself ends at about 1,000 nodes: Python allows no more calls one within the other.
# Write the search without. Begin with a list `todo = [(result, False)]`. While it is not empty, `node, is_left =
# todo.pop()` takes the last pair off. If `is_left`, write the node down. Else, if the node is new, never taken off
# before, append `(node, True)`, and then `(operand, False)` for each operand, so that these come first.


# %%
def topological_order(result): ...


check("04.5", topological_order)

# %% [markdown]
# **04.6** Break them all: write *one* program of a and b, with +, \* and `.tanh()`, whose gradients are wrong with each
# of the six bugs.


# %%
def program(a, b): ...


check("04.6", program)

# %% [markdown]
# ## Three sentences
#
# - Each result keeps its operands, and a number beside each: the local derivative.
# - An order with operands before results, read backward, lets each node pass on once.
# - One example is passed by many wrong engines; the smallest failing program of many explains itself.
#
# What yours cannot: its gradients are plain numbers, made without a record, so they have no gradients themselves. The
# library can compute them with Values: the slope of a slope is one more walk back.
#
# Next: [Who is to blame? Deltas](05_deltas.ipynb).
