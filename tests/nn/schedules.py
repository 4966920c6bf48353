"""Schedulers with options, sequences of them, and optimizers of two groups, for the tests of schedules."""

from __future__ import annotations

import math
import re

import pytest

import nn
from autograd import Value

RATES = [0.5, 0.02]


def optimizer_of(rates=RATES, kind="SGD", **options):
    return getattr(nn.optim, kind)([{"params": [Value(1.0)], "lr": rate} for rate in rates], **options)


def named(options):
    """The text of options, without the addresses of functions, which differ from process to process."""
    return re.sub(r"<function (\w+) at 0x[0-9a-f]+>", r"\1", str(options))


def half(t):
    return 0.5**t


def wave(t):
    return 1 + math.sin(t)


SCHEDULERS = [
    ("LambdaLR", {"lr_lambda": wave}),
    ("LambdaLR", {"lr_lambda": [wave, half]}),
    ("StepLR", {"step_size": 7}),
    ("StepLR", {"step_size": 1, "gamma": 0.9}),
    ("MultiStepLR", {"milestones": [3, 10, 11]}),
    ("MultiStepLR", {"milestones": [20, 4, 4], "gamma": 0.5}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.9, "total_iters": 8}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 1.0, "end_factor": 0.0, "total_iters": 25}),
    ("ExponentialLR", {"gamma": 0.8}),
    ("CosineAnnealingLR", {"T_max": 30}),
    ("CosineAnnealingLR", {"T_max": 8, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 7}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.001}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 20, "power": 2.5}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 30}),
    ("OneCycleLR", {"max_lr": [1.0, 0.1], "epochs": 4, "steps_per_epoch": 9}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 40, "pct_start": 0.4, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 40, "three_phase": True}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 31, "div_factor": 5.0, "final_div_factor": 10.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 31, "cycle_momentum": False}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 31, "base_momentum": [0.5, 0.6], "max_momentum": 0.8}),
]
# A part of sequence: the name of a scheduler and its options.
SEQUENCES = [
    ([("LinearLR", {}), ("CosineAnnealingLR", {"T_max": 20})], [5]),
    ([("ConstantLR", {"factor": 0.1}), ("ExponentialLR", {"gamma": 0.9}), ("StepLR", {"step_size": 3})], [4, 15]),
    ([("CosineAnnealingWarmRestarts", {"T_0": 3}), ("PolynomialLR", {"total_iters": 9})], [10]),
    ([("ExponentialLR", {"gamma": 0.9})], []),
]


# Improves, stays, improves by a little, gets worse, crosses zero, jumps.
METRICS = [
    5.0,
    4.0,
    4.0,
    3.9999,
    3.99,
    3.98,
    4.5,
    4.4,
    4.3,
    4.2,
    2.0,
    1.0,
    0.5,
    0.6,
    0.45,
    0.44,
    -1.0,
    -1.05,
    -1.2,
    -1.0,
]
METRICS += [-1.0, -0.9, -1.21, -1.0, 8.0, 8.0, 7.9, 9.0, 9.5, math.nan]


def momenta(optimizer):
    return [group.get("betas", (group.get("momentum"),))[0] for group in optimizer.param_groups]


def torch_optimizer(rates=RATES, kind="SGD", **options):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch")
    groups = [{"params": [torch.nn.Parameter(torch.ones(1))], "lr": rate} for rate in rates]
    return getattr(torch.optim, kind)(groups, **options), torch.optim.lr_scheduler


def sequence(module, optimizer, parts, milestones):
    schedulers = [getattr(module, name)(optimizer, **arguments) for name, arguments in parts]
    return module.SequentialLR(optimizer, schedulers, milestones)
