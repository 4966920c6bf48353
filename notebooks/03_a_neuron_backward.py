# ---
# jupyter:
#   stepgrad:
#     title: A neuron, backward
#     question: Which of five numbers would you turn to make the output larger?
#     minutes: 75
#     needs: "00"
#     rows: [4]
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from stepgrad.learn import check, hint, reveal

# %% [markdown]
# A neuron with two inputs computes out = tanh(x1·w1 + x2·w2 + b); tanh squeezes any number into −1 to 1. Here it is,
# one operation a line:

# %%
import math

x1, x2 = 2.0, 0.0
w1, w2 = -3.0, 1.0
b = 6.8813735870195432

p1 = x1 * w1
p2 = x2 * w2
s = p1 + p2
n = s + b
out = math.tanh(n)
print(f"p1 = {p1}, p2 = {p2}, s = {s}, n = {n:.4f}, out = {out:.4f}")

# %% [markdown]
# ## Predict
#
# One of the five numbers x1, x2, w1, w2, b does not matter at all: a small change of it leaves out as it is. Which?
# Type your guess in quotation marks, in place of the three dots.

# %%
guess = ...


# %%
def neuron_out(x1, x2, w1, w2, b):
    return math.tanh(x1 * w1 + x2 * w2 + b)


now = neuron_out(x1, x2, w1, w2, b)
h = 0.001
print(f"x1 + h: out changes by {neuron_out(x1 + h, x2, w1, w2, b) - now:+.6f}")
print(f"x2 + h: out changes by {neuron_out(x1, x2 + h, w1, w2, b) - now:+.6f}")
print(f"w1 + h: out changes by {neuron_out(x1, x2, w1 + h, w2, b) - now:+.6f}")
print(f"w2 + h: out changes by {neuron_out(x1, x2, w1, w2 + h, b) - now:+.6f}")
print(f"b  + h: out changes by {neuron_out(x1, x2, w1, w2, b + h) - now:+.6f}")
reveal(guess, "w2")

# %% [markdown]
# w2 is multiplied by x2, which is 0. To make out larger, turn x1 down and x2, w1 or b up. Divided by h, the changes are
# close to −1.5, 0.5, 1, 0 and 0.5, the closer the smaller h is. Those limits are the *derivatives*: ∂out/∂x1 says how
# fast out changes with x1 while the other four stay.
#
# ## Run
#
# Five inputs took five trials. Backpropagation needs one walk. Each line above is a function of one or two numbers,
# whose *local derivatives* are known (that of tanh is 1 minus its own square):
#
# | line | local derivatives |
# | --- | --- |
# | p1 = x1·w1 | ∂p1/∂x1 = w1, ∂p1/∂w1 = x1 |
# | p2 = x2·w2 | ∂p2/∂x2 = w2, ∂p2/∂w2 = x2 |
# | s = p1 + p2 | ∂s/∂p1 = 1, ∂s/∂p2 = 1 |
# | n = s + b | ∂n/∂s = 1, ∂n/∂b = 1 |
# | out = tanh(n) | ∂out/∂n = 1 − out² |
#
# Go from the last line to the first. The start is ∂out/∂out = 1. Then each line is one product: what is known of the
# result (*upstream*) times a local derivative. That is the chain rule, one edge of the graph at a time.

# %%
dout_dn = 1.0 * (1 - out * out)
dout_ds = dout_dn * 1
dout_db = dout_dn * 1
dout_dp1 = dout_ds * 1
dout_dp2 = dout_ds * 1
dout_dx1, dout_dw1 = dout_dp1 * w1, dout_dp1 * x1
dout_dx2, dout_dw2 = dout_dp2 * w2, dout_dp2 * x2

by_hand = {"x1": dout_dx1, "x2": dout_dx2, "w1": dout_dw1, "w2": dout_dw2, "b": dout_db}
print({name: round(slope, 4) for name, slope in by_hand.items()})

# %% tags=["check"]
assert [round(slope, 12) for slope in by_hand.values()] == [-1.5, 0.5, 1.0, 0.0, 0.5]

# %% [markdown]
# An addition passes its gradient on to both sides; a multiplication passes it on times *the other* factor.
#
# ## Step
#
# The same as a picture. Press **Watch the gradient flow**, or the arrow **>** for one step, and before each step say
# which number comes. The circles are operations, the boxes numbers; a box that is given, not computed, is a *leaf*.
# Arrows point the way of the values; the gradient goes against them, so its steps are written n → s, result first.

# %%
from autograd import step_through, tanh


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
# To how many digits do your numbers and the engine's agree?

# %%
for node in trace.nodes:
    if node.is_leaf:
        print(f"{node.name}: by hand {by_hand[node.name]!r}, the engine {node.grad!r}")

# %% tags=["check"]
assert all(by_hand[node.name] == node.grad for node in trace.nodes if node.is_leaf)

# %% [markdown]
# To the last one: the same products in the same order.
#
# ## Why contributions add
#
# In the neuron each number is used once. In b = a·a + a, a is used three times. What is the gradient of a at a = 3?

# %%
guess = ...


# %%
def fan_out(a):
    square = a * a
    b = square + a
    return b


fan = step_through(fan_out, 3.0)
reveal(guess, fan.nodes[0].grad)

