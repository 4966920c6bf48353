# ---
# jupyter:
#   stepgrad:
#     title: Quickstart
#     question: What is a number that remembers?
#     minutes: 25
#     needs: ""
#     rows: []
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from stepgrad.learn import check, hint, reveal

# %% [markdown]
# A `Value` holds a number. Arithmetic on Values gives Values, and each result remembers what it was computed from.

# %%
from autograd import Value

a = Value(2.0)
b = Value(-3.0)
d = a * b + a * a
d

# %% [markdown]
# So d can be asked where it comes from; and, going back along that memory, how fast it changes with each number it was
# made from. That is its *gradient*.
#
# ## Predict
#
# d = a·b + a² with a = 2 and b = −3. If a grows by a little, how many times as much does d grow? Put a number in the
# place of the three dots, and run the next two cells.

# %%
guess = ...

# %%
a, b = Value(2.0), Value(-3.0)
d = a * b + a * a
d.backward()
reveal(guess, a.grad)

# %% [markdown]
# A formula says so too: b + 2a. But no formula was needed, and none is needed where a program has a million lines.
# Is it right? Change a by h, and see how much d changes for each h:


# %%
def f(a, b):
    product = a * b
    square = a * a
    d = product + square
    return d


for h in (1.0, 0.1, 0.001):
    print(f"h = {h:<6} slope = {(f(2.0 + h, -3.0) - f(2.0, -3.0)) / h:.6f}")

# %% [markdown]
# The smaller h, the nearer to 1. The engine has it without any h.
#
# ## Step
#
# How does it come about? Call the function with two numbers, and all that happens is recorded. Each arrow of the
# picture leads from a number to what it was used for. Press **Watch the gradient flow**: it flows back along the
# arrows, and three numbers come together at a.

# %%
from autograd import step_through

step_through(f, 2.0, -3.0)

# %% [markdown]
# At each arrow there is one product: the gradient that has arrived (*upstream*) times the slope of one operation. That
# is all that ever happens. [Lesson 03](03_a_neuron_backward.ipynb) goes through it, and in [lesson
# 04](04_write_the_engine.ipynb) you write it.
#
# ## Learn
#
# A network is such an expression, with many numbers that may be changed, its weights. One more number, the *loss*, says
# how wrong it is; learning is changing the weights against the gradient of the loss. Two half moons make a small
# problem that no straight line solves.

# %%
import random
import nn

random.seed(0)
X, y = nn.data.make_moons(100, noise=0.1, random_state=0)
model = nn.MLP(2, [16, 16, 2], activation="tanh")
criterion = nn.CrossEntropyLoss()
optimizer = nn.optim.SGD(model.parameters(), lr=0.3)
for step in range(4):
    loss = criterion(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()  # each weight -= 0.3 * its gradient
    print(f"step {step}: loss {loss.data:.4f}")

# %% tags=["check"]
assert len(list(model.parameters())) == 354

# %% [markdown]
# Each step has gone against the gradient of all 354 weights, found in one walk back. `fit` does the same over and over,
# with 20 of the points at a time; Adam is a rule for the size of each step that most people use. How many of the 100
# points will be on the right side of the border after 40 rounds?

# %%
guess = ...

# %%
options = {"epochs": 40, "batch_size": 20, "metrics": ["accuracy"], "seed": 0, "progress": False}
history = nn.fit(model, (X, y), criterion, nn.optim.Adam(model.parameters(), lr=0.03), **options)
for epoch in (1, 10, 40):
    print(f"epoch {epoch:2}: loss {history.loss[epoch - 1]:.4f}, accuracy {history.accuracy[epoch - 1]:.0%}")
reveal(guess, round(100 * history.accuracy[-1]))

# %%
from stepgrad.figures import decision_regions

decision_regions(model, X, y)

# %% tags=["check"]
assert history.accuracy[-1] > 0.95

# %% [markdown]
# ## Check
#
# **00.1** product = a·b, square = a·a, d = product + square, now with a = 4 and b = −1.5. The gradients of a and b?

# %%
answer = ...
check("00.1", answer)

# %% [markdown]
# A wrong answer is told which mistake gives it; try `[4, 4]`. `hint("00.1")` helps, three times.
#
# **00.2** Break it: at a = 2, b = −3, change *one* of the two so that the gradient of a is 0. A dict, such as
# `{"a": 5.0}`.

# %%
answer = ...
check("00.2", answer)

# %% [markdown]
# ## Three sentences
#
# - A result remembers what it was computed from.
# - Backpropagation goes back along that memory once and finds how fast the result changes with everything.
# - Learning is changing numbers against that gradient.
#
# Next: [A neuron, backward](03_a_neuron_backward.ipynb). The names in `nn` are PyTorch's: what you write here you can
# write there.
