# An exercise: a wrong answer is told which mistake
# gives it. Try [4, 4]; hint("00.1") helps.
from stepgrad.learn import check, inputs


def f(a, b):
    product = a * b
    square = a * a
    d = product + square
    return d


# The gradients of a and b, at these inputs:
print(inputs("00.1"))
check("00.1", [..., ...])
