# A new operation, x * |x|: is its rule right?
# gradcheck compares it with finite differences.
# Mend the rule, and run again.
import autograd
from autograd import Op, register, step_through

register(
    Op(
        "signed_square",
        lambda x: x * abs(x),
        [lambda out, x: 2 * x],  # the rule
        domain=[(-3, 3)],
    )
)


def f(x):
    return autograd.signed_square(x) + x


for x in (3.0, 0.5, -2.0):
    try:
        autograd.gradcheck(f, [x])
        print(f"at x = {x}: they agree")
    except autograd.GradcheckError as error:
        print(f"at x = {x}: {error}")

step_through(f, -2.0)
