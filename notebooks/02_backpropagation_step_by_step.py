# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   # ruff: noqa: RET504
# ---

# %% [markdown]
# # Backpropagation, step by step
#
# First a neuron by hand: its output, and then how fast the output changes with each input. Then the same neuron in a
# page that you step through, what goes wrong when one part of the algorithm is wrong, and a network.
#
# You need `pip install "stepgrad[nn,plot]"`. Questions stand before the cell that answers them: try to answer first.
# Five cells show an interactive frame. A preview that leaves frames out, as GitHub's does, shows nothing there; run
# the notebook, or print the same steps as a table with `print(trace.to_text())`.

# %% [markdown]
# ## A neuron by hand
#
# A neuron with two inputs computes out = tanh(x1·w1 + x2·w2 + b). One operation a line, forward:

# %%
import math

x1, x2 = 2.0, 0.0
w1, w2 = -3.0, 1.0
b = 6 + math.log(1 + math.sqrt(2))  # this makes n = -6 + 0 + b the number whose tanh is 1/√2

p1 = x1 * w1
p2 = x2 * w2
s = p1 + p2
n = s + b
out = math.tanh(n)
print(f"p1 = {p1}, p2 = {p2}, s = {s}, n = {n:.4f}, out = {out:.4f}")
assert math.isclose(out, 1 / math.sqrt(2))

# %% [markdown]
# With this b, out is 1/√2. The slope of tanh is 1 − out², here 1/2, so that everything that
# follows can be done in the head.
#
# *Which of the five inputs would you increase to make out larger, and which decrease? One of them does not matter at
# all: which?*
#
# Each line above is a function of one or two numbers, and how fast its result changes with each of them is its *local
# derivative*:
#
# | line | local derivatives |
# | --- | --- |
# | p1 = x1·w1 | ∂p1/∂x1 = w1, ∂p1/∂w1 = x1 |
# | p2 = x2·w2 | ∂p2/∂x2 = w2, ∂p2/∂w2 = x2 |
# | s = p1 + p2 | ∂s/∂p1 = 1, ∂s/∂p2 = 1 |
# | n = s + b | ∂n/∂s = 1, ∂n/∂b = 1 |
# | out = tanh(n) | ∂out/∂n = 1 − out² |
#
# Now backward, from the last line to the first. The start is ∂out/∂out = 1. Every further line is one product: what is
# known of the result of an operation (*upstream*), times a local derivative. This is the chain rule, one edge at a
# time.

# %%
dout_dout = 1.0
dout_dn = dout_dout * (1 - out * out)
dout_ds = dout_dn * 1
dout_db = dout_dn * 1
dout_dp1 = dout_ds * 1
dout_dp2 = dout_ds * 1
dout_dx2 = dout_dp2 * w2
dout_dw2 = dout_dp2 * x2
dout_dx1 = dout_dp1 * w1
dout_dw1 = dout_dp1 * x1

by_hand = {"x1": dout_dx1, "x2": dout_dx2, "w1": dout_dw1, "w2": dout_dw2, "b": dout_db}
for name, slope in by_hand.items():
    print(f"dout/d{name} = {slope:.4f}")
assert [round(slope, 12) for slope in by_hand.values()] == [-1.5, 0.5, 1.0, 0.0, 0.5]

# %% [markdown]
# So increase x2, w1 and b, and decrease x1. And w2 does not matter, because it is multiplied by x2 = 0.
#
# The engine does exactly this. *To how many digits will it agree?*

# %%
from autograd import Value, step_through, tanh

leaves = {name: Value(number, name) for name, number in {"x1": x1, "x2": x2, "w1": w1, "w2": w2, "b": b}.items()}
result = (leaves["x1"] * leaves["w1"] + leaves["x2"] * leaves["w2"] + leaves["b"]).tanh()
result.backward()

for name, leaf in leaves.items():
    print(f"{name}: by hand {by_hand[name]!r}, the engine {leaf.grad!r}")
    assert leaf.grad == by_hand[name]

