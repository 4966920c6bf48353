# ---
# jupyter:
#   stepgrad:
#     title: Training on real data
#     question: How does a table of flowers become a model that one may trust?
#     minutes: 60
#     needs: "05"
#     rows: [16, 26, 29, 32]
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% [markdown]
# From a CSV file to a model that is trained, tested, examined, saved, loaded again and asked about rows it has never
# seen. The data are Fisher's irises: 150 flowers of three species, four measures each, in cm.
# Questions stand before the cell that answers them: try to answer first.

# %%
# %matplotlib inline
import csv
import json
import math
import os
import random
import tempfile
from collections import Counter
from pathlib import Path

import matplotlib.pyplot as plt

import autograd
import nn

folder = tempfile.TemporaryDirectory()
os.chdir(folder.name)  # files of this notebook go here and are deleted at its end

iris = nn.datasets.load_iris()
with Path("irises.csv").open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["sepal_length", "sepal_width", "petal_length", "petal_width", "species"])
    for measures, kind in zip(iris.data, iris.target, strict=True):
        writer.writerow([*measures, iris.target_names[kind]])

# %% [markdown]
# ## Look at the table
#
# From here on all that we have is the file. What is in it?

# %%
with Path("irises.csv").open(newline="", encoding="utf-8") as file:
    table = list(csv.DictReader(file))

*features, target = table[0]
species = sorted({row[target] for row in table})
print(f"{len(table)} rows\n")
print(f"{'column':<14}{'min':>6}{'mean':>8}{'max':>6}")
for name in features:
    numbers = [float(row[name]) for row in table]
    print(f"{name:<14}{min(numbers):6.1f}{math.fsum(numbers) / len(numbers):8.2f}{max(numbers):6.1f}")
print(f"\n{target}: {dict(Counter(row[target] for row in table))}")

# %% [markdown]
# No value is missing, the columns have similar units, and each species occurs equally often. So a model that always
# says the same species is right for one flower in three: anything we train must beat that.
#
# A picture comes before a model. *Which species will be hard to tell apart, and in which columns?*

# %%
X = [[float(row[name]) for name in features] for row in table]
y = [species.index(row[target]) for row in table]

figure, panels = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained")
for ax, (across, up) in zip(panels, [(0, 1), (2, 3)], strict=True):
    for kind, name in enumerate(species):
        own = [row for row, its_kind in zip(X, y, strict=True) if its_kind == kind]
        ax.scatter(
            [row[across] for row in own],
            [row[up] for row in own],
            color=nn.plot.COLORS[kind],
            marker=nn.plot.MARKERS[kind],
            edgecolors="white",
            linewidths=0.6,
            label=name,
        )
    ax.set(xlabel=f"{features[across]} (cm)", ylabel=f"{features[up]} (cm)")
    ax.spines[["top", "right"]].set_visible(False)
handles, labels = panels[0].get_legend_handles_labels()
legend = figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)

# %% tags=["check"]
assert len(X) == 150 and Counter(y) == {0: 50, 1: 50, 2: 50}

# %% [markdown]
# Setosa stands apart everywhere. Versicolor and virginica touch, in the petals less than in the sepals. We can expect
# an accuracy well above 90 %, and mistakes between these two species only.
#
# ## Split
#
# The rows get three tasks. The model learns from the *training* rows. The *validation* rows tell when to stop and which
# settings to prefer. The *test* rows are looked at once, at the end: they stand for flowers nobody has measured yet.
# `stratify` gives each part the species in equal numbers.


# %%
def split(seed):
    """Inputs and targets of 90 training, 30 validation and 30 test rows."""
    rows, options = list(zip(X, y, strict=True)), {"test_size": 30, "random_state": seed}
    rest, test = nn.data.train_test_split(rows, stratify=y, **options)
    train, validation = nn.data.train_test_split(rest, stratify=[kind for _, kind in rest], **options)
    return [tuple(zip(*part, strict=True)) for part in (train, validation, test)]


(X_train, y_train), (X_val, y_val), (X_test, y_test) = split(seed=2)
print(f"{len(X_train)} to learn from, {len(X_val)} to stop by, {len(X_test)} to test with")

# %% tags=["check"]
assert (len(X_train), len(X_val), len(X_test)) == (90, 30, 30)

# %% [markdown]
# ## Scale
#
# Networks learn best from inputs around 0 with a spread around 1. `StandardScaler` subtracts the mean of each column
# and divides by its standard deviation.
#
# *Why is the scaler fitted on the training rows only, and not on all 150?* The mean of all rows knows something about
# the test rows. With that mean the test would no longer be one with flowers that nobody has seen. The leak is small
# here; with a scaler it often is, with other preparations it can be all of a result. So the rule has no exceptions.

