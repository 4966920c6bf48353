# A neuron. Press Run: watch its gradient flow.
from autograd import step_through


def neuron(x, w, b):
    n = w * x + b
    return n.tanh()


step_through(neuron, 2.0, -3.0, 6.88)
