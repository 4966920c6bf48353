# ---
# jupyter:
#   stepgrad:
#     title: Who is to blame? Deltas
#     question: "A network misses two targets, one by −0.76, one by 0.81: which share has hidden unit 2?"
#     minutes: 60
#     needs: "04"
#     rows: [5]
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %%
from stepgrad.learn import check, hint, reveal

# %% [markdown]
# A *unit* multiplies its inputs by weights, adds them up with a bias, and puts the sum z through a sigmoid. Textbooks
# derive backpropagation with a letter: δ, *delta*, the gradient of the error with respect to the sum z of a unit. It
# says how much the unit is to blame. Here it is derived three times, for one unit, for several outputs, and for any
# depth, and each time the engine is asked.
#
# ## One unit
#
# z = w·x + b, O = σ(z) with the sigmoid σ(z) = 1/(1 + e⁻ᶻ), and the error E = ½ (O − t)² for the target t.
#
# ## Predict
#
# O is 0.69 and t is 0. Is δ = ∂E/∂z positive or negative? `"+"` or `"-"`.

# %%
guess = ...

# %%
import math
from autograd import Value, sigmoid

x, t = 1.5, 0.0
w, b = Value(0.4, "w"), Value(0.2, "b")
z = w * x + b
O = sigmoid(z)
E = (O - t) * (O - t) / 2
E.backward()
print(f"O = {O.data:.3f}, δ = {z.grad:.3f}, ∂E/∂w = {w.grad:.3f}")
reveal(guess, "+")

# %% [markdown]
# A larger z makes O larger, and O is too large already. Now derive it, from the result back:
#
# - ∂E/∂O = O − t. The 2 of the square meets the ½: that is what the ½ is for.
# - With u = 1 + e⁻ᶻ, O is 1/u. ∂O/∂u = −1/u² and ∂u/∂z = −e⁻ᶻ; their product is ∂O/∂z = e⁻ᶻ/u². One factor 1/u of it is
#   O; the rest, e⁻ᶻ/u = (u − 1)/u, is 1 − O. So the slope of the sigmoid is O (1 − O), written with its output.
# - So **δ = (O − t) · O (1 − O)**; and as z = w·x + b, **∂E/∂w = δ·x** and ∂E/∂b = δ.

# %%
o = O.data
delta = (o - t) * (o * (1 - o))
print(f"by the formula {delta!r}, by the engine {z.grad!r}")
print(f"by the formula {delta * x!r}, by the engine {w.grad!r}")

# %% tags=["check"]
assert delta == z.grad and delta * x == w.grad

# %% [markdown]
# Equal to the last digit: the same products in the same order. (Another order may differ in the last one.)
#
# ## Several outputs, and a hidden layer
#
# With an index k for each output, E = ½ (O₁ − t₁)² + ½ (O₂ − t₂)² + …, and nothing else changes: the other outputs do
# not contain z_k, so δ_k = (O_k − t_k) · O_k (1 − O_k).
#
# A hidden unit j leads to *all* outputs. Its output O_j enters z_k times w_kj, so δ_k comes back to it times w_kj, and
# contributions add; then comes its own slope:
#
# **δ_j = O_j (1 − O_j) · (w_1j δ₁ + w_2j δ₂ + …)**
#
# Nothing in this asked whether k is an output. So it holds for the layer before, and for the one before that.
#
# Two inputs, two hidden units, two outputs. `layers[l][k][j]` is the weight from unit j to unit k of the next layer;
# the last number of each row is the bias.

# %%
inputs, targets = [1.0, 2.0], [1.0, 0.0]
layers = [
    [[0.5, -1.0, 0.3], [1.5, 0.8, -0.7]],
    [[1.2, -2.0, 0.4], [-0.6, 1.6, 0.1]],
]


# %%
def forward(layers, inputs):
    outputs = [inputs]
    for layer in layers:
        units = []
        for *weights, bias in layer:
            z = bias
            for w, o in zip(weights, outputs[-1], strict=True):
                z = z + w * o
            units.append(sigmoid(z))
        outputs.append(units)
    return outputs


# %%
outputs = forward(layers, inputs)
print("hidden ", [round(o, 3) for o in outputs[1]])
print("outputs", [round(o, 3) for o in outputs[2]], "targets", targets)

# %% [markdown]
# Output 1 is too small, output 2 too large: their deltas are negative and positive. What are the signs of hidden 1 and
# of hidden 2? A text such as `"++"`.

# %%
guess = ...

# %%
delta_out = [(o - t) * (o * (1 - o)) for o, t in zip(outputs[2], targets, strict=True)]
delta_hidden = []
for j, o in enumerate(outputs[1]):
    blame = sum(layers[1][k][j] * delta_out[k] for k in range(2))
    delta_hidden.append(blame * (o * (1 - o)))
    print(f"hidden {j + 1}: {blame:.3f} comes back, its slope is {o * (1 - o):.3f}, δ = {delta_hidden[j]:.3f}")
print("outputs", [round(delta, 3) for delta in delta_out])
reveal(guess, "".join("+" if delta > 0 else "-" for delta in delta_hidden))

# %% tags=["check"]
assert [round(delta, 3) for delta in delta_hidden] == [-0.043, 0.036]

# %% [markdown]
# Both outputs ask the same of hidden 2: less, since −2.0 pulled output 1 down and 1.6 pushed output 2 up. So 0.478
# comes back to it, nearly twice what comes back to hidden 1. But hidden 2 is nearly at its ceiling, where the sigmoid
# is flat, and that is its excuse: its share of the blame is δ = 0.036.
#
# The engine knows no layers. Does it find the same?