# %%
scaler = nn.preprocessing.StandardScaler().fit(X_train)
train = scaler.transform(X_train), y_train
validation = scaler.transform(X_val), y_val
test = scaler.transform(X_test), y_test

for name, part in [("training", train), ("test", test)]:
    means = [math.fsum(column) / len(column) for column in zip(*part[0], strict=True)]
    print(f"means of the {name} rows:", " ".join(f"{abs(mean):.2f}" for mean in means))

# %% [markdown]
# These are absolute values. The means of the test rows are not 0, and that is as it should be.
#
# ## Model, loss, optimizer
#
# Four inputs, a hidden layer of 16 tanh units, one output for each species. `CrossEntropyLoss` takes these outputs
# (*logits*, any real numbers) and the index of the right species; it is −log of the probability that the model gives to
# the right one. Adam adapts the step of each parameter.
#
# *What should the loss be before any training, if the model has no idea?* With probability 1/3 for each species it is
# −log(1/3) = 1.0986. A new model is a little off that, because its random weights prefer something at random.


# %%
def new_model():
    return nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 3))


random.seed(0)
model = new_model()
criterion = nn.CrossEntropyLoss()
optimizer = nn.optim.Adam(model.parameters(), lr=0.02)
before = nn.training.evaluate(model, validation, criterion, metrics=["accuracy"])
print(model)
print(f"{len(model.parameters())} parameters, loss {before['loss']:.4f}, accuracy {before['accuracy']:.1%}")

# %% tags=["check"]
assert len(model.parameters()) == 4 * 16 + 16 + 16 * 3 + 3 == 131

# %% [markdown]
# A loss far from 1.1 at this point, 20 for instance, would be the first sign of a mistake: inputs that are not scaled,
# or initial weights that are too large.
#
# ## Train
#
# `fit` goes through the training rows in batches of 15, 100 times at most. After each epoch it evaluates the validation
# rows. When their loss has not improved for 10 epochs, early stopping ends the training and puts the weights of the
# best epoch back. `fit` shows a progress bar unless told otherwise; a page that is kept is better off with a line now
# and then, which a callback prints.


# %%
def report_progress(history):
    epoch = len(history.loss)
    if epoch == 1 or epoch % 10 == 0:
        print(f"epoch {epoch:3}: loss {history.loss[-1]:.4f}, validation {history.val_loss[-1]:.4f}")


history = nn.fit(
    model,
    train,
    criterion,
    optimizer,
    epochs=100,
    validation=validation,
    metrics=["accuracy"],
    batch_size=15,
    seed=0,
    early_stopping=nn.EarlyStopping(patience=10),
    callbacks=[report_progress],
    progress=False,
)
print(history.stopped_because)

# %% [markdown]
# *What do you expect of the two curves: which is lower at the end, and where is the best epoch?*

# %%
ax = history.plot()

# %% [markdown]
# Both fall together for ten epochs. Then the training loss goes on falling while the validation loss does not: the
# model has begun to learn the training rows by heart, which is called *overfitting*. The best epoch was the 20th, and
# its weights are the ones that we have now, not those of the last epoch.

# %%
after = nn.training.evaluate(model, validation, criterion, metrics=["accuracy"])
print(f"validation loss {after['loss']:.4f}, accuracy {after['accuracy']:.1%}")

# %% tags=["check"]
assert history.best["epoch"] == 20 and len(history.loss) == 30
assert after["loss"] == history.best["val_loss"] < history.val_loss[-1]

# %% [markdown]
# ## Test
#
# Now the test rows, for the first and only time. `nn.predict` gives the outputs as plain numbers; the greatest output
# of a row says the species, and softmax makes probabilities of all three. *Which two species will be in the wrong
# fields?*


# %%
def probabilities(model, rows):
    """For each row, already scaled, the probability of each species."""
    return nn.functional.softmax(nn.predict(model, rows), dim=1)


predicted = autograd.argmax(nn.predict(model, test[0]), dim=1)
print(f"{nn.metrics.accuracy_score(y_test, predicted):.1%} of {len(y_test)} flowers")
ax = nn.plot.confusion_matrix(y_test, predicted, display_labels=species)

# %% [markdown]
# Rows are the true species, columns what the model says. 28 of 30 are right, and the mistakes are where the scatter
# plot led us to expect them. Mistakes are worth a look one by one: was the model in doubt, or sure of itself?

