# A neuron: two inputs, their weights, a bias, and tanh.
# Run it, then step through the backward pass at the right.
from autograd import step_through


def neuron(x1, x2, w1, w2, b):
    s = w1 * x1 + w2 * x2
    n = s + b
    return n.tanh()


step_through(neuron, 2.0, 0.0, -3.0, 1.0, 6.8814)
