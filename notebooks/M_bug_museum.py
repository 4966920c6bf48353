# ---
# jupyter:
#   stepgrad:
#     title: The bug museum
#     question: "Ten programs run, print numbers and are wrong. How long until you notice?"
#     minutes: 60
#     needs: "05"
#     rows: []
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from stepgrad.learn import check, hint, reveal

# %% [markdown]
# Ten rooms, each with a short program that runs. Look at its numbers first: how long until you would notice? Then come
# the instrument that finds the bug, and the mended program. To run a room again, begin with its first cell.
#
# "In the wild" is a public thread in which people found the same bug in their work. It happens to everybody.
#
# ## Predict
#
# ### Room 1: three visitors, one name
#
# A backward pass of our own on this library's graph: `node.edges` holds each operand with its local derivative. The
# slope of x·x + 3x at 2 is 7. Read the program below, but do not run it yet. What does it print?

# %%
guess = ...

# %%
from autograd import Value, grad


def backward(node, upstream=1.0):
    node.grad = upstream
    for operand, local in node.edges:
        backward(operand, upstream * local)


x = Value(2.0, "x")
y = x * x + 3 * x
backward(y)
print(x.grad)
reveal(guess, x.grad)

# %% [markdown]
# Three edges lead to x, and `=` keeps only the last contribution. **Instrument**: move x a little and see how far y
# moves; then list the paths.

# %%
from autograd import sum_over_paths

h = 1e-6
print("moved a little:", round(((2 + h) ** 2 + 3 * (2 + h) - 10) / h, 4))
print(sum_over_paths(y, x))

# %% [markdown]
# **Mended**: `+=`.


# %%
def backward(node, upstream=1.0):
    node.grad += upstream
    for operand, local in node.edges:
        backward(operand, upstream * local)


x = Value(2.0, "x")
backward(x * x + 3 * x)
print(x.grad)

# %% tags=["check"]
assert x.grad == 7.0

# %% [markdown]
# *In the wild*: [ARENA_2.0 #18](https://github.com/callummcdougall/ARENA_2.0/pull/18), a course whose tests all passed
# with `=`.
#
# ### Room 2: the early bird
#
# Here is `+=`, and a list with the order.


# %%
def f(x):
    a = x * x
    return a * 3 + a * a


def visit(node, order):
    if node not in order:
        order.append(node)
        for operand, _ in node.edges:
            visit(operand, order)
    return order


# %%
def pass_back(nodes):
    nodes[0].grad = 1.0
    for node in nodes:
        for operand, local in node.edges:
            operand.grad += node.grad * local


x = Value(2.0, "x")
pass_back(visit(f(x), []))
print(x.grad)

# %% [markdown]
# Derive the slope of 3x² + x⁴ at 2 on paper: what is right?

# %%
guess = ...

# %% [markdown]
# **Instrument**: the engine, and a small move.

# %%
print("engine:", grad(f)(2.0), "moved a little:", round((f(2 + 1e-6) - f(2.0)) / 1e-6, 3))
reveal(guess, grad(f)(2.0))

# %% [markdown]
# `order.append(node)` stands *before* the operands, so a has its turn when only a·3 has reported. **Mended**: append
# after them, and go backwards.


# %%
def visit(node, order):
    if node not in order:
        for operand, _ in node.edges:
            visit(operand, order)
        order.append(node)
    return order


x = Value(2.0, "x")
pass_back(visit(f(x), [])[::-1])
print(x.grad)

# %% tags=["check"]
assert x.grad == grad(f)(2.0) == 44.0

# %% [markdown]
# *In the wild*, a neighbour of it: [micrograd #2](https://github.com/karpathy/micrograd/issues/2), "Incorrect gradient
# when non-leaf Values are re-used", where a node passed on once for each path.
#
# ## Step
#
# The same graph. In the page plant the **Bug** "wrong order", and look for the first step that is wrong.
# (Its order is not that of Room 2, so its wrong number is another one.)

# %%
from autograd import step_through

step_through(f, 2.0)