# %% [markdown]
# To the last one: they are the same products in the same order. Where 0.5 was expected there is 0.4999999999999998,
# for both of us, because b has a finite number of digits too.
#
# ## The neuron in the stepper
#
# `step_through` takes a function and numbers, calls the one with the other, and records both passes. The record shows
# itself as a page. Press **Next**, or click into the page and use the arrow keys; **Home** and **End** jump.
#
# - The forward phase computes one node at a time. Then comes the *seed*, ∂out/∂out = 1, and the backward phase.
# - The card shows each product three times: as the chain rule, as the rule of the operation, and in numbers.
# - Under the graph is the order, and the card says why it is a node's turn.
#
# - Further down in the frame are the inputs, the program, the paths and a list of all steps. Scroll, or drag the lower
#   right corner of the frame to make it taller.
#
# *Before each step, say which number comes next.* You have computed all of them above.


# %%
def neuron(x1, x2, w1, w2, b):
    p1 = x1 * w1
    p2 = x2 * w2
    s = p1 + p2
    n = s + b
    out = tanh(n)
    return out


trace = step_through(neuron, x1, x2, w1, w2, b)
trace

# %% [markdown]
# An addition passes its gradient on unchanged to both sides. A multiplication passes it on times *the other* factor.
#
# The page computes: change x2 from 0 to 1 under *Inputs*. *Which gradients change, and is that of w2 still 0?*

# %%
before = {node.name: node.grad for node in trace.nodes}
after = {node.name: node.grad for node in step_through(neuron, x1, 1.0, w1, w2, b).nodes}
for name in by_hand:
    print(f"dout/d{name}: {before[name]:.3f} with x2 = 0, {after[name]:.3f} with x2 = 1")
assert [round(after[name], 3) for name in by_hand] == [-0.266, 0.089, 0.177, 0.089, 0.089]

# %% [markdown]
# All of them change. That of w2 is no longer 0, since its factor is not. The others shrink, since a larger n is
# further up on the tanh, where it is flatter, and its slope is a factor of every one of them.
#
# ## A node that is used twice
#
# In the neuron each number is used once. *What is the derivative of a + a with respect to a, and how do the two edges
# from a to the sum make it up?*

# %%
print(step_through(lambda a: a + a, 3.0).to_text())

# %% [markdown]
# Each edge contributes 1, and the gradient is their sum, 2. This holds in general: change a a little, and the change
# reaches the result along every edge at once. So *contributions add*.
#
# Here a is used three times. *What are the three contributions at a = 3?*


# %%
def fan_out(a):
    square = a * a
    b = square + a
    return b


fan_out_trace = step_through(fan_out, 3.0)
fan_out_trace

# %% [markdown]
# 1 through the sum, and 3 twice through the product. Together 7, as the formula 2a + 1 has it.

# %%
contributions = [step.product for step in fan_out_trace if step.operand.name == "a"]
print(" + ".join(f"{product:g}" for product in contributions), "=", fan_out_trace.nodes[0].grad)
assert contributions == [1.0, 3.0, 3.0] and fan_out_trace.nodes[0].grad == 7.0

# %% [markdown]
# ## Why += and not =
#
# The whole backward pass is this loop over the steps. With `overwrite=True` it has the commonest of all mistakes: `=`
# where `+=` belongs. *What does it give for the gradient of a?*


# %%
def gradients_of(trace, steps=None, overwrite=False):
    """The gradients by name: the backward pass over the steps of a trace, or over the same steps in another order."""
    gradients = {node.name: 0.0 for node in trace.nodes}
    gradients[trace.seed.node.name] = trace.seed.gradient
    for step in trace.steps if steps is None else steps:
        contribution = gradients[step.node.name] * step.local
        if overwrite:
            gradients[step.operand.name] = contribution  # deliberately wrong
        else:
            gradients[step.operand.name] += contribution
    return gradients


