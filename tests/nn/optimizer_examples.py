"""Optimizers with options, for tests that walk them: those listed, and each of nn with each of its options."""

from __future__ import annotations

from inspect import Parameter, signature

import nn
from autograd import Value
from nn.registry import declared

LISTED = [
    ("SGD", {}),
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "nesterov": True}),
    ("SGD", {"lr": 0.1, "weight_decay": 0.1, "momentum": 0.5}),
    ("SGD", {"lr": 0.01, "maximize": True}),
    ("SGD", {"lr": 0.01, "maximize": True, "weight_decay": 0.1}),
    ("Adam", {}),
    ("Adam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "maximize": True}),
    ("Adam", {"lr": 0.1, "weight_decay": 0.5, "decoupled_weight_decay": True, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "weight_decay": 0.5, "decoupled_weight_decay": True, "maximize": True}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.5}),
    ("AdamW", {"lr": 0.1, "amsgrad": True, "betas": (0.5, 0.6)}),
    ("AdamW", {"lr": 0.01, "maximize": True}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.5, "lr_decay": 0.1}),
    ("Adagrad", {"lr": 0.5, "weight_decay": 0.1}),
    ("Adagrad", {"lr": 0.5, "initial_accumulator_value": 2.0}),
    ("Adagrad", {"lr": 0.5, "eps": 0.1}),
    ("Adagrad", {"lr": 0.1, "maximize": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.1, "alpha": 0.7, "eps": 1e-2}),
    ("RMSprop", {"lr": 0.1, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.02, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.02, "centered": True, "alpha": 0.9}),
    ("RMSprop", {"lr": 0.02, "centered": True, "momentum": 0.5, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 2.0, "rho": 0.7, "eps": 1e-3}),
    ("Adadelta", {"weight_decay": 0.5, "eps": 1e-2}),
    ("Adadelta", {"maximize": True, "eps": 1e-3}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-4}),
    ("NAdam", {"lr": 0.1, "momentum_decay": 0.5}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("NAdam", {"lr": 0.01, "maximize": True}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.8, 0.9), "eps": 1e-2}),
    ("Adamax", {"lr": 0.1, "weight_decay": 0.1}),
    ("Adamax", {"lr": 0.01, "maximize": True}),
]


def other_value(option):
    """A value near the default that is allowed wherever the default is; None if there is none to guess."""
    if isinstance(option, bool):
        return not option
    if isinstance(option, int | float):
        return 0.75 * option if option else 0.125
    return tuple(map(other_value, option)) if isinstance(option, tuple) else None


def variants(name):
    """An optimizer as it is, and with one option at a time that is not the default."""
    kind = getattr(nn.optim, name)
    found = [(name, {})]
    for option in signature(kind).parameters.values():
        other = None if option.default is Parameter.empty else other_value(option.default)
        if other is not None:
            try:
                kind([Value(0.0)], **{option.name: other})
            except (TypeError, ValueError):  # it needs another option, and stands in the list above
                continue
            found.append((name, {option.name: other}))
    return found


OPTIMIZERS = LISTED + [x for name in declared(nn.optim.Optimizer) for x in variants(name) if x not in LISTED]
START = [1.5, -0.7, 0.01, 30.0]


def loss(w, sin):
    return sin(3 * w[0]) + w[0] * w[0] + 0.3 * (w[1] - w[0]) ** 2 + sin(w[2]) * w[0] + sin(w[3]) * sin(w[1])


def step(optimizer, parameters, sin):
    optimizer.zero_grad()
    loss(parameters, sin).backward()
    optimizer.step()
