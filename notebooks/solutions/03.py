"""Solutions of the lesson "A neuron, backward": each cell is what its exercise asks for."""

# ruff: noqa: F821

# %%
# n = -8 + 4.5 + 2.5 = -1 is below 0, so relu is off and its slope 0, a factor of every one of the five.
answer = [0, 0, 0, 0, 0]
check("03.1", answer)


# %%
def squared_error(w, x, b, y):
    product = w * x
    prediction = product + b
    error = prediction - y
    loss = error * error
    return loss


# error = -3, once for each of the two edges; then its gradient -6 goes on, to y with the sign turned.
answer = [-3, -3, -6, 6, -6, -6, -24, -12]
check("03.2", answer)

# %%
# Each x that is multiplied makes a path: three with the product 9, and four with the product 27.
answer = [3, 27, 4, 108]
check("03.3", answer)

# %%
# f first; c has to wait for d and e, and b for c. d and e may change places.
answer = ["f", "e", "d", "c", "b"]
check("03.4", answer)

# %%
# w1 is multiplied by x1.
answer = {"x1": 0.0}
check("03.5", answer)
