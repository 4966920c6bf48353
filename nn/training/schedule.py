"""Steps a scheduler so that Ctrl-C cannot leave it ahead of the history."""

from __future__ import annotations

import inspect
from typing import Any

from autograd.core.atomic import updating
from nn.optim import Optimizer
from nn.optim.lr_scheduler import LRScheduler


class Schedule:
    """The scheduler, of which one step is tentative until `keeping` is carried out."""

    def __init__(self, scheduler: Any, optimizer: Optimizer) -> None:
        self.scheduler = scheduler
        self.groups = optimizer.param_groups
        self.earlier: tuple[Any, list[dict[str, Any]]] | None = None

    def rate(self) -> dict[str, float]:
        """The learning rate for the history."""
        return {} if self.scheduler is None else {"lr": self.groups[0]["lr"]}

    def step(self, monitored: float) -> None:
        """One step, with the monitored number for an argument that has no default."""
        if self.scheduler is None:
            return
        self.earlier = self._state(), [dict(group) for group in self.groups]
        step = self.scheduler.step
        needed = [p for p in inspect.signature(step).parameters.values() if p.default is inspect.Parameter.empty]
        step(*[monitored for p in needed if p.kind is not p.VAR_POSITIONAL and p.kind is not p.VAR_KEYWORD])

    def keeping(self) -> tuple[Any, ...]:
        """To keep the step, as a change for `at_once`."""
        return updating(vars(self), {"earlier": None})

    def take_back(self) -> None:
        """Undo a step that was not kept."""
        if self.earlier is None:
            return
        state, groups = self.earlier
        for group, options in zip(self.groups, groups, strict=True):
            group.update(options)
        if isinstance(self.scheduler, LRScheduler):
            self.scheduler.load_state_dict(state)
        else:
            vars(self.scheduler).update(state)

    def _state(self) -> Any:
        if isinstance(self.scheduler, LRScheduler):
            return self.scheduler.state_dict()
        return dict(vars(self.scheduler)) if hasattr(self.scheduler, "__dict__") else {}
