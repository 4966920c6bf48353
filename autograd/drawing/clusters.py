"""Group the Values of a graph by the modules of a model, or by groups with names.

>>> from autograd import Value
>>> w, x = Value(2.0, "w"), Value(3.0, "x")
>>> y = w * x
>>> clusters = Clusters({"layer": [w, y]}, [x, w, y])
>>> clusters.of[y], x in clusters.of
('layer', False)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from autograd.core.engine import Value
from autograd.text.labels import counted


class Clusters:
    """The groups of a graph; a dot in a name nests it, ``layers.0.neurons.1`` in ``layers.0``.

    Args:
        groups: a model, which is anything with `named_modules`, or a mapping from names to Values. The group of a
            module has its parameters, the results with a parameter as an operand, and results computed from members of
            the group alone by operations of numbers, such as an activation. A group of a mapping has its Values only.
        order: the Values of the graph, operands before results.
        spread: whether groups of a mapping, too, get the results that are computed from their Values.

    Attributes:
        of: for each Value in a group the name of its innermost group.
        titles: for each group its name and, for a module, its class.
        contents: for each group what is in it, in a few words.
        names: for each parameter of a module its name in its group, such as ``w.0``.

    Raises:
        TypeError: if `groups` is neither a model nor a mapping.
    """

    def __init__(self, groups: Any, order: Sequence[Value], spread: bool = False) -> None:
        self.of: dict[Value, str] = {}
        self.titles: dict[str, str] = {}
        self.contents: dict[str, str] = {}
        self.names: dict[Value, str] = {}
        if isinstance(groups, Mapping):
            for name, values in groups.items():
                self.titles[str(name)] = str(name)
                self.of.update(dict.fromkeys(_values(values, str(name)), str(name)))
        elif hasattr(groups, "named_modules"):
            self._take_modules(groups)
            spread = True
        else:
            raise TypeError(
                f"clusters must be a model with named_modules() or a mapping from names to Values, got {groups!r}"
            )
        if spread:
            self._spread(order)
        self._around: dict[str, list[str]] = {}
        for name in self.titles:
            parts = name.split(".")
            prefixes = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
            self._around[name] = [prefix for prefix in prefixes if prefix in self.titles]
        self._count(order)

    def around(self, value: Value) -> list[str]:
        """The names of the groups a Value lies in, the outermost first."""
        name = self.of.get(value)
        return [] if name is None else self._around[name]

    def nesting(self, name: str) -> list[str]:
        """The names of the groups around a group, the outermost first, itself last."""
        return self._around.get(name, [name])

    def collapsed(self, collapse: int | str | Iterable[str]) -> set[str]:
        """The groups to be drawn as one box: those of these names, or all at this depth.

        Raises:
            ValueError: for a name that no group has.
        """
        if isinstance(collapse, int):
            return {name for name, around in self._around.items() if len(around) == collapse}
        names = {collapse} if isinstance(collapse, str) else set(collapse)
        unknown = sorted(names - set(self.titles))
        if unknown:
            some = ", ".join(list(self.titles)[:8])
            raise ValueError(f"there is no cluster {unknown[0]!r} to collapse; the clusters are {some}")
        return names

    def depth(self) -> int:
        """How deeply the groups are nested."""
        return max(map(len, self._around.values()), default=0)

    # ------------------------------------------------------------------ membership

    def _take_modules(self, model: Any) -> None:
        modules = list(model.named_modules())
        for path, module in modules:
            kind = type(module).__name__
            name = path or kind
            self.titles[name] = f"{path}: {kind}" if path else kind
            parameters = [value for value in module.parameters() if isinstance(value, Value)]
            self.of.update(dict.fromkeys(parameters, name))  # inner modules come later and win
            named = module.named_parameters() if hasattr(module, "named_parameters") else ()
            self.names.update({value: place for place, value in named if isinstance(value, Value)})
            parts: dict[str, int] = {}
            for other, _ in modules:
                inner = other[len(path) + 1 :] if path and other.startswith(f"{path}.") else ""
                stem, _, number = inner.partition(".")
                if number.isdigit():
                    parts[stem] = parts.get(stem, 0) + 1
            words = [f"{count:,} {stem}" for stem, count in parts.items() if count > 1]
            self.contents[name] = ", ".join([*words, counted(len(parameters), "parameter")])
        used = set(self.of.values())
        # No box for the model itself if it has no parameters of its own: the box would be around everything.
        for name in [name for path, module in modules if not path and (name := type(module).__name__) not in used]:
            del self.titles[name], self.contents[name]

    def _spread(self, order: Sequence[Value]) -> None:
        parameters = set(self.of)
        for node in order:
            if node.is_leaf or node in self.of:
                continue
            operands = node.operands
            owner = next((self.of[x] for x in operands if isinstance(x, Value) and x in parameters), None)
            if owner is None and not (node.op is None or node.op.vectors):
                owners = {self.of.get(x) if isinstance(x, Value) else None for x in operands}
                owner = owners.pop() if len(owners) == 1 else None
            if owner is not None:
                self.of[node] = owner

    def _count(self, order: Sequence[Value]) -> None:
        """Describe the content of groups of a mapping; `_take_modules` has described those of modules."""
        found: dict[str, list[int]] = {name: [0, 0] for name in self.titles}
        for node in order:
            for name in self.around(node):
                found[name][node.is_leaf] += 1
        for name, (results, leaves) in found.items():
            words = [counted(leaves, "leaf", "leaves")] * bool(leaves) + [counted(results, "result")] * bool(results)
            self.contents.setdefault(name, ", ".join(words) or "nothing of this graph")


def _values(values: Any, name: str) -> Iterator[Value]:
    """The Values of a group, which may be nested lists."""
    if isinstance(values, Value):
        yield values
    elif isinstance(values, Iterable) and not isinstance(values, str | bytes):
        for value in values:
            yield from _values(value, name)
    else:
        raise TypeError(f"the cluster {name!r} must be made of Values, got {values!r}")
