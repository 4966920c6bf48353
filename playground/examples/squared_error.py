# A line misses its target. Where do w and b go?
# "Nudge": drag w. "Train": the line learns.
from autograd import step_through


def loss(w, b, x=2.0, target=1.0):
    guess = w * x + b
    error = guess - target
    return error**2


step_through(loss, 1.5, -0.5)