# %%
sureness = [max(row) for row in probabilities(model, test[0])]
for measures, truth, guess, sure in zip(X_test, y_test, predicted, sureness, strict=True):
    if guess != truth:
        print(f"{measures}: {species[truth]}, taken for {species[guess]} with probability {sure:.2f}")

# %% tags=["check"]
assert sum(guess == truth for guess, truth in zip(predicted, y_test, strict=True)) == 28
assert {(t, g) for t, g in zip(y_test, predicted, strict=True) if t != g} == {(1, 2), (2, 1)}

# %% [markdown]
# *How far can you trust the 93.3 %?* One flower more or less changes it by 3.3 points, and another split would have
# given other flowers. So repeat everything with other splits: the scaler, the weights, the training, now as a function.


# %%
def trained(model, train, validation):
    """The model, trained by the same recipe."""
    nn.fit(
        model,
        train,
        criterion,
        nn.optim.Adam(model.parameters(), lr=0.02),
        epochs=100,
        validation=validation,
        batch_size=15,
        seed=0,
        early_stopping=nn.EarlyStopping(patience=10),
        progress=False,
    )
    return model


def accuracy(model, data):
    return nn.training.evaluate(model, data, criterion, metrics=["accuracy"])["accuracy"]


accuracies = []
for seed in range(5):
    parts = split(seed)
    its_scaler = nn.preprocessing.StandardScaler().fit(parts[0][0])
    *its_data, its_test = [(its_scaler.transform(inputs), targets) for inputs, targets in parts]
    random.seed(0)
    accuracies.append(accuracy(trained(new_model(), *its_data), its_test))

print("test accuracies:", " ".join(f"{number:.1%}" for number in accuracies))
print(f"mean {sum(accuracies) / 5:.1%}")

# %% tags=["check"]
assert [round(30 * number) for number in accuracies] == [29, 28, 28, 30, 30]

# %% [markdown]
# Between 93 % and 100 %. A comparison of two models by 30 flowers that ends 28 to 29 says nothing.
#
# ## What the model has learned
#
# Four inputs cannot be drawn, two can. The scatter plot suggests the petals. A second model sees these two columns
# only. *How much worse will it be?*

# %%
petals = [row[2:] for row in train[0]], y_train
petals_validation = [row[2:] for row in validation[0]], y_val
random.seed(0)
petal_model = nn.Sequential(nn.Linear(2, 16), nn.Tanh(), nn.Linear(16, 3))
trained(petal_model, petals, petals_validation)
two, four = accuracy(petal_model, petals_validation), accuracy(model, validation)
print(f"validation accuracy with two columns {two:.1%}, with four {four:.1%}")


def from_cm(points):
    """What the petal model says of points in cm: it was trained on scaled numbers."""
    scaled = scaler.transform([[0.0, 0.0, *point] for point in points])
    return petal_model([row[2:] for row in scaled])


ax = nn.plot.decision_regions(
    from_cm,
    [row[2:] for row in X_train],
    y_train,
    feature_names=[f"{name} (cm)" for name in features[2:]],
    target_names=species,
)

# %% tags=["check"]
assert two == four

# %% [markdown]
# No worse, as far as 30 validation flowers can tell. The borders are almost straight, so this problem hardly needs a
# hidden layer. And a network has an opinion everywhere: it would call a flower with petals of 7 by 0.5 cm a species
# too, though nothing like it was among the training rows.
#
# ## Is the network able to learn?
#
# When training does not get anywhere, `nn.diagnose` helps to see why. It runs the model forward and backward once,
# leaves it as it was, and reports for each layer how large its outputs and its gradients are. Here is a deeper network,
# since depth is where trouble starts: five hidden layers of 16 units.


# %%
def deep_network(activation):
    random.seed(0)
    layers = [nn.Linear(4, 16), activation()]
    for _ in range(4):
        layers += [nn.Linear(16, 16), activation()]
    return nn.Sequential(*layers, nn.Linear(16, 3))


good = nn.diagnose(deep_network(nn.Tanh), train, criterion)
print(good)
spread = [layer.std for layer in good.rows if layer.kind == "Tanh"]

# %% tags=["check"]
assert [round(std, 2) for std in (spread[0], spread[-1])] == [0.48, 0.16] and good.verdict == "ok"

# %% [markdown]
# Read down the column `std`, the spread of the outputs: over five tanh layers it falls from 0.48 to 0.16, so the signal
# gets through. `|gradient|`, the length of the gradient of each layer, is of one size throughout, so all layers learn
# at about the same speed.
#
# Two ways to spoil it. The first has sigmoid in place of tanh: its slope is 1/4 at most, and five of them multiply. The
# second has initial weights that are too large, with a standard deviation of 2.5. *What will each do to the gradients?*