# %% [markdown]
# ## The training wing
#
# ### Room 3: the pendulum
#
# A line is fitted to 20 points without noise. Each tenth loss is printed.

# %%
import random
import nn

inputs = [[i / 10] for i in range(20)]
targets = [[2 * x + 1] for (x,) in inputs]
random.seed(0)
model = nn.Linear(1, 1)
optimizer = nn.optim.SGD(model.parameters(), lr=0.05)
swinging = []
for _ in range(121):
    loss = nn.functional.mse_loss(model(inputs), targets)
    loss.backward()
    optimizer.step()
    swinging.append(loss.data)
print([round(loss, 2) for loss in swinging[::10]])

# %% [markdown]
# Compare the loop with that of lesson 00: a method of the optimizer is never called. Which? Its name in quotation
# marks, without brackets.

# %%
guess = ...

# %% [markdown]
# **Instrument**: `warn_on_stale_graphs` watches what backward() starts from. Two more passes are enough:

# %%
import warnings
from autograd import warn_on_stale_graphs

with warnings.catch_warnings(record=True) as caught, warn_on_stale_graphs():
    warnings.simplefilter("always")
    for _ in range(2):
        nn.functional.mse_loss(model(inputs), targets).backward()
print(caught[0].message)
reveal(guess, "zero_grad")

# %% [markdown]
# **Mended**: one line more.

# %%
random.seed(0)
model = nn.Linear(1, 1)
optimizer = nn.optim.SGD(model.parameters(), lr=0.05)
falling = []
for _ in range(121):
    loss = nn.functional.mse_loss(model(inputs), targets)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    falling.append(loss.data)
print([round(loss, 4) for loss in falling[::10]])

# %%
from stepgrad.figures import curve

curve({"without zero_grad()": swinging, "with it": falling}, log=True, xlabel="epoch", ylabel="loss")

# %% tags=["check"]
assert [round(loss, 2) for loss in swinging[::10]][:3] == [3.56, 0.05, 3.75] and round(falling[120], 4) == 0.0008

# %% [markdown]
# The sum of all gradients acts as a velocity without friction. Who prints only epochs 10 and 30 sees nothing.
#
# *In the wild*: [torchforge #71](https://github.com/meta-pytorch/torchforge/pull/71), "zero grad every step".
#
# ### Room 4: the triplets
#
# A network for two moons, points in two classes: two inputs, layers of 4, 4, 4 and 4 units, two outputs. Linear(m, n)
# has m·n weights and n biases. How many parameters has this one?

# %%
guess = ...

# %%
moons = nn.datasets.make_moons(60, noise=0.1, random_state=0)
random.seed(0)
inner = [nn.Linear(4, 4), nn.Tanh()] * 3
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), *inner, nn.Linear(4, 2))
criterion = nn.CrossEntropyLoss()
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
history = nn.fit(model, moons, criterion, optimizer, 40, metrics=["accuracy"], seed=0, progress=False)
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.4f}")
reveal(guess, len(model.parameters()))

# %% [markdown]
# **Instrument**: `nn.diagnose` makes one pass forward and back, and lists what it finds.

# %%
for finding in nn.diagnose(model, moons, criterion).findings:
    print(finding)

# %% [markdown]
# In Python `[layer] * 3` is one object three times. (If you said 82: so it should be.) **Mended**: make three.

# %%
random.seed(0)
inner = [layer for _ in range(3) for layer in (nn.Linear(4, 4), nn.Tanh())]
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), *inner, nn.Linear(4, 2))
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
history = nn.fit(model, moons, criterion, optimizer, 40, metrics=["accuracy"], seed=0, progress=False)
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.4f}")
print(len(model.parameters()), "parameters,", len(nn.diagnose(model, moons, criterion).findings), "findings")

# %% tags=["check"]
assert len(model.parameters()) == 82 and round(history["loss"][-1], 4) == 0.3106

