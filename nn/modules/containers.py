"""Modules that hold other modules: `Sequential` runs them one after the other, `ModuleList` and `ModuleDict` do not.

A `Module` also finds modules in plain lists and dictionaries; `ModuleList` and `ModuleDict` are there for code written
for PyTorch.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Self, overload

from nn.modules.module import Module


class _Ordered(Module):
    """Modules in an order, under the names "0", "1", ... or names of their own: a list whose elements are modules."""

    def _modules(self) -> dict[str, Module]:
        # Not children(): the same module may stand in two places.
        return {name: part for name, part in vars(self).items() if isinstance(part, Module)}

    def _replace(self, modules: Iterable[Any]) -> None:
        """Put these modules, numbered, in the place of the present ones; all are checked before anything changes."""
        numbered = {str(index): self._checked(str(index), module) for index, module in enumerate(modules)}
        for name in self._modules():
            delattr(self, name)
        vars(self).update(numbered)

    def _checked(self, name: str, module: Any) -> Module:
        if isinstance(module, Module):
            return module
        remedy = "wrap it in a Module"
        if isinstance(module, type) and issubclass(module, Module):
            remedy = f"that is the class: write {module.__name__}(...)"
        elif isinstance(module, Iterable):
            remedy = "put a * before it, which makes arguments of its elements"
        raise TypeError(f"{type(self).__name__} takes modules, got {module!r} in place {name}; {remedy}")

    def _name_at(self, index: int) -> str:
        names = list(self._modules())
        if not -len(names) <= index < len(names):
            raise IndexError(f"this {type(self).__name__} has {len(names)} modules, got index {index}")
        return names[index]

    def append(self, module: Module) -> Self:
        """Add one module at the end."""
        number, taken = len(self), self._modules()
        while str(number) in taken:  # as in a slice of a Sequential, which keeps its names
            number += 1
        setattr(self, str(number), self._checked(str(number), module))
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add modules at the end."""
        for module in list(modules):
            self.append(module)
        return self

    def insert(self, index: int, module: Module) -> Self:
        """Put a module before the one at this index; all modules are numbered anew.

        Raises:
            ValueError: if the modules have names of their own, which would be lost.
        """
        if not self._numbered():
            raise ValueError(
                f"insert numbers the modules anew, but they have the names {', '.join(self._modules())}; make a new "
                f"{type(self).__name__} of them"
            )
        modules: list[Any] = list(self)
        modules.insert(index, module)
        self._replace(modules)
        return self

    def pop(self, key: int = -1) -> Module:
        """Remove the module at this index, and return it."""
        module = self[key]
        del self[key]
        return module

    def __len__(self) -> int:
        return len(self._modules())

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules().values())

    @overload
    def __getitem__(self, index: int) -> Module: ...

    @overload
    def __getitem__(self, index: slice) -> Self: ...

    def __getitem__(self, index: int | slice) -> Module | Self:
        """One module; or for a slice a new container of the same modules."""
        if isinstance(index, slice):
            return self._part(dict(list(self._modules().items())[index]))
        return self._modules()[self._name_at(index)]

    def _part(self, modules: dict[str, Module]) -> Self:
        return type(self)(modules.values())  # type: ignore[call-arg]

    def __setitem__(self, index: int, module: Module) -> None:
        name = self._name_at(index)
        setattr(self, name, self._checked(name, module))

    def __delitem__(self, index: int | slice) -> None:
        gone = list(self._modules())[index] if isinstance(index, slice) else [self._name_at(index)]
        for name in gone:
            delattr(self, name)
        if self._numbered():
            self._replace(list(self))

    def _numbered(self) -> bool:
        return all(name.isdecimal() for name in self._modules())


class Sequential(_Ordered):
    """Modules one after the other, each called with the output of the one before.

    Args:
        modules: the modules; or one mapping from names to modules.

    It is a list of modules as well: ``model[0]``, ``model[-1] = ...``, ``del model[1]``, `append`, `insert`, `pop`. A
    slice such as ``model[:2]`` is a new Sequential of the same modules, with the same parameters and names.

    Raises:
        TypeError: if something is not a module.

    >>> from nn import Linear, ReLU
    >>> model = Sequential(Linear(2, 16), ReLU(), Linear(16, 3))
    >>> model
    Sequential(
      (0): Linear(in_features=2, out_features=16, bias=True)
      (1): ReLU()
      (2): Linear(in_features=16, out_features=3, bias=True)
    )
    >>> len(model[:2]([1.0, -1.0]))                         # the hidden layer
    16
    """

    def __init__(self, *modules: Module | Mapping[str, Module]) -> None:
        named: Mapping[str, Any] = {str(index): module for index, module in enumerate(modules)}
        if len(modules) == 1 and isinstance(modules[0], Mapping):
            named = modules[0]
        for name, module in named.items():
            setattr(self, name, self._checked(name, module))

    def forward(self, input: Any) -> Any:
        """The output of the last module."""
        for module in self:
            input = module(input)
        return input

    def _part(self, modules: dict[str, Module]) -> Self:
        return type(self)(modules)  # a slice keeps the names, as in PyTorch


class ModuleList(_Ordered):
    """Modules in a list, to be called by the `forward` of the module that owns the list.

    Args:
        modules: the modules, if there are any yet.

    Raises:
        TypeError: if something is not a module.

    >>> from nn import Linear
    >>> layers = ModuleList([Linear(2, 3) for _ in range(2)]).append(Linear(3, 1))
    >>> len(layers), list(layers.state_dict())
    (3, ['0.weight', '0.bias', '1.weight', '1.bias', '2.weight', '2.bias'])
    """

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        self._replace([] if modules is None else modules)


class ModuleDict(Module):
    """Modules by name, to be called by the `forward` of the module that owns the dictionary.

    Args:
        modules: a mapping from names to modules, or pairs of both.

    Raises:
        TypeError: if a name is not a text or something is not a module.

    >>> from nn import ReLU, Tanh
    >>> activations = ModuleDict({"relu": ReLU(), "tanh": Tanh()})
    >>> activations["relu"]([-1.0, 2.0]), list(activations)
    ([0.0, 2.0], ['relu', 'tanh'])
    """

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        # In a dictionary of its own, so that a module may have the name of a method, such as "train".
        self._parts: dict[str, Module] = {}
        if modules is not None:
            self.update(modules)

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Add modules; one with a name that is taken replaces the module of that name."""
        for name, module in dict(modules).items():
            self[name] = module

    def _attributes(self) -> dict[str, Any]:
        return dict(self._parts)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._parts.keys()

    def values(self) -> Iterable[Module]:
        """The modules."""
        return self._parts.values()

    def items(self) -> Iterable[tuple[str, Module]]:
        """Pairs of name and module."""
        return self._parts.items()

    def pop(self, key: str) -> Module:
        """Remove the module of this name, and return it."""
        return self._parts.pop(key)

    def __getitem__(self, name: str) -> Module:
        return self._parts[name]

    def __setitem__(self, name: str, module: Module) -> None:
        if not isinstance(name, str) or not isinstance(module, Module):
            raise TypeError(f"ModuleDict takes modules by name, got {module!r} under {name!r}; wrap it in a Module")
        self._parts[name] = module

    def __delitem__(self, name: str) -> None:
        del self._parts[name]

    def __contains__(self, name: object) -> bool:
        return name in self._parts

    def __len__(self) -> int:
        return len(self._parts)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)