# %%
too_large = deep_network(nn.Tanh)
for layer in too_large.children():
    if isinstance(layer, nn.Linear):
        nn.init.normal_(layer.weight, std=2.5)

networks = {
    "tanh": deep_network(nn.Tanh),
    "sigmoid": deep_network(nn.Sigmoid),
    "tanh, large weights": too_large,
}
reports = {name: nn.diagnose(network, train, criterion) for name, network in networks.items()}
for name, found in reports.items():
    print(f"{name}: loss {found.loss:.2f}, gradients {found.verdict}, {len(found.findings)} findings")
    for finding in found.findings[:1]:
        print(f"  layer {finding.layer}: {finding.problem}\n  try {finding.remedy}")

# %% tags=["check"]
assert reports["sigmoid"].verdict == "vanishing" and 2700 < 1 / reports["sigmoid"].gradient_ratio < 3000
assert round(reports["tanh, large weights"].loss, 2) == 8.76
assert len(reports["tanh, large weights"].findings) == 4 and not reports["tanh"].findings

# %%
figure, panels = plt.subplots(1, 3, figsize=(10, 3.8), layout="constrained", sharey=True)
for ax, (name, found) in zip(panels, reports.items(), strict=True):
    found.plot(ax)
    ax.set_xlabel(name)
    if ax is not panels[0]:
        ax.set_ylabel("")

# %% [markdown]
# With sigmoid the gradient of the first layer is almost 3,000 times smaller than that of the last: the first layers
# hardly move. With large weights the gradients are there, but the tanh units are at their limits, and the loss starts
# at 8.76 rather than at 1.1. The outputs of the first two tanh layers show it:

# %%
figure, panels = plt.subplots(2, 2, figsize=(7.5, 4.2), layout="constrained", sharex=True)
for row, name in zip(panels, ["tanh", "tanh, large weights"], strict=True):
    outputs = [layer.values["outputs"] for layer in reports[name].rows if layer.kind == "Tanh"]
    for depth, (ax, numbers) in enumerate(zip(row, outputs, strict=False), start=1):
        ax.hist(numbers, bins=40, range=(-1, 1), color=nn.plot.COLORS[0])
        ax.set(title=f"{name}: layer {depth}", yticks=[])
        ax.spines[["top", "right", "left"]].set_visible(False)

# %% [markdown]
# *Does it matter for training?* The same 20 epochs for all three:

# %%
after_20 = {}
for name, network in networks.items():
    its_history = nn.fit(
        network,
        train,
        criterion,
        nn.optim.Adam(network.parameters(), lr=0.003),
        epochs=20,
        batch_size=15,
        seed=0,
        progress=False,
    )
    after_20[name] = its_history.loss[-1]
    print(f"{name:<20} loss {after_20[name]:.2f}, validation accuracy {accuracy(network, validation):.1%}")

# %% tags=["check"]
assert after_20["tanh"] < 0.06 and after_20["sigmoid"] > 1 and after_20["tanh, large weights"] > 1

# %% [markdown]
# It does: the first network is nearly done, while the other two are still above 1.
#
# ## The learning rate
#
# Of all settings this one matters most. Plain gradient descent shows it best: each step is the gradient times the
# learning rate, nothing else. *Which of 0.001, 0.3 and 10 is too small, and how will too large look?*

# %%
final = {}
figure, ax = plt.subplots(figsize=(6, 4), layout="constrained")
for lr, style, color in [(0.001, "--", 0), (0.3, "-", 2), (10.0, "-.", 1)]:
    random.seed(0)
    its_model = new_model()
    sgd = nn.optim.SGD(its_model.parameters(), lr=lr)
    losses = nn.fit(its_model, train, criterion, sgd, 40, batch_size=15, seed=0, progress=False).loss
    line = {"color": nn.plot.COLORS[color], "linewidth": 2, "label": f"lr={lr:g}"}
    ax.plot(range(1, 41), losses, style, **line)
    final[lr] = sum(losses[-10:]) / 10

ax.axhline(math.log(3), color="0.5", linewidth=1)
ax.text(40, 0.85 * math.log(3), "no idea: log 3", va="top", ha="right", color="0.4")
ax.set(xlabel="epoch", ylabel="training loss", yscale="log")
ax.spines[["top", "right"]].set_visible(False)
legend = ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False)

