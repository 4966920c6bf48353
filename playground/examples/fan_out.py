# a is used twice: its gradient is a sum of parts.
# Which numbers meet in a?  Guess, then step.
from autograd import Value, step_through, sum_over_paths


def f(a):
    square = a * a
    return square + a


a = Value(3.0, "a")
print(sum_over_paths(f(a), a))
step_through(f, 3.0)