# %% [markdown]
# Loss and accuracy are much the same: no curve tells. Count the parameters.
#
# *In the wild*: [U-Net_v2 #10](https://github.com/yaoppeng/U-Net_v2/issues/10). The results were much the same.
#
# ### Room 5: a step too long
#
# Adam is an optimizer. It keeps a running mean m of the slopes, v of their squares, and steps by lr · m / √v. Here by
# hand, on x² from x = 5, with lr = 0.1.


# %%
def steps_by_hand(x, count):
    m, v, sizes = 0.0, 0.0, []
    for _ in range(count):
        slope = 2 * x
        m = 0.9 * m + 0.1 * slope
        v = 0.999 * v + 0.001 * slope * slope
        step = 0.1 * m / (v**0.5 + 1e-8)
        x -= step
        sizes.append(step)
    return sizes


print([round(size, 4) for size in steps_by_hand(5.0, 4)])

# %% [markdown]
# **Instrument**: an optimizer that is known to be right, and a picture of both.

# %%
x = Value(5.0)
optimizer = nn.optim.Adam([x], lr=0.1)
library = []
for _ in range(20):
    before = x.data
    optimizer.zero_grad()
    (x * x).backward()
    optimizer.step()
    library.append(before - x.data)
print([round(size, 4) for size in library[:4]])
lines = {"by hand": steps_by_hand(5.0, 20), "nn.optim.Adam": library}
curve(lines, x=range(1, 21), xlabel="step", ylabel="its size")

# %% tags=["check"]
assert round(steps_by_hand(5.0, 1)[0], 4) == 0.3162 and round(library[0], 4) == 0.1

# %% [markdown]
# m and v start at 0: at first m is a tenth of the slope, √v about a thirtieth, so the step is three times too long.
# **Mended**, in M.4, by you: in step t = 1, 2, … divide m by 1 − 0.9ᵗ and v by 1 − 0.999ᵗ, the *bias correction*. Then
# the first step is lr, whatever the slope.
#
# *In the wild*: [mlx #1640](https://github.com/ml-explore/mlx/pull/1640). A trivial task failed that PyTorch's Adam
# learned.
#
# ## The wing of losses
#
# ### Room 6: not a number
#
# Softmax makes probabilities of scores: eˢ for each score s, divided by their sum.

# %%
from autograd import exp


def softmax(scores):
    powers = []
    for score in scores:
        powers.append(exp(score))
    return [power / sum(powers) for power in powers]


z1, z2 = Value(1.0, "z1"), Value(2.0, "z2")
print([p.data for p in softmax([z1, z2])])
print([p.data for p in softmax([400 * z1, 400 * z2])])

# %% [markdown]
# The first line is right, and small scores are what one tries. nan, "not a number", spreads to all that follows.
# **Instrument**: `detect_anomaly` stops where the first nan or infinity arises.

# %%
import autograd

try:
    with autograd.detect_anomaly():
        softmax([400 * z1, 400 * z2])
except autograd.AnomalyError as error:
    print(error)

# %% [markdown]
# **Mended**, by the library; in M.3 by you.

# %%
print([p.data for p in nn.functional.softmax([400 * z1, 400 * z2])])

# %% [markdown]
# *In the wild*: [uTensor #175](https://github.com/uTensor/uTensor/issues/175), a score of 378 (32 bits end sooner).
#
# ### Room 7: the flat country
#
# We want few errors, so let the loss be the share of errors.


# %%
def error_rate(outputs, targets):
    wrong = 0
    for (out,), target in zip(outputs, targets, strict=True):
        decision = (out.sigmoid() + 0.5).floor()  # 0 or 1
        wrong = wrong + (decision - target).abs()
    return wrong / len(targets)


random.seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
history = nn.fit(model, moons, error_rate, optimizer, 20, seed=0, progress=False)
print([round(history["loss"][epoch], 4) for epoch in (0, 5, 19)])

# %% [markdown]
# The loss stays at 0.5. Would a larger learning rate help? `"yes"` or `"no"`.

# %%
guess = ...

# %% [markdown]
# **Instrument**: `nn.diagnose` again.