right = gradients_of(fan_out_trace)
wrong = gradients_of(fan_out_trace, overwrite=True)
print(f"with += : {right}")
print(f"with =  : {wrong}")
assert right == {node.name: node.grad for node in fan_out_trace.nodes} and wrong["a"] == 3.0

# %% [markdown]
# Only the last contribution is left: 3 in place of 7. Nothing fails, no error is raised, and a network with such
# gradients may even learn something, slowly.
#
# The page can make the same mistake. Go back to it, choose **= instead of +=** from *Bug*, and step on until a node is
# marked as the first wrong one. *Which step is it, and why not the one before?*

# %%
so_far, first_wrong = 0.0, None
for step in fan_out_trace:
    if step.operand.name == "a":
        so_far += step.product
        if first_wrong is None and step.product != so_far:
            first_wrong = step
print(f"step {first_wrong.number}, contribution {first_wrong.contribution} of {first_wrong.operand.consumers}")
print(
    f"right: {first_wrong.before:g} + {first_wrong.product:g} = {first_wrong.after:g}; wrong: {first_wrong.product:g}"
)
assert (first_wrong.number, first_wrong.contribution, first_wrong.after) == (3, 2, 4.0)

# %% [markdown]
# The third: it is the second contribution to a. The first one is added to 0, and there `=` and `+=` are the same.
#
# ## The order
#
# A node passes on what has arrived at it. So everything must have arrived before: *all consumers of a node come before
# the node*. An order in which that holds backward is called *topological* (forward: operands before results).
#
# In the following function b has two consumers, c and d. *In which order do d, c and b take their turns?*


# %%
def diamond(a):
    b = a * a
    c = b + a
    d = b * c
    return d


diamond_trace = step_through(diamond, 2.0)
diamond_trace

# %% [markdown]
# There is only one: d, c, b. Though d passes its gradient on to b in the very first step, b has to wait for c.
#
# To find such an order takes one walk through the graph: before a node is written down, its operands are.


# %%
from autograd import topological_order


def operands_first(node, order):
    if node not in order:
        for operand in node.operands:
            if isinstance(operand, Value):  # a constant needs no gradient
                operands_first(operand, order)
        order.append(node)
    return order


d = diamond(Value(2.0))
assert operands_first(d, []) == topological_order(d)
print("forward: ", [node.name for node in diamond_trace.nodes])
print("backward:", list(dict.fromkeys(step.node.name for step in diamond_trace)))
assert list(dict.fromkeys(step.node.name for step in diamond_trace)) == ["d", "c", "b"]

# %% [markdown]
# *What if b takes its turn too early, before c?* Choose **wrong order** from *Bug* in the page, or shuffle the steps:

# %%
turns = {"d": 0, "b": 1, "c": 2}
too_early = sorted(diamond_trace, key=lambda step: turns[step.node.name])
right, wrong = gradients_of(diamond_trace), gradients_of(diamond_trace, too_early)
print(f"right: {right}")
print(f"wrong: {wrong}")
assert right["a"] == 44.0 and wrong["a"] == 28.0 and right["b"] == wrong["b"] == 10.0

# %% [markdown]
# b has the right gradient in the end, 10. But when it passed its gradient on it had only 6 of the 10, and the
# remaining 4, times 2a = 4, never reach a: 44 − 16 = 28.
#
# Not every change of order is a mistake. In the neuron, p1 and p2 may take their turns either way: neither is a
# consumer of the other.

# %%
either_way = sorted(trace, key=lambda step: ["out", "n", "s", "p1", "p2"].index(step.node.name))
assert [step.node.name for step in either_way] != [step.node.name for step in trace]
assert gradients_of(trace, either_way) == gradients_of(trace)

# %% [markdown]
# ## Predict
#
# Now without looking. A straight line w·x + b predicts a number, the truth is y, and the loss is the square of the
# error. All gradients are whole numbers.
#
# Tick **Predict** first. The page goes to the first step of the backward phase and hides the contribution. Type what it
# is and press Enter: the page says whether it is right, and Enter once more goes to the next one. If you are stuck, the
# button in the card shows the local rule, then the numbers, then the answer. Predict each of the eight contributions,
# and watch for the node that gets two. The page keeps the score.


