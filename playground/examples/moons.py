# A network learns to tell two moons apart.
# Press Stop when it has learned enough.
import random

import nn
from nn import datasets, optim
from stepgrad.figures import decision_regions

random.seed(0)
moons = datasets.make_moons(
    100,
    noise=0.1,
    random_state=0,
)
model = nn.MLP(2, [8, 8, 2], activation="tanh")


def tell(history):
    loss = history["loss"][-1]
    right = history["accuracy"][-1]
    print(f"loss {loss:.3f}, {right:.0%} right")


nn.fit(
    model,
    moons,
    nn.CrossEntropyLoss(),
    optim.Adam(model.parameters(), lr=0.1),
    epochs=10,
    batch_size=10,
    metrics=["accuracy"],
    callbacks=[tell],
    seed=0,
)
decision_regions(model, *moons)
