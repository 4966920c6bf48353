# Both passes as tables: each row is one product of the chain rule.
# "stepgrad explain" prints the same on a command line.
from autograd import step_through
from stepgrad.cli import main

main(["explain", "log(x * y) + x", "x=2", "y=3"])


def f(x, y):
    return (x * y).log() + x


trace = step_through(f, 2.0, 3.0)
last = trace.steps[-1]
print("The rule of the last step:", last.rule, "=", last.local)
