# A new operation, x * |x|, with a rule that is wrong for some x.
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

for x in (3.0, 0.5, -2.0):
    try:
        autograd.gradcheck(autograd.signed_square, [x])
        print(f"at x = {x}: the rule agrees with the difference")
    except autograd.GradcheckError as error:
        print(f"at x = {x}: {error}")

step_through(lambda x: autograd.signed_square(x) + x, -2.0)
