# ---
# jupyter:
#   stepgrad:
#     title: Write the engine
#     question: Can 40 lines of yours give the same numbers as this library, to the last digit?
#     minutes: 40
#     needs: "03"
#     rows: [4, 35]
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from stepgrad.learn import check, reveal

# %% [markdown]
# In [lesson 03](03_a_neuron_backward.ipynb) the backward pass was a loop over steps that somebody had recorded. Now
# you record them. The class is called `Value`, and this is all that it must do:
#
# ```python
# a = Value(3.0)
# b = a * a + a
# b.backward()
# a.grad  # 7.0
# ```
#
# ## Predict
#
# In this program a node `a * a` is made without a name. Two seconds later `backward` needs to know that it was a
# product, and of what. Who remembers that: `"a"`, `"b"`, or the `"result"` of each operation?

# %%
guess = ...

# %%
reveal(guess, "result")

# %% [markdown]
# Each result remembers what it was made from; a leaf was made from nothing. So the graph needs no list: whoever
# holds b holds all of it.
#
# ## First sitting: remember
#
# **04.1** Write the two operations. Each returns a new `Value`, with the number and the two *nodes* it came from.


# %%
class Value:
    def __init__(self, data, operands=(), partials=()):
        self.data = data
        self.operands = operands  # the nodes it was made from
        self.partials = partials  # a number for each operand: later
        self.grad = 0.0

    def __add__(self, other): ...

    def __mul__(self, other): ...


check("04.1", Value)

# %% [markdown]
# ## Second sitting: local derivatives
#
# **04.2** Each function gets the numbers of the operands and returns a tuple: how fast the result changes with each of
# them. tanh has one operand, so a tuple of one, `(…,)`.

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
# **04.3** A node passes on when all of its consumers have. Such an order, read from its end, has *operands before
# results*. Write the search: before a node is written down, its operands are; and no node twice. Nodes have `operands`.


# %%
def topological_order(result): ...


check("04.3", topological_order)

# %% [markdown]
# ## Fourth sitting: backward
#
# **04.4** All together: the operations now also pass the partials on, there is `tanh`, and `backward`: the gradient of
# the result is 1, and then, from the end of the order, each node adds upstream times partial to each of its operands.


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
# Before it says that you are right, the checker runs your class on 81 programs: all programs of one or two operations
# there are, then longer ones at random, and compares with this library. If it says that you are wrong, it shows the
# smallest of them, and which mistake gives *all* of your numbers.
#
# ## Step
#
# The program that finds most mistakes is this one. Why must `s` wait in the backward pass, and for what?

# %%
from autograd import step_through


def diamond(a, b):
    s = a * b
    t = s + a
    out = s * t
    return out


step_through(diamond, 3.0, -2.0)

# %% [markdown]
# ## Why so many programs?
#
# Where no library is at hand to compare with, one can compare with a measurement: move an input by h to both sides, and
# divide the change of the result by 2h. That is a *property* that holds for every program, so programs can be drawn:

# %%
from autograd import Value as Known
from stepgrad.learn.programs import programs


def by_differences(program, a, b, h=1e-5):
    return (program(Known(a + h), Known(b)).data - program(Known(a - h), Known(b)).data) / (2 * h)


def backward(trace, overwrite=False):
    gradients = {trace.nodes[-1].name: 1.0}
    for step in trace:
        contribution = gradients[step.node.name] * step.local
        before = 0.0 if overwrite else gradients.get(step.operand.name, 0.0)
        gradients[step.operand.name] = before + contribution
    return gradients


# %%
def failing(overwrite):
    wrong = []
    for program in programs("lesson"):
        a, b = program.inputs
        found = backward(step_through(program, Known(a, "a"), Known(b, "b")), overwrite).get("a", 0.0)
        if abs(found - by_differences(program, a, b)) > 1e-6 * (1 + abs(found)):
            wrong.append(program)
    return wrong


wrong = failing(overwrite=True)
print(f"with += {len(failing(overwrite=False))}, with = {len(wrong)} of {len(programs('lesson'))} programs are wrong")
print("the smallest:", wrong[0])

# %% tags=["check"]
assert not failing(overwrite=False) and str(wrong[0]) == "v1 = a + a"

# %% [markdown]
# This is *property-based testing*: state what holds for all programs, draw programs, and report the smallest that
# fails. A small one can be done by hand; a failing program of twelve operations tells nothing. Put a mistake of your
# own into the loop and run both cells again.
#
# A test with one example is weaker than it looks. Take `a * a` at a = 3, which should give 6. Six engines have a bug
# each: how many of them pass this test?

# %%
guess = ...

# %%
from stepgrad.learn.lessons.lesson_04 import BUGS, escaped

passing = escaped(lambda a, b: a * a, 3.0, -2.0)
print(f"{len(BUGS)} bugs: {', '.join(BUGS)}\npass: {', '.join(passing)}")
reveal(guess, len(passing))

# %% tags=["check"]
assert passing == ["all_swapped", "pre_order", "repeated"]

# %% [markdown]
# They keep the last contribution only, or the first; swap the factors of a product; take nodes as they meet them; visit
# a node once for each path; keep operands in a set. Planting bugs to see whether tests notice is *mutation testing*.
#
# ## Check
#
# **04.5** A search that calls itself ends at about 1,000 nodes, as Python allows no more calls one within the other.
# Make yours go through 20,000: a list of what is still to be done takes the place of the calls.

# %%
check("04.5", Value)

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
# What yours cannot: gradients are plain numbers there, made without a record, so they have no gradients themselves. In
# the library `backward(create_graph=True)` computes them with Values, and the slope of a slope is one more backward.
#
# Next: [Who is to blame? Deltas](05_deltas.ipynb).