# %%
for finding in nn.diagnose(model, moons, error_rate).findings:
    print(finding)
reveal(guess, "no")

# %% [markdown]
# floor has slope 0, as Rosenblatt's step in lesson 05, and 0 times any rate is 0. **Mended**: train with a loss that
# has a slope, the cross-entropy, which is −log of the right class's probability; *report* the accuracy.

# %%
random.seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
binary = nn.BCEWithLogitsLoss()
column = (moons[0], [[target] for target in moons[1]])  # one output, so a list of one target
history = nn.fit(model, column, binary, optimizer, 20, metrics=["accuracy"], seed=0, progress=False)
print([round(history["loss"][epoch], 4) for epoch in (0, 5, 19)], "accuracy", history["accuracy"][-1])

# %% [markdown]
# *In the wild*: [Deep_Hierarchical_Classification
# #6](https://github.com/Ugenteraan/Deep_Hierarchical_Classification/issues/6), an argmax in the loss.
#
# ### Room 8: twice is too much
#
# Irises: four measurements, three classes. CrossEntropyLoss again. Would you be content?

# %%
random.seed(0)
irises = nn.datasets.load_iris()
measured = nn.preprocessing.StandardScaler().fit_transform(irises.data)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3), nn.Softmax())
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
flowers = (measured, irises.target)
history = nn.fit(model, flowers, criterion, optimizer, 40, metrics=["accuracy"], seed=0, progress=False)
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.4f}")

# %% [markdown]
# Accuracy 0.98! **Instrument**: `nn.diagnose` looks at the loss, too.

# %%
for finding in nn.diagnose(model, flowers, criterion).findings:
    print(finding)

# %% [markdown]
# **Mended**: without `nn.Softmax()`.

# %%
random.seed(0)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 3))
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
history = nn.fit(model, flowers, criterion, optimizer, 40, metrics=["accuracy"], seed=0, progress=False)
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.4f}")

# %% tags=["check"]
assert [round(history[column][-1], 4) for column in ("loss", "accuracy")] == [0.0486, 0.98]

# %% [markdown]
# The accuracy is the same; the loss is a twelfth. The first model cannot be sure: of its best scores, 1, 0, 0, softmax
# makes 58 %.
#
# *In the wild*: [ml-basics #48](https://github.com/MicrosoftDocs/ml-basics/issues/48), in a course.
#
# ## The last wing
#
# ### Room 9: uphill
#
# A hard problem, or a bug?

# %%
random.seed(0)
points, heights = nn.datasets.make_regression(60, n_features=2, noise=1.0, random_state=0)
heights = [[height / 50] for height in heights]
model = nn.Linear(2, 1)
optimizer = nn.optim.SGD(model.parameters(), lr=1.2)
for _ in range(12):
    loss = nn.functional.mse_loss(model(points), heights)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    print(f"{loss.data:.3f}", end=" ")

# %% [markdown]
# A step downhill that ends higher was too long. **Instrument**: `nn.fit` stops where numbers end, and says what to do.

# %%
random.seed(0)
model = nn.Linear(2, 1)
optimizer = nn.optim.SGD(model.parameters(), lr=1.2)
try:
    nn.fit(model, (points, heights), nn.MSELoss(), optimizer, 1000, batch_size=60, progress=False)
except nn.DivergenceError as error:
    print(error)

# %% [markdown]
# **Mended**: a tenth, as it says.

# %%
random.seed(0)
model = nn.Linear(2, 1)
optimizer = nn.optim.SGD(model.parameters(), lr=0.12)
history = nn.fit(model, (points, heights), nn.MSELoss(), optimizer, 12, batch_size=60, progress=False)
print([round(loss, 3) for loss in history["loss"]])

# %% [markdown]
# *In the wild*: [Keras #3040](https://github.com/keras-team/keras/issues/3040), a rate of 0.001 with inputs up to 199.
#
# ### Room 10: the fortune teller
#
# 200 columns of random numbers, 60 rows, coin tosses as classes. Keep the 5 best columns, train on 40 rows, test on 20.