# %%
def squared_error(w, x, b, y):
    error = w * x + b - y
    loss = error * error
    return loss


loss_trace = step_through(squared_error, 3.0, 2.0, -1.0, 7.0)
loss_trace

# %% [markdown]
# On paper it goes as well. Put your eight contributions into the list, in the order of the steps (loss → error twice,
# then those of error, of the sum, of the product), and run the cell.

# %%
my_answers = []  # such as [1.5, -2, ...]

found = [math.isclose(answer, step.product) for answer, step in zip(my_answers, loss_trace, strict=False)]
print(f"{sum(found)} of {len(loss_trace)} right")
for step, is_right in zip(loss_trace, found, strict=False):
    if not is_right:
        print(f"step {step.number}, {step.node.name} to {step.operand.name}: the rule is {step.rule}")

# %% [markdown]
# <details><summary>The eight contributions</summary>
#
# −2 and −2 to error, which make −4; −4 to the sum and 4 to y; −4 to the product and −4 to b; −8 to w and −12 to x.
#
# </details>

# %%
assert [step.product for step in loss_trace] == [-2, -2, -4, 4, -4, -4, -8, -12]

# %% [markdown]
# *The loss is to become smaller. In which direction will an optimizer change w and b?* Against the gradient: both
# gradients are negative, so it increases both.
#
# ## A network
#
# Two inputs, two hidden neurons with relu, one linear neuron for the output. By default each weighted sum is one node.
# `expanded=True` makes a node of every product and every sum: the same numbers, with all of the arithmetic to be seen.
# *How many nodes does each of the two graphs have?* Nine parameters and two inputs are in both.

# %%
import nn
from autograd import capture_source


def network(**options):
    """Two layers with parameters that make whole numbers, hidden neurons first."""
    model = nn.MLP(2, [2, 1], **options)
    for parameter, number in zip(model.parameters(), [2.0, -1.0, 1.0, -1.0, 1.0, 0.0, 3.0, -2.0, 0.0], strict=True):
        parameter.data = number
    return model


compact, expanded = network(), network(expanded=True)
print([name for name, _ in expanded.named_parameters()])
sizes = [len(step_through(model([1.0, 2.0])).nodes) for model in (compact, expanded)]
print(f"{sizes[0]} nodes, expanded {sizes[1]}")

# %% [markdown]
# In a block of `capture_source(model)` each node remembers the module that made it. The frames in the graph are those
# modules, neurons within layers, and the buttons under the graph fold each of them into one box. Press **Fit**, fold
# the three neurons and step by *node*: the arrows between the boxes show when a gradient leaves a neuron. Unfold one
# to see what happens within.
#
# *The inputs are x1 = 1 and x2 = 2, and both hidden neurons are on. What is the gradient of x1?*

# %%
inputs = [Value(1.0, "x1"), Value(2.0, "x2")]
with capture_source(expanded) as source:
    output = expanded(inputs)
    output.label = "output"
network_trace = step_through(output, capture=source)
network_trace

# %% [markdown]
# ## Every path
#
# A gradient has another reading. Go from x1 to the result along some path and multiply the local derivatives on the
# way. Do so for every path, and add up. That is the chain rule multiplied out.
#
# In the network there are two paths from x1, one through each hidden neuron, and so ∂output/∂x1 = 3·2 + (−2)·(−1) = 8.

# %%
from autograd import sum_over_paths

print(sum_over_paths(output, inputs[0]))

# %% [markdown]
# The trace knows them too: `paths_to` takes the name of a node, or its position, and gives the same sum, each path with
# its steps, which begin at the result. In the page, open *Paths* and choose a node; its paths are marked in the graph.

# %%
paths = network_trace.paths_to("x1")
for path in paths.paths:
    print(f"{path.product:2g} along", " → ".join(["output", *(step.operand.name for step in path.steps)]))