# %% tags=["check"]
assert final[0.3] < 0.1 < 1 < final[0.001] < math.log(3) < final[10.0]

# %% [markdown]
# Too small: the loss falls, but so slowly that after 40 epochs it is still above 1. Too large: each step jumps over the
# valley, and over the last ten epochs the loss is above that of a model that knows nothing. In between it falls
# quickly, below 0.1. If a loss becomes infinite or not a number, `fit` stops with a `DivergenceError` that says so.
#
# ## Save and load
#
# `nn.save` writes the weights to a safetensors file: numbers and names, no code. The model needs its scaler as well, or
# it would get inputs that it cannot make sense of. A scaler has a `state_dict` as a model has; it goes along as JSON,
# and so do the names.

# %%
description = {"features": features, "species": species, "scaler": scaler.state_dict()}
nn.save(model, "irises.safetensors", metadata={"description": json.dumps(description)})

random.seed(1)
loaded = new_model()  # with other weights, until the saved ones are loaded
result = loaded.load_state_dict(nn.load("irises.safetensors"))
known = json.loads(nn.load_metadata("irises.safetensors")["description"])
loaded_scaler = nn.preprocessing.StandardScaler()
loaded_scaler.load_state_dict(known["scaler"])

ours, again = probabilities(model, test[0]), probabilities(loaded, loaded_scaler.transform(X_test))
print(f"{Path('irises.safetensors').stat().st_size} bytes; the same probabilities to the last digit")

# %% tags=["check"]
assert again == ours

# %% [markdown]
# ## Predict
#
# Three new flowers in a file without the column `species`. The predictions go to another file, beside the measures.

# %%
flowers = ["5.0,3.4,1.5,0.2", "6.0,2.7,5.1,1.6", "6.1,2.8,4.0,1.3"]
Path("new.csv").write_text("\n".join([",".join(features), *flowers, ""]), encoding="utf-8")

with Path("new.csv").open(newline="", encoding="utf-8") as file:
    new = list(csv.DictReader(file))
inputs = loaded_scaler.transform([[float(row[name]) for name in known["features"]] for row in new])
answers = probabilities(loaded, inputs)
with Path("predictions.csv").open("w", newline="", encoding="utf-8") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([*known["features"], "predicted_species", "probability"])
    for flower, row in zip(new, answers, strict=True):
        best = autograd.argmax(row)
        writer.writerow([*flower.values(), known["species"][best], f"{row[best]:.3f}"])
print(Path("predictions.csv").read_text(encoding="utf-8"))

# %% tags=["check"]
assert min(answers, key=max) is answers[1]

# %% [markdown]
# The second flower, between versicolor and virginica, is the one that the model is least sure of.
#
# ## The same as two commands
#
# In a terminal, `stepgrad train irises.csv --target species` does all of this: it finds out what the columns are,
# splits, scales, trains, stops early, tests, and writes a folder with the weights, a description, the history and a
# report to look at. The function `main` is that command.

# %%
import shlex

from stepgrad.cli import main

done = main(shlex.split("train irises.csv --target species --patience 10 --quiet"))

# %% tags=["check"]
assert done == 0

# %%
done = main(shlex.split("predict irises-run new.csv --out command.csv"))
with Path("command.csv").open(newline="", encoding="utf-8") as file:
    for row in csv.DictReader(file):
        numbers = [float(row[f"probability_{name}"]) for name in species]
        print(row["predicted_species"], " ".join(f"{number:.3f}" for number in numbers))

# %% tags=["check"]
assert done == 0

# %% [markdown]
# This network is another one, with two hidden layers, and has learned from other rows. It names the same species, but
# is much surer of the second flower: two models may agree on the answer and differ in how sure they are.
#
# The folder of this notebook is no longer needed.

# %%
os.chdir(Path(folder.name).parent)
folder.cleanup()

# %% [markdown]
# ## And PyTorch
#
# The names in `nn` are PyTorch's, and where PyTorch is installed, a model of one is a model of the other. This is not
# run here, since it needs PyTorch:
#
# ```python
# import torch
#
# theirs = nn.to_torch(model)  # in double precision
# theirs(torch.tensor(test[0], dtype=torch.float64))  # the numbers of model(test[0]), but for rounding
# model.load_state_dict(theirs.state_dict())  # the way back
# ```
#
# ## Where to go from here
#
# - Change `random_state`, the activation or the size of the hidden layer, and compare with the spread of the five
#   splits rather than with one number.
# - Take a table of your own: `stepgrad train --help` lists what the command can do.
# - [`docs/training.md`](../docs/training.md) lists what `nn` has, by topic.
