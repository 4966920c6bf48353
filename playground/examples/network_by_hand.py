# Two hidden units and an output, without nn.
import autograd
from autograd import step_through


def network(x1, x2, v1, v2, v3, v4, w1, w2):
    h1 = (v1 * x1 + v2 * x2).sigmoid()
    h2 = (v3 * x1 + v4 * x2).sigmoid()
    output = (w1 * h1 + w2 * h2).sigmoid()
    return (output - 1.0) ** 2 / 2


def loss(weights):
    return network(1.0, 2.0, *weights)


names = ["v1", "v2", "v3", "v4", "w1", "w2"]
weights = [0.5, -0.3, 0.8, 0.2, 1.0, -1.5]
slopes = autograd.grad(loss)(weights)
for name, slope in zip(names, slopes):
    print(f"d loss / d {name} = {slope:+.5f}")

step_through(network, 1.0, 2.0, *weights)