assert [path.product for path in paths.paths] == [6.0, 2.0]
assert sum(path.product for path in paths.paths) == paths.gradient == 8.0

# %% [markdown]
# *Now set x2 to −2 in the page. The second hidden neuron gets −1 + (−2) = −3, and its relu gives 0. What is the
# gradient of x1, and which of the nine parameters have gradient 0?*

# %%
output = expanded([1.0, -2.0])
expanded.zero_grad()
output.backward()
off = [name for name, parameter in expanded.named_parameters() if parameter.grad == 0]
print("gradient 0:", off)
x1 = Value(1.0, "x1")
print(sum_over_paths(expanded([x1, -2.0]), x1))
assert len(off) == 4 and sum_over_paths(expanded([x1, -2.0]), x1).gradient == 6.0

# %% [markdown]
# The path through the neuron that is off has a factor 0, which leaves 6. Four parameters get nothing: the two weights
# and the bias of that neuron, and the weight that multiplies its output, which is 0.
#
# Why then step at all, if adding up paths gives the same? Because of their number. Square a number ten times: every
# squaring doubles the paths. *How many paths, how many steps?*


# %%
def squared_ten_times(x):
    for _ in range(10):
        x = x * x
    return x


squares = step_through(squared_ten_times, 1.0)
print(f"{squares.paths_to(0, max_paths=0).total} paths, {len(squares)} steps, gradient {squares.nodes[0].grad:g}")
assert squares.paths_to(0, max_paths=0).total == 2**10 == squares.nodes[0].grad and len(squares) == 20

# %% [markdown]
# Backpropagation goes along each edge once, whatever the number of paths: every node adds up before it passes on.
#
# ## Is it right?
#
# One more opinion, which knows nothing of derivatives: move an input by h to both sides and see how the output
# changes, (f(x + h) − f(x − h)) / 2h. In the page, tick **Finite differences**: the table gets a column with them.

# %%
for name, difference in trace.finite_differences().items():
    print(f"dout/d{name}: gradient {before[name]:7.4f}, finite difference {difference:7.4f}")
    assert math.isclose(before[name], difference, abs_tol=1e-8)

# %% [markdown]
# Which h is best? A smaller h should be better, since the derivative is the limit for h → 0. *What will the error look
# like as h goes from 1 down to 10⁻¹⁵?*

# %%
# %matplotlib inline
import matplotlib.pyplot as plt

exact = before["w1"]
steps = [10 ** (-k / 4) for k in range(61)]


def error_of(difference):
    return max(abs(difference - exact), 1e-17)  # a logarithmic axis has no place for 0


def central(h):
    return (neuron(2.0, 0.0, w1 + h, w2, b) - neuron(2.0, 0.0, w1 - h, w2, b)) / (2 * h)


def forward(h):
    return (neuron(2.0, 0.0, w1 + h, w2, b) - neuron(2.0, 0.0, w1, w2, b)) / h


figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
ax.loglog(
    steps,
    [error_of(forward(h)) for h in steps],
    "s--",
    markersize=4,
    color=nn.plot.COLORS[1],
    label="(f(x+h)−f(x)) / h",
)
ax.loglog(
    steps,
    [error_of(central(h)) for h in steps],
    "o-",
    markersize=4,
    color=nn.plot.COLORS[0],
    label="(f(x+h)−f(x−h)) / 2h",
)
ax.set(xlabel="h", ylabel="error of the finite difference")
ax.spines[["top", "right"]].set_visible(False)
legend = ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False)

# %% [markdown]
# A letter U, read from the right. At first the error falls with h: the curve is replaced by a straight line, and the
# shorter it is, the better. With central differences the error goes like h², a hundredth for every tenth of h.
#
# Then it grows again. The two values agree in more and more digits, and their difference is made of the few that
# remain: the rounding error, about 10⁻¹⁶, is divided by an ever smaller h. At the best h, around 10⁻⁵, some ten digits
# are right. Backpropagation has no h: it is right to the last digits, and all gradients take one pass rather than two
# evaluations for each input.

