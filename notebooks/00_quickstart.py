# ---
# jupyter:
#   stepgrad:
#     title: Quickstart
#     question: What is a number that remembers?
#     minutes: 10
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

a = Value(2.0, "a")
b = Value(-3.0, "b")
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
d.backward()
reveal(guess, a.grad)

# %% [markdown]
# A formula says so too: b + 2a. But no formula was needed, and none is needed where a program has a million lines.
# Is it right? Change a by h, and see how much d changes for each h:


# %%
def f(a, b):
    return a * b + a * a


for h in (1.0, 0.1, 0.001):
    print(f"h = {h:<6} slope = {(f(2.0 + h, -3.0) - f(2.0, -3.0)) / h:.6f}")

# %% [markdown]
# The smaller h, the nearer to 1. The engine has it without any h.
#
# ## Step
#
# How does it come about? Call the function with two numbers, and both passes are recorded. Press **Next** and watch:
# values are computed, then the gradient flows back, edge by edge, and three products come together at a.

# %%
from autograd import step_through

step_through(f, 2.0, -3.0)

# %% [markdown]
# One product, an upstream gradient times the slope of one operation, is all that ever happens. [Lesson
# 03](03_a_neuron_backward.ipynb) goes through it, and in [lesson 04](04_write_the_engine.ipynb) you write it.
#
# ## Learn
#
# A network is such an expression with many weights, and learning is changing the weights against the gradient of an
# error. Two half moons make a small problem that no straight line solves; here are 354 weights, and one function that
# says how wrong they are.

# %%
import random
import nn

random.seed(0)
X, y = nn.data.make_moons(100, noise=0.1, random_state=0)
model = nn.MLP(2, [16, 16, 2], activation="tanh")
criterion = nn.CrossEntropyLoss()
optimizer = nn.optim.Adam(model.parameters(), lr=0.03)
for step in range(3):
    loss = criterion(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.data:.4f}")

# %% [markdown]
# Each step has gone against the gradient of all 354 weights, found in one walk back. `fit` does the same over and over,
# 20 rows at a time. How many of the 100 points will be on the right side after 40 rounds?

# %%
guess = ...

# %%
options = {"epochs": 40, "batch_size": 20, "metrics": ["accuracy"], "seed": 0, "progress": False}
history = nn.fit(model, (X, y), criterion, nn.optim.Adam(model.parameters(), lr=0.03), **options)
for epoch in (1, 10, 40):
    print(f"epoch {epoch:2}: loss {history.loss[epoch - 1]:.4f}, accuracy {history.accuracy[epoch - 1]:.0%}")
reveal(guess, round(100 * history.accuracy[-1]))

# %% tags=["check"]
assert len(list(model.parameters())) == 354 and history.accuracy[-1] > 0.95

# %%
from stepgrad.figures import decision_regions

decision_regions(model, X, y)

# %% [markdown]
# ## Check
#
# **00.1** d = a·b + a², now with a = 4 and b = −1.5. The gradients of a and b?

# %%
answer = ...
check("00.1", answer)

# %% [markdown]
# A wrong answer is told which mistake gives it; try 4 and 4. `hint("00.1")` helps, three times.
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
