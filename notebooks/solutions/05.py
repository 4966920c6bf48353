"""Solutions of the lesson "Who is to blame? Deltas": each cell is what its exercise asks for."""

# ruff: noqa: F821

# %%
answer = [0.5 * 0.8 * 0.2, 0.5 * 0.8 * 0.2 * 1.5]
check("05.1", answer)

# %%
# Unit 2 is the second index: w12 leads to output 1, w22 to output 2.
answer = 0.6 * 0.4 * (-1 * 0.1 + 3 * -0.04)
check("05.2", answer)


# %%
def deltas(layers, inputs, targets):
    outputs = forward(layers, inputs)
    found = [[(o - t) * o * (1 - o) for o, t in zip(outputs[-1], targets, strict=True)]]
    for l in range(len(layers) - 1, 0, -1):
        found.insert(
            0,
            [
                o * (1 - o) * sum(layers[l][k][j] * delta for k, delta in enumerate(found[0]))
                for j, o in enumerate(outputs[l])
            ],
        )
    return found


check("05.3", deltas)

# %%
# Each layer multiplies the paths by 3; edges: 3 from the input, 9 between two hidden layers, 3 to the output.
answer = [3**5, 3 + 4 * 9 + 3]
check("05.4", answer)

# %%
# (1, 1) is on the line, so it is added; (-2, -1) is right then; (1, -3) is on the wrong side and is added.
answer = [2, -2, 2]
check("05.5", answer)

# %%
# w1 * 0.1 + 3 * (-0.05) is 0 for w1 = 1.5.
answer = {"w1": 1.5}
check("05.6", answer)
