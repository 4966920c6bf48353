# a is used twice: its gradient is a sum of parts.
# Which numbers meet in a?  Guess, then step.
import autograd
from autograd import Value, step_through


def f(a):
    square = a * a
    return square + a


a = Value(3.0, "a")
print(autograd.sum_over_paths(f(a), a))
step_through(f, 3.0)