# %%
def correlation(column, classes):
    return abs(sum(x * (2 * t - 1) for x, t in zip(column, classes, strict=True)))


def accuracy(seed, seen=range(60)):
    rng = random.Random(seed)
    rows = [[rng.gauss(0, 1) for _ in range(200)] for _ in range(60)]
    tosses = [rng.randrange(2) for _ in range(60)]
    strength = [correlation([rows[r][c] for r in seen], [tosses[r] for r in seen]) for c in range(200)]
    best = sorted(range(200), key=lambda c: -strength[c])[:5]
    kept = [[row[c] for c in best] for row in rows]
    return nn.linear_model.LogisticRegression().fit(kept[:40], tosses[:40]).score(kept[40:], tosses[40:])


# %% [markdown]
# Done with ten tables: what accuracy do you expect, between 0 and 1?

# %%
guess = ...

# %%
print("found:", sum(map(accuracy, range(10))) / 10)
reveal(guess, 0.74)

# %% [markdown]
# Nobody predicts coins: if you said 0.5, so it should be. The columns were chosen by *all* rows, those of the test,
# too: a leak, which no tool finds. **Instrument**, and **mended**: everything again without the test rows.

# %%
print("honest:", sum(accuracy(seed, seen=range(40)) for seed in range(10)) / 10)

# %% tags=["check"]
assert round(sum(map(accuracy, range(10))) / 10, 4) == 0.74

# %% [markdown]
# *In the wild*: [PyCaret #1874](https://github.com/pycaret/pycaret/issues/1874), columns chosen by all
# training rows, those of the folds to validate with included.
#
# ## The way out
#
# | what you see | look with |
# | --- | --- |
# | a gradient of your own making | differences, the stepper |
# | a loss that swings | `warn_on_stale_graphs` |
# | a network that does not learn, or not well enough | `nn.diagnose` |
# | nan or infinity | `detect_anomaly` |
# | a loss that grows | a tenth of the learning rate |
# | an optimizer of your own making | a picture beside one that is known to be right |
# | a result that is too good | everything again without the test rows |
#
# ## Check
#
# **M.1** `nn.diagnose` is given a model, data and a criterion. Of rooms 3, 4, 5, 7, 8 and 9, which does it find? A list
# of numbers.

# %%
answer = ...
check("M.1", answer)

# %% [markdown]
# **M.2** Room 8 with 10 classes: what can the loss not fall below? At best the right class has probability 1 and the
# others 0; the loss applies softmax to these and takes −log.

# %%
answer = ...
check("M.2", answer)

# %% [markdown]
# **M.3** Mend Room 6: a softmax of a list of numbers that is right for scores of 1000, too.


# %%
import math


def stable_softmax(scores): ...


check("M.3", stable_softmax)

# %% [markdown]
# **M.4** Mend Room 5: for a list of slopes, the list of what Adam subtracts in each step, with lr = 0.1. All else as in
# the room.


# %%
def adam_steps(slopes): ...


check("M.4", adam_steps)

# %% [markdown]
# **M.5** Which of these let test rows into training? A list of letters, such as `["c", "e"]`.
#
# - a: columns chosen by all rows
# - b: the scaler fitted on all rows
# - c: training rows shuffled again in each epoch
# - d: the number of epochs chosen by the accuracy on test rows
# - e: the number of epochs chosen by rows taken out of the training rows
# - f: some rows are in the table twice, then it is split

# %%
answer = ...
check("M.5", answer)

# %% [markdown]
# **M.6** Break it: a `nn.Sequential` from 2 inputs to 2 outputs with the bugs of rooms 4 *and* 8, so that `nn.diagnose`
# names both and nothing else.

# %%
answer = ...
check("M.6", answer)

# %% [markdown]
# ## Three sentences
#
# - A wrong program often runs, and its number often looks right.
# - Most kinds of bug have an instrument, which costs a line: use it before you doubt your data.
# - What no instrument finds, a comparison does: with differences, a program known to be right, an honest split.
