"""The kinds of exercises: what is asked for, and how its mistakes are told apart."""

from stepgrad.learn.kinds.choice import Choice
from stepgrad.learn.kinds.engine import Engine
from stepgrad.learn.kinds.experiment import Experiment, Trained
from stepgrad.learn.kinds.function import Function, Functions
from stepgrad.learn.kinds.gradients import Contributions, Gradients
from stepgrad.learn.kinds.number import Number
from stepgrad.learn.kinds.order import Order
from stepgrad.learn.kinds.rule import Rule

__all__ = [
    "Choice",
    "Contributions",
    "Engine",
    "Experiment",
    "Function",
    "Functions",
    "Gradients",
    "Number",
    "Order",
    "Rule",
    "Trained",
]