# %%
assert 90 < error_of(central(1e-2)) / error_of(central(1e-3)) < 110
assert 9 < error_of(forward(1e-2)) / error_of(forward(1e-3)) < 11
best = min(error_of(central(10**-k)) for k in range(1, 15))
assert best < 1e-9 and max(error_of(central(10**-k)) for k in (13, 14, 15)) > 1000 * best

# %% [markdown]
# ## Exercises
#
# **1.** A neuron with relu: out = relu(x1·w1 + x2·w2 + b), with the numbers of this notebook but b = 5. What are the
# five gradients, and what would an optimizer do?
#
# <details><summary>Answer</summary>
#
# n = −6 + 0 + 5 = −1 is negative, so out is 0 and the slope of relu is 0, and this factor is on every path. All five
# are 0, and an optimizer changes nothing. For this input the neuron is off; other inputs may switch it on.
#
# </details>
#
# **2.** `x * x * x` at x = 2: how many paths lead to x, and what is the product along each? And for `(x * x) * (x *
# x)`, where the square is computed once?
#
# <details><summary>Answer</summary>
#
# Three paths with 4 each: 12 = 3x². Four paths with 8 each: 32 = 4x³. In xⁿ, each x in the product has its own path.
#
# </details>
#
# **3.** `gradients_of(trace, overwrite=True)` gives the right gradients for the neuron. Why? And why does such a
# mistake come out as soon as a network is trained on two rows at a time?
#
# <details><summary>Answer</summary>
#
# In the neuron each node has one consumer, so nothing is ever added to anything but 0. With two rows each weight is
# used twice, once for each, and `=` leaves the contribution of one row only.
#
# </details>
#
# **4.** Compute the neuron three times and call `backward()` each time, but never set `grad` to 0 in between. What is
# `w1.grad` then? Choose **forgotten zero_grad** from *Bug* in the first page and see after which step it differs.
#
# <details><summary>Answer</summary>
#
# 3 instead of 1: `backward` adds to what is there. The page starts with the gradients of one earlier pass in the
# leaves; the first wrong sum is at the first leaf that is reached, b, in step 3.
#
# </details>
#
# **5.** In the plot, what slope does the falling part of each curve have, and why do both rise with the same slope to
# the left?
#
# <details><summary>Answer</summary>
#
# 1 for the forward and 2 for the central difference: errors that go like h and like h². The rise is the rounding error
# divided by h, the same for both, so its slope is −1.
#
# </details>
#
# The answers, checked:

# %%
from autograd import relu

off_trace = step_through(lambda x1, x2, w1, w2, b: relu(x1 * w1 + x2 * w2 + b), 2.0, 0.0, -3.0, 1.0, 5.0)
assert all(node.grad == 0 for node in off_trace.nodes if node.is_leaf)

for power, product, function in [(3, 4.0, lambda x: x * x * x), (4, 8.0, lambda x: (square := x * x) * square)]:
    assert [path.product for path in step_through(function, 2.0).paths_to(0).paths] == [product] * power

assert gradients_of(trace, overwrite=True) == gradients_of(trace)

fresh = [Value(number) for number in (2.0, 0.0, w1, w2, b)]
for _ in range(3):
    neuron(*fresh).backward()
assert math.isclose(fresh[2].grad, 3.0)
assert next(step.number for step in trace if step.operand.is_leaf) == 3

# %% [markdown]
# ## Where to go from here
#
# - `stepgrad explain "tanh(w*x + b)" w=-3 x=2 b=6.88 --html neuron.html` makes the page of any expression, and
#   `trace.save_html("neuron.html")` that of a trace: one file that needs no network.
# - [`docs/trace.md`](../docs/trace.md) describes what is in a trace.
# - [`03_training_on_real_data.ipynb`](03_training_on_real_data.ipynb): what all these gradients are for.
