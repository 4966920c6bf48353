# A network learns to tell two moons apart.
# Press Stop when it has learned enough.
import random

import nn
from nn import datasets, optim

random.seed(0)
points, classes = datasets.make_moons(100, noise=0.1, random_state=0)
model = nn.MLP(2, [8, 8, 2], activation="tanh")


def tell(history):
    row = history.rows[-1]
    print(f"loss {row['loss']:.3f}, accuracy {row['accuracy']:.0%}")


nn.fit(
    model,
    (points, classes),
    nn.CrossEntropyLoss(),
    optim.Adam(model.parameters(), lr=0.1),
    epochs=10,
    batch_size=10,
    metrics=["accuracy"],
    callbacks=[tell],
    seed=0,
)
