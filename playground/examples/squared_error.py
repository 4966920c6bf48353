# A line is wrong by a little: which way should w and b move?
# In "Nudge" drag w on the picture; in "Train" let the line learn.
from autograd import step_through


def loss(w, b, x=2.0, target=1.0):
    guess = w * x + b
    error = guess - target
    return error**2


step_through(loss, 1.5, -0.5)