# %%
import nn

net = nn.Sequential(nn.Linear(2, 2), nn.Sigmoid(), nn.Linear(2, 2), nn.Sigmoid())
state = {}
for name, layer in zip(["0", "2"], layers, strict=True):
    state[f"{name}.weight"] = [row[:-1] for row in layer]
    state[f"{name}.bias"] = [row[-1] for row in layer]
net.load_state_dict(state)

# %%
E = nn.MSELoss()(net(inputs), targets)  # the mean of two squares: the ½ is in it
E.backward()
ulps = [abs(d - bias.grad) / math.ulp(bias.grad) for d, bias in zip(delta_hidden, net[0].bias, strict=True)]
print("hidden ", [round(bias.grad, 3) for bias in net[0].bias])
print("apart by so many of the smallest steps a float can make:", ulps)

# %% tags=["check"]
assert max(ulps) <= 2
assert all(math.isclose(d, bias.grad, rel_tol=1e-14) for d, bias in zip(delta_out, net[2].bias, strict=True))

# %% [markdown]
# A bias is added to the sum, so its gradient *is* δ. And δ times what came in is the gradient of each weight. Drawn:
# the wider an edge, the larger |∂E/∂w|.

# %%
from stepgrad.figures import network

slopes = [[[weight.grad for weight in row] for row in layer.weight] for layer in (net[0], net[2])]
network(slopes, units=[inputs, delta_hidden, delta_out], title="∂E/∂w of each weight, δ of each unit")

# %% [markdown]
# ## Step
#
# Follow the blame from the error to the two hidden outputs: to each of them comes one contribution from either sum.

# %%
from autograd import step_through


def error(h1, h2):
    z1 = 1.2 * h1 - 2.0 * h2 + 0.4
    z2 = -0.6 * h1 + 1.6 * h2 + 0.1
    o1, o2 = sigmoid(z1), sigmoid(z2)
    E = ((o1 - 1.0) ** 2 + o2**2) / 2
    return E


step_through(error, *outputs[1])

# %% [markdown]
# ## Before there were slopes
#
# Rosenblatt's perceptron (1958) has a step in place of the sigmoid, whose slope is 0 wherever it has one. Its rule is
# the same product without the slope: for a point x of class y = ±1 on the wrong side, w += y·x and b += y. It passes
# over the points again and again, until a pass has no mistake. The border w·x + b = 0 is a straight line. AND is 1 at
# (1, 1) only, XOR at (0, 1) and (1, 0). Is there an end for AND, and for XOR? `"yes yes"`, `"yes no"`, …

# %%
guess = ...

# %%
from nn.linear_model import Perceptron

corners = [[0, 0], [0, 1], [1, 0], [1, 1]]
ends = []
for name, classes in {"AND": [0, 0, 0, 1], "XOR": [0, 1, 1, 0]}.items():
    found = Perceptron(shuffle=False, max_iter=100).fit(corners, classes)
    print(f"{name}: mistakes in the first passes {found.errors_[:9]}, passes {found.n_iter_}")
    ends.append("yes" if found.converged_ else "no")
reveal(guess, " ".join(ends))

# %% [markdown]
# If a line separates the classes, the mistakes end: that is a theorem. For XOR none does, and after each pass the
# weights are where they were before. A hidden layer would help, but which of its units is to blame? The step's slope of
# 0 answers "none". With the sigmoid's slope, δ answers.
#
# ## Check
#
# **05.1** One unit with output O = 0.8, target t = 0.3, input x = 1.5. δ and ∂E/∂w?

# %%
answer = ...
check("05.1", answer)

# %% [markdown]
# **05.2** Hidden unit 2 with output 0.6 leads to two outputs with δ1 = 0.1, δ2 = −0.04. w_kj leads from unit j to
# output k: w11 = 2, w12 = −1, w21 = 0.8, w22 = 3. Its δ?

# %%
answer = ...
check("05.2", answer)

# %% [markdown]
# **05.3** All deltas of any network: a list for each layer but the inputs. `layers` as above, `forward` may help.


# %%
def deltas(layers, inputs, targets): ...


check("05.3", deltas)

# %% [markdown]
# **05.4** One input, 5 hidden layers of 3 units, one output, all connected. How many paths lead from the input to the
# output, and how many edges (without biases) does backpropagation go along?

# %%
answer = ...
check("05.4", answer)

# %% [markdown]
# **05.5** One pass of the perceptron's rule by hand, from w1 = w2 = b = 0, over (1, 1) of class 1, (−2, −1) of class
# −1, (1, −3) of class 1; a point *on* the line is wrong, too. w1, w2 and b?

# %%
answer = ...
check("05.5", answer)

# %% [markdown]
# **05.6** Break it: a hidden unit with O = 0.6 leads to outputs with δ1 = 0.1 and δ2 = −0.05 by w1 = −1 and w2 = 3.
# Change *one* weight so that the unit is not to blame at all: a dict.

# %%
answer = ...
check("05.6", answer)

# %% [markdown]
# ## Three sentences
#
# - δ is the gradient of the error with respect to a unit's sum; a weight's gradient is δ times what came in.
# - A hidden unit collects the deltas of all units it leads to, times the weights, times its own slope.
# - That is the chain rule on a graph, layer by layer; the engine does it for graphs without layers.
#
# Next: [Training on real data](12_training_on_real_data.ipynb).
