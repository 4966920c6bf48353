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
# ---

# %% [markdown]
# # Quickstart
#
# A *derivative* says how fast one number changes with another. *Backpropagation* finds the derivative of one result
# with respect to everything it was computed from, in a single walk back through the computation. Here you build a
# computation, look at it, and let it train a small network.
#
# You need `pip install "stepgrad[nn,plot]"` and nothing else.

# %% [markdown]
# ## A number that remembers
#
# A `Value` holds a number. Arithmetic on Values gives Values, and each result remembers what it was computed from.

# %%
from autograd import Value

a = Value(2.0, label="a")
b = Value(-3.0, label="b")
c = a * b
c.label = "c"
d = c + a * a
d.label = "d"
d

# %% [markdown]
# `d.backward()` fills in the gradient of every node: how fast `d` changes with it. Since d = a·b + a², the derivative
# with respect to a is b + 2a = 1, and with respect to b it is a = 2.

# %%
d.backward()
print("dd/da =", a.grad)
print("dd/db =", b.grad)

# %% [markdown]
# Is that right? Change `a` a little and see how `d` responds. The quotient approaches the derivative as the step h
# shrinks.


# %%
def f(a, b):
    return a * b + a * a


for h in (1.0, 0.1, 0.001):
    print(f"h = {h:<6} slope = {(f(2.0 + h, -3.0) - f(2.0, -3.0)) / h:.6f}")

# %% [markdown]
# ## The graph
#
# A drawing shows all of it. Boxes are numbers, with their gradients; circles are operations. `a` has three
# arrows leaving it because it is used three times, and its gradient is the sum of what comes back along each.

# %%
from autograd import draw

draw(d)

# %% [markdown]
# ## A neuron, step by step
#
# A neuron multiplies its inputs by weights, adds a bias, and squeezes the sum with a function such as tanh.
# `step_through` records the backward pass one multiplication at a time. Read the second table from the top: the
# gradient that has arrived at a node (*upstream*), times the local derivative of its operation, goes to the operand.

# %%
from autograd import step_through

x1, x2 = Value(2.0, "x1"), Value(0.0, "x2")
w1, w2 = Value(-3.0, "w1"), Value(1.0, "w2")
bias = Value(6.8813735870195432, "b")

out = (x1 * w1 + x2 * w2 + bias).tanh()
out.label = "out"
print(step_through(out).to_text())

# %% [markdown]
# Two things to take from it. An addition passes its gradient on unchanged to both operands. And `w2` gets no gradient,
# because its input `x2` is 0: turning that weight changes nothing.
#
# Checking derivatives against differences, as we did by hand above, is one call. It raises an error where they
# disagree.

# %%
from autograd import gradcheck

gradcheck(lambda w, b: (2.0 * w + b).tanh(), [-3.0, 6.88])

# %% [markdown]
# ## Learning
#
# A network is such an expression with many weights, and learning is changing the weights against the gradient of an
# error. Two half moons make a small problem that no straight line solves.

# %%
import random

import nn

random.seed(0)
X, y = nn.data.make_moons(100, noise=0.1, random_state=0)
model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 2))
print(model)
print(len(model.parameters()), "parameters")

# %% [markdown]
# One step by hand: forward, loss, backward, and every weight a little downhill.

# %%
criterion = nn.CrossEntropyLoss()
optimizer = nn.optim.SGD(model.parameters(), lr=0.5)

for step in range(3):
    loss = criterion(model(X), y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"step {step}: loss {loss.data:.6f}")

# %% [markdown]
# `fit` does the same in a loop over the data, batch by batch, and keeps a record.

# %%
history = nn.fit(
    model,
    (X, y),
    criterion,
    nn.optim.Adam(model.parameters(), lr=0.03),
    epochs=40,
    batch_size=20,
    metrics=["accuracy"],
    seed=0,
    progress=False,
)
for epoch in (1, 10, 40):
    print(f"epoch {epoch:2}: loss {history.loss[epoch - 1]:.4f}, accuracy {history.accuracy[epoch - 1]:.0%}")

# %%
# %matplotlib inline
ax = nn.plot.decision_regions(model, X, y)

# %% [markdown]
# ## Where to go from here
#
# - Read `autograd/core/ops.py`, the table of derivatives, and then `autograd/core/engine.py`, both passes.
# - `stepgrad explain "tanh(w*x + b)" w=-3 x=2 b=6.88` prints the two tables for any expression.
# - The names in `nn` are PyTorch's, so what you write here you can write there.
