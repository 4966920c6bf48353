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
# Ten rooms, each with a short program. None of them stops with an error. Look first: does the number look right to
# you? Then comes the instrument that finds the bug, and the mended program. Rooms are independent; take a break
# between them.
#
# "In the wild" is a public thread in which people found the same bug in work of their own. It happens to everybody.
#
# ## Predict
#
# ### Room 1: three visitors, one name
#
# The backward pass by hand, on this library's graph. `node.edges` holds each operand with its local derivative. The
# slope of x·x + 3x at 2 is 7. What is printed?

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
# x has three consumers, and `=` keeps only the last contribution. **Instrument**: move x a little and see how far y
# moves, then list the paths.

# %%
from autograd import sum_over_paths

h = 1e-6
print("moved a little:", round(((2 + h) ** 2 + 3 * (2 + h) - 10) / h, 4))
print(sum_over_paths(y, x))

# %% [markdown]
# **Mended**: start from 0 and write `+=`.


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
# *In the wild*: [ARENA_2.0, pull request 18](https://github.com/callummcdougall/ARENA_2.0/pull/18). With `=` all tests
# of a course passed; a test with a node that is used twice was added.
#
# ### Room 2: the early bird
#
# Here `+=` is right, and a list holds the order. Does the number look right to you?


# %%
def visit(node, order):
    if node not in order:
        order.append(node)
        for operand, _ in node.edges:
            visit(operand, order)
    return order


x = Value(2.0, "x")
a = x * x
y = a * 3 + a * a
y.grad = 1.0
for node in visit(y, []):
    for operand, local in node.edges:
        operand.grad += node.grad * local
print(x.grad)

# %% [markdown]
# Derive the slope of 3x² + x⁴ at 2 on paper: what is right?

# %%
guess = ...

# %% [markdown]
# **Instrument**: the engine, and a small move.


# %%
def f(x):
    a = x * x
    return a * 3 + a * a


print("engine:", grad(f)(2.0), "moved a little:", round((f(2 + 1e-6) - f(2.0)) / 1e-6, 3))
reveal(guess, grad(f)(2.0))

# %% [markdown]
# `order.append(node)` stands *before* the operands, so a has its turn when only a · 3 has reported. **Mended**: append
# after them, and go backwards.


# %%
def visit(node, order):
    if node not in order:
        for operand, _ in node.edges:
            visit(operand, order)
        order.append(node)
    return order


x = Value(2.0, "x")
a = x * x
y = a * 3 + a * a
y.grad = 1.0
for node in reversed(visit(y, [])):
    for operand, local in node.edges:
        operand.grad += node.grad * local
print(x.grad)

# %% tags=["check"]
assert x.grad == grad(f)(2.0) == 44.0

# %% [markdown]
# *In the wild*: [micrograd, issue 2](https://github.com/karpathy/micrograd/issues/2), "Incorrect gradient when non-leaf
# Values are re-used".
#
# ## Step
#
# The same graph. In the page choose **Bug**, then "wrong order" or "= instead of +=", and look for the first step that
# is wrong. (The page errs in another order than Room 2, so its wrong number is another one.)

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

X = [[i / 10] for i in range(20)]
targets = [[2 * x + 1] for (x,) in X]
random.seed(0)
model = nn.Linear(1, 1)
optimizer = nn.optim.SGD(model.parameters(), lr=0.05)
swinging = []
for _ in range(121):
    loss = nn.functional.mse_loss(model(X), targets)
    loss.backward()
    optimizer.step()
    swinging.append(loss.data)
print([round(loss, 2) for loss in swinging[::10]])

# %% [markdown]
# One call is missing. Which? A name in quotation marks.

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
        nn.functional.mse_loss(model(X), targets).backward()
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
    loss = nn.functional.mse_loss(model(X), targets)
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
# The sum of all gradients so far acts as a velocity without friction: a pendulum. Who prints only epochs 10 and 30 sees
# nothing.
#
# *In the wild*: [torchforge, pull request 71](https://github.com/meta-pytorch/torchforge/pull/71), "zero grad every
# step".
#
# ### Room 4: the triplets
#
# Two inputs, layers of 4, 4, 4 and 4 units, two outputs; Linear(m, n) has m·n weights and n biases. It learns two moons
# (points in two classes). How many parameters has it?

# %%
guess = ...