# %%
fan

# %% [markdown]
# Change a a little, and the change reaches b along each of three edges at once: 1 through the sum, 3 and 3 through the
# product. So *contributions add*: 7, as the formula 2a + 1 has it. Multiplied out, the chain rule goes along paths:

# %%
print(fan.paths_to("a"))

# %% [markdown]
# Lecture notes write it so: z becomes a = σ(z), some function of it, and a is used twice on the way to the end C, as
# w₃·a in z′ and as w₄·a in z″ (names, not derivatives). Then ∂C/∂z = ∂a/∂z · (w₃ ∂C/∂z′ + w₄ ∂C/∂z″): two
# contributions, added at a, and one product more.
#
# The whole backward pass is one loop over the edges. Here are the edges in their order, and the loop:


# %%
def gradients_of(steps, result):
    gradients = {step.operand.name: 0.0 for step in steps}
    gradients[result] = 1.0
    for step in steps:
        gradients[step.operand.name] += gradients[step.node.name] * step.local
    return gradients


for step in fan:
    print(f"{step.node.name} → {step.operand.name}: contributes {step.product:g}")
print(gradients_of(fan, "b"))

# %% [markdown]
# With `=` in place of `+=`, what is the gradient of a?

# %%
guess = ...


# %%
def overwritten(steps, result):
    gradients = {result: 1.0}
    for step in steps:
        gradients[step.operand.name] = gradients[step.node.name] * step.local
    return gradients


reveal(guess, overwritten(fan, "b")["a"])

# %% tags=["check"]
assert gradients_of(fan, "b") == {node.name: node.grad for node in fan.nodes}
assert overwritten(fan, "b")["a"] == 3.0

# %% [markdown]
# Nothing fails, no error is raised: only the last contribution is left. In the page of `fan`, choose **= instead of
# +=** under *Bug*, and go through the steps: the sums show what happens.
#
# ## Why the order matters
#
# A node passes on what has arrived at it. So everything must have arrived before: *whatever a node was used for, its
# consumers, comes before the node*. Here b has two consumers, c and d:


# %%
def diamond(a):
    b = a * a
    c = b + a
    d = b * c
    return d


diamond_trace = step_through(diamond, 2.0)
d_steps = [step for step in diamond_trace if step.node.name == "d"]
c_steps = [step for step in diamond_trace if step.node.name == "c"]
b_steps = [step for step in diamond_trace if step.node.name == "b"]
print("the gradient of a:", gradients_of(d_steps + c_steps + b_steps, "d")["a"])

# %% [markdown]
# Now b takes its turn before c, so that the steps come in the order d, b, c. What does a get?

# %%
guess = ...

# %%
reveal(guess, gradients_of(d_steps + b_steps + c_steps, "d")["a"])

# %% tags=["check"]
assert gradients_of(diamond_trace, "d")["a"] == 44.0
assert gradients_of(d_steps + b_steps + c_steps, "d")["a"] == 28.0

# %% [markdown]
# b had only 6 of its 10 when it passed them on; the missing 4, times 2a = 4, never reach a: 44 − 16 = 28.

# %%
diamond_trace

# %% [markdown]
# ## Check
#
# A wrong answer is told which mistake gives it. `hint("03.2")` helps, three times: rule, numbers, answer.
#
# **03.1** relu(n) is n where n is above 0, and 0 elsewhere. A neuron p1 = x1·w1, p2 = x2·w2, s = p1 + p2, n = s + b,
# out = relu(n), at x1 = 2, x2 = 3, w1 = −4, w2 = 1.5, b = 2.5: the gradients of x1, x2, w1, w2, b?

# %%
answer = ...
check("03.1", answer)

# %% [markdown]
# **03.2** A line and its error, at w = 2, x = 4, b = −1, y = 10. List the eight contributions in the order of the
# steps: loss → error twice, error → prediction, error → y, prediction → product, prediction → b, product → w, product →
# x.


# %%
def squared_error(w, x, b, y):
    product = w * x
    prediction = product + b
    error = prediction - y
    loss = error * error
    return loss


answer = ...
check("03.2", answer)

# %% [markdown]
# Then show it with `step_through(squared_error, 2.0, 4.0, -1.0, 10.0)`: **Predict** in the page asks for one at a time.
#
# **03.3** At x = 3: how many paths lead from x to x\*x\*x, and what is its slope? And for (x\*x)\*(x\*x), where the
# square is computed once? Four numbers.

# %%
answer = ...
check("03.3", answer)

# %% [markdown]
# **03.4** b = a·a, c = b + a, d = b·c, e = c·c, f = d + e, at a = 2. In which order do the five results pass their
# gradients on? A list of names, or a text such as "b c d e f".

# %%
answer = ...
check("03.4", answer)

# %% [markdown]
# **03.5** Break it: change *one* input of this lesson's neuron so that ∂out/∂w1 is exactly 0. A dict, such as
# `{"b": 1.0}`.

# %%
answer = ...
check("03.5", answer)

# %% [markdown]
# ## Three sentences
#
# - Each edge contributes upstream times local derivative.
# - Contributions to a node add up.
# - A node passes on when all of its consumers have.
#
# Next: [Write the engine](04_write_the_engine.ipynb), which is these three sentences in forty lines.
