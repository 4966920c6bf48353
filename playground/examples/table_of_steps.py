# Both passes as tables, a row for each product.
# The command "stepgrad explain" prints the same.
from autograd import step_through
from stepgrad.cli import main

main(["explain", "log(x*y) + x", "x=2", "y=3"])


def f(x, y):
    return (x * y).log() + x


trace = step_through(f, 2.0, 3.0)
last = trace.steps[-1]
print("last rule:", last.rule, "=", last.local)