# %%
X, y = nn.datasets.make_moons(60, noise=0.1, random_state=0)
random.seed(0)
inner = [nn.Linear(4, 4), nn.Tanh()] * 3
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), *inner, nn.Linear(4, 2))
criterion = nn.CrossEntropyLoss()
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
history = nn.fit(model, (X, y), criterion, optimizer, 40, metrics=["accuracy"], seed=0, progress=False)
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.4f}")
reveal(guess, len(model.parameters()))

# %% [markdown]
# **Instrument**: `nn.diagnose` sends the data through the model once, forward and back, and lists findings.

# %%
for finding in nn.diagnose(model, (X, y), criterion).findings:
    print(finding)

# %% [markdown]
# In Python `[layer] * 3` is one object three times. **Mended**: make three.

# %%
random.seed(0)
inner = [layer for _ in range(3) for layer in (nn.Linear(4, 4), nn.Tanh())]
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), *inner, nn.Linear(4, 2))
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
history = nn.fit(model, (X, y), criterion, optimizer, 40, metrics=["accuracy"], seed=0, progress=False)
print(f"loss {history['loss'][-1]:.4f}, accuracy {history['accuracy'][-1]:.4f}")
print(len(model.parameters()), "parameters,", len(nn.diagnose(model, (X, y), criterion).findings), "findings")

# %% tags=["check"]
assert len(model.parameters()) == 82 and round(history["loss"][-1], 4) == 0.3106

# %% [markdown]
# Loss 0.3190 with the bug and 0.3106 without, the same accuracy: no curve tells. Count the parameters.
#
# *In the wild*: [U-Net_v2, issue 10](https://github.com/yaoppeng/U-Net_v2/issues/10), `[nn.Conv2d(…)] * 4`. Its author,
# too, found the results much the same.
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
# **Instrument**: the same problem with an optimizer that is known to be right, and a picture of the sizes of steps.

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
curve({"by hand": steps_by_hand(5.0, 20), "nn.optim.Adam": library}, xlabel="step", ylabel="size of the step")

# %% tags=["check"]
assert round(steps_by_hand(5.0, 1)[0], 4) == 0.3162 and round(library[0], 4) == 0.1

# %% [markdown]
# m and v start at 0 and are too small at first: m is a tenth of the slope, √v a thirtieth, so the first step is three
# times too long. **Mended**: in step t (1, 2, …) divide m by 1 − 0.9ᵗ and v by 1 − 0.999ᵗ, the *bias correction*. Then
# the first step is lr, whatever the slope. You write it below, in M.4.
#
# *In the wild*: [mlx, pull request 1640](https://github.com/ml-explore/mlx/pull/1640). Training failed where another
# library's Adam succeeded.
#
# ## The wing of losses
#
# ### Room 6: not a number
#
# Softmax makes probabilities of scores: eˢ for each score s, divided by their sum.

# %%
from autograd import exp


def softmax(scores):
    powers = [exp(score) for score in scores]
    return [power / sum(powers) for power in powers]


z1, z2 = Value(1.0, "z1"), Value(2.0, "z2")
print([p.data for p in softmax([z1, z2])])
print([p.data for p in softmax([400 * z1, 400 * z2])])

# %% [markdown]
# The first line is right, and small scores are what one tries. nan, "not a number", passes through all that follows.
# **Instrument**: `detect_anomaly` stops where the first one, or the first infinity, arises.

# %%
import autograd

try:
    with autograd.detect_anomaly():
        softmax([400 * z1, 400 * z2])
except autograd.AnomalyError as error:
    print(error)

# %% [markdown]
# **Mended**, by the library; how, you write in M.3.

# %%
print([p.data for p in nn.functional.softmax([400 * z1, 400 * z2])])

# %% [markdown]
# *In the wild*: [uTensor, issue 175](https://github.com/uTensor/uTensor/issues/175): a score of 378, and exp gave
# infinity (numbers of 32 bits end sooner).
#
# ### Room 7: the flat country
#
# We want few errors, so let the loss be the share of errors.


# %%
def error_rate(outputs, targets):
    decided = [(out.sigmoid() + 0.5).floor() for (out,) in outputs]  # 0 or 1
    return autograd.mean([(d - target).abs() for d, target in zip(decided, targets, strict=True)])


random.seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
history = nn.fit(model, (X, y), error_rate, optimizer, 20, seed=0, progress=False)
print([round(history["loss"][epoch], 4) for epoch in (0, 5, 19)])

