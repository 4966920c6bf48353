"""Saves and loads what an estimator learned, as plain data beside the weights of a model."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import Any

from autograd.core.number import whole_number
from nn.nested import is_sequence
from nn.preprocessing.checks import classes_of, labels_of
from nn.states import check_like


class WithState:
    """The base class of estimators that can be saved: options and learned attributes, whose names end with ``_``."""

    def state_dict(self) -> dict[str, Any]:
        """Options and learned attributes by name, as numbers, texts and lists, which JSON can hold.

        Raises:
            ValueError: if `fit` was not called.

        >>> import json
        >>> from nn.preprocessing import StandardScaler
        >>> text = json.dumps(StandardScaler().fit([[1.0], [3.0]]).state_dict())
        >>> scaler = StandardScaler()
        >>> scaler.load_state_dict(json.loads(text))
        >>> scaler.transform([[5.0]])
        [[3.0]]
        """
        if not all(hasattr(self, name) for name in _learnt(type(self))):
            raise ValueError(
                f"this {type(self).__name__} has learnt nothing yet; call fit with the training data first"
            )
        return {name: _plain(attribute) for name, attribute in vars(self).items()}

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Take over the options and the learned attributes of a saved state. On an error nothing changes.

        Args:
            state_dict: what `state_dict` returned; also read back from JSON, where tuples are lists.

        Raises:
            ValueError: if it has other names than those of this class, an option is out of range, the learned
                attributes differ in the number of features, or something stands for a number that is none.
        """
        kind = type(self).__name__
        hints = _learnt(type(self))
        learnt = list(hints)
        expected = sorted({*vars(self), *learnt})
        if not isinstance(state_dict, Mapping) or sorted(state_dict) != expected:
            got = ", ".join(sorted(state_dict)) if isinstance(state_dict, Mapping) else type(state_dict).__name__
            raise ValueError(
                f"the state does not fit {kind}: it has {got or 'nothing'} rather than {', '.join(expected)}; pass "
                f"what state_dict() of a {kind} gave"
            )
        state = deepcopy(dict(state_dict))
        features = state.get("n_features_in_")
        for name in learnt:
            attribute = state[name]
            _CHECKS[hints[name]](attribute, f"{name} in the state of {kind}")
            if isinstance(attribute, list) and features not in (None, len(attribute)):
                raise ValueError(
                    f"the state does not fit {kind}: {name} has {len(attribute)} entries for {features} features; pass "
                    f"what state_dict() of a {kind} gave"
                )
        options = {
            name: tuple(option) if isinstance(option, list) else option
            for name, option in state.items()
            if name not in learnt
        }
        parameters = inspect.signature(type(self)).parameters
        for name, option in options.items():
            own, path = getattr(self, name), f"{name} in the state of {kind}"
            if parameters[name].annotation == "Any":  # of several kinds, which the class itself checks
                continue
            if isinstance(own, bool | str):
                check_like(option, own, path)
            else:  # one number or several; which of them it takes is known to the class
                check_like(option if is_sequence(option) else [option], [0.0], path)
        checked = type(self)(**options)
        vars(checked).update({name: state[name] for name in learnt})
        checked._check_learnt()
        vars(self).update(vars(checked))

    def _check_learnt(self) -> None:
        """Raise a ValueError if options and learned attributes do not go together."""


def _learnt(kind: type) -> dict[str, str]:
    """The attributes that `fit` sets, with their types: annotated names that end with ``_``, also in the bases."""
    return {
        name: hint
        for base in kind.__mro__
        for name, hint in vars(base).get("__annotations__", {}).items()
        if name.endswith("_")
    }


def _check_classes(found: Any, path: str) -> None:
    if not is_sequence(found) or classes_of(labels_of(found, path), path) != list(found):
        raise ValueError(f"{path} must be classes, sorted, each once, got {found!r}")


def _check_lists_of_classes(found: Any, path: str) -> None:
    if not is_sequence(found):
        raise ValueError(f"{path} must be a list of classes for each feature, got {found!r}")
    for index, classes in enumerate(found):
        if not is_sequence(classes) or len(set(labels_of(classes, path))) < len(classes):
            raise ValueError(f"{path}[{index}] must be classes, each once, got {classes!r}")


_CHECKS: dict[str, Callable[[Any, str], Any]] = {
    "int": lambda found, path: whole_number(path, found, 1, sys.maxsize),
    "list[float]": lambda found, path: check_like(found, [0.0], path),
    "list[Any]": _check_classes,
    "list[list[Any]]": _check_lists_of_classes,
}
"""What is checked of an attribute of each type."""


def _plain(attribute: Any) -> Any:
    """Tuples as lists, and NumPy's numbers as Python's."""
    if is_sequence(attribute):
        return [_plain(part) for part in attribute]
    return attribute.item() if hasattr(attribute, "item") else attribute