# %% [markdown]
# The loss stays at 0.5. Would a larger learning rate help? `"yes"` or `"no"`.

# %%
guess = ...

# %% [markdown]
# **Instrument**: `nn.diagnose` again.

# %%
for finding in nn.diagnose(model, (X, y), error_rate).findings:
    print(finding)
reveal(guess, "no")

# %% [markdown]
# floor is flat: its slope is 0, and 0 times any learning rate is 0. (Rosenblatt's step in lesson 05 had the same
# trouble.) **Mended**: train with a loss that has a slope, the cross-entropy, which is the surprise −log p about the
# right class; *report* the accuracy.

# %%
random.seed(0)
model = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = nn.optim.SGD(model.parameters(), lr=1.0)
binary = nn.BCEWithLogitsLoss()
Y = [[target] for target in y]
history = nn.fit(model, (X, Y), binary, optimizer, 20, metrics=["accuracy"], seed=0, progress=False)
print([round(history["loss"][epoch], 4) for epoch in (0, 5, 19)], f"accuracy {history['accuracy'][-1]:.4f}")

# %% [markdown]
# *In the wild*: [Deep_Hierarchical_Classification, issue
# 6](https://github.com/Ugenteraan/Deep_Hierarchical_Classification/issues/6). An argmax in the loss; its weight in the
# sum changed nothing.
#
# ### Room 8: twice is too much
#
# Irises: four measurements, three classes. Accuracy 0.98. Would you ship it?

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
# **Instrument**: the loss is the place to look, and `nn.diagnose` says why.

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
# The accuracy is the same; the loss is a twelfth. The first model cannot be sure of anything: its best score is 1, the
# others 0, which softmax makes 58 %.
#
# *In the wild*: [ml-basics, issue 48](https://github.com/MicrosoftDocs/ml-basics/issues/48), in a course.
#
# ## The last wing
#
# ### Room 9: uphill
#
# Is this a hard problem, or a bug?

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
# A step down the slope that makes the loss larger was too long. **Instrument**: `nn.fit` goes on until the numbers end,
# and says what was wrong.

# %%
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
# *In the wild*: [Keras, issue 3040](https://github.com/keras-team/keras/issues/3040), a line with a learning rate of
# 0.001: inputs up to 199 made it too large.
#
# ### Room 10: the fortune teller
#
# 200 columns of random numbers, 60 rows, and coin tosses as classes. We keep the 5 best columns, train on 40 rows and
# test on the other 20, ten times over. What accuracy do you expect, between 0 and 1?

# %%
guess = ...


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


# %%
print("found:", sum(map(accuracy, range(10))) / 10)
reveal(guess, 0.74)

# %% [markdown]
# Nobody can predict a coin: if you said 0.5, so it should be. The columns were chosen by *all* 60 classes, those of the
# test rows too: a leak. No tool finds it. **Instrument**: do everything again without the test rows, and compare.
# **Mended**:

# %%
print("honest:", sum(accuracy(seed, seen=range(40)) for seed in range(10)) / 10)

# %% tags=["check"]
assert round(sum(map(accuracy, range(10))) / 10, 4) == 0.74

# %% [markdown]
# *In the wild*: [PyCaret, issue 1874](https://github.com/pycaret/pycaret/issues/1874): features chosen before
# cross-validation, by all rows.
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
# **M.2** Softmax before CrossEntropyLoss, with 10 classes: the loss cannot fall below … ? At best the right class has
# probability 1 and the other nine 0; the loss applies softmax to these ten numbers and takes −log.

# %%
answer = ...
check("M.2", answer)

# %% [markdown]
# **M.3** Mend Room 6: a softmax of a list of numbers that is right for scores of 1000, too.


# %%
def stable_softmax(scores): ...


check("M.3", stable_softmax)

# %% [markdown]
# **M.4** Mend Room 5: for a list of slopes, the list of what Adam subtracts in each step, with lr = 0.1. All else as in
# the room.


# %%
def adam_steps(slopes): ...


check("M.4", adam_steps)

# %% [markdown]
# **M.5** Which of these let test rows into training? A list of letters.
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
# - Each kind of bug has an instrument; it costs a line, so use it before you doubt your data.
# - What no instrument finds, a comparison does: with differences, a known-good program, or a split that hides the test.
