"""`Module`: the base class for layers, losses and models of your own.

Assign Values, lists of Values, other modules or lists of modules to attributes, and write `forward`. A module then has
`parameters()` for the optimizer, `state_dict()` for saving, `train()` and `eval()`, and a readable `repr`.
`FunctionModule` makes a module of a function with options.

    >>> from autograd import Value
    >>> class Line(Module):
    ...     def __init__(self):
    ...         self.slope = Value(2.0)
    ...         self.offset = Value(1.0)
    ...     def forward(self, x):
    ...         return self.slope * x + self.offset
    >>> line = Line()
    >>> line(3.0).data, line.state_dict()
    (7.0, {'slope': 2.0, 'offset': 1.0})
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Self, dataclass_transform, overload

from autograd import Value
from autograd.core.atomic import set_all
from autograd.core.engine import NO_GRADIENT, has_gradient
from nn.nested import as_numbers, each, flat, shape_of
from nn.registry import check_whole_numbers, declare_options, option_names
from nn.states import saved_number

if TYPE_CHECKING:
    from typing import ParamSpec, Protocol, TypeVar

    from autograd.core.number import Number

    Inputs = ParamSpec("Inputs")
    Output = TypeVar("Output", covariant=True)

    class HasForward(Protocol[Inputs, Output]):
        """A module, by what its `forward` takes and gives."""

        @property
        def forward(self) -> Callable[Inputs, Output]:
            """The method."""


State = dict[str, Any]


class IncompatibleKeys(NamedTuple):
    """What `Module.load_state_dict` could not match."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Module:
    """The base class of layers, losses and models.

    Parameters are the leaf Values among the attributes, in the order of definition, also inside lists, tuples
    and dictionaries, nested to any depth, and in NumPy arrays of Values. A parameter's name is the path to it:
    ``layers.0.neurons.2.w.1``.

    Attributes:
        training: whether the module is in training mode, which `train` and `eval` set.
    """

    # An attribute of the class, so that a subclass need not call super().__init__().
    training: bool = True

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The output for an input; every subclass that is called must define it.

        Raises:
            NotImplementedError: if a subclass has not.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no forward method, so it cannot be called; define forward(self, x)"
        )

    def __call__(self: HasForward[Inputs, Output], *args: Inputs.args, **kwargs: Inputs.kwargs) -> Output:
        """``model(x)`` is ``model.forward(x)``."""
        return self.forward(*args, **kwargs)

    # ------------------------------------------------------------------ parameters

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Value]]:
        """Each parameter with the path to it.

        A Value is one number, so the path ends with its place in a vector or matrix. Where a PyTorch script writes
        ``name.endswith("bias")``, write ``"bias" in name``.

        Args:
            prefix: a name for this module, before all paths.
            recurse: whether to include the parameters of the modules below this one.
            remove_duplicate: whether a parameter that can be reached on several paths is given only once.

        >>> from nn import Linear
        >>> [name for name, _ in Linear(2, 1).named_parameters(prefix="out")]
        ['out.weight.0.0', 'out.weight.0.1', 'out.bias.0']
        """
        return (
            (name, part)
            for name, part in _distinct(_walk(self, recurse, not remove_duplicate), remove_duplicate, prefix)
            if isinstance(part, Value)
        )

    def parameters(self, recurse: bool = True) -> list[Value]:
        """Each parameter once, in the order of definition.

        Args:
            recurse: whether to include the parameters of the modules below this one.

        >>> from nn import MLP
        >>> len(MLP(2, [16, 16, 1]).parameters())
        337
        """
        return [parameter for _, parameter in self.named_parameters(recurse=recurse)]

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Clear the gradient of every parameter, as is due before each backward pass: all or, if interrupted, none.

        Args:
            set_to_none: True for no gradient, which reads as 0.0 here: an optimizer leaves such a parameter alone.
                False for a gradient of 0 where there is one; see `nn.optim.Optimizer.zero_grad`.
        """
        clear_gradients(self.parameters(), set_to_none)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or thaw (True) every parameter: a frozen one gets no gradient, so that no step moves it.

        >>> from nn import Linear
        >>> layer = Linear(2, 1).requires_grad_(False)
        >>> any(parameter.requires_grad for parameter in layer.parameters())
        False
        """
        set_all(self.parameters(), "requires_grad", repeat(requires_grad))
        return self

    # ------------------------------------------------------------------ the tree of modules

    def add_module(self, name: str, module: Module | None) -> None:
        """Set an attribute to a module, for names that are computed: ``self.add_module(f"layer{i}", Linear(2, 2))``.

        Raises:
            TypeError: if the name is not a text, or the module is none.
        """
        if not isinstance(name, str) or not isinstance(module, Module | None):
            raise TypeError(f"add_module takes a name and a module, got {name!r} and {module!r}")
        setattr(self, name, module)

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The modules directly below this one, each once, with their names."""
        return ((name, part) for name, part in _distinct(_walk(self, False)) if isinstance(part, Module))

    def children(self) -> Iterator[Module]:
        """The modules directly below this one."""
        return (child for _, child in self.named_children())

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """This module, whose name is empty, and all modules below it, with the paths to them.

        Args:
            memo: modules to leave out, with those below them; the modules that are given are added to it, unless
                duplicates are wanted.
            prefix: a name for this module.
            remove_duplicate: whether a module that can be reached on several paths is given only once.

        >>> from nn import Linear, ReLU, Sequential
        >>> [name for name, _ in Sequential(Linear(2, 3), Sequential(ReLU())).named_modules()]
        ['', '0', '1', '1.0']
        """
        left_out = frozenset(memo or ())
        if self in left_out:
            return
        found = set() if memo is None else memo
        if remove_duplicate:
            found.add(self)
        yield prefix, self
        walk = _walk(self, again=not remove_duplicate, closed=left_out)
        for name, part in _distinct(walk, remove_duplicate, prefix):
            if isinstance(part, Module) and part not in left_out:
                if remove_duplicate:
                    found.add(part)
                yield name, part

    def modules(self, remove_duplicate: bool = True) -> Iterator[Module]:
        """This module and all modules below it.

        Args:
            remove_duplicate: whether a module that can be reached on several paths is given only once.
        """
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call `fn` with every module below this one, then with this one; PyTorch's way to initialize."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Set training mode, here and below; some layers, dropout for one, behave differently in it.

        Raises:
            ValueError: if mode is neither True nor False.
        """
        if not isinstance(mode, bool):
            raise ValueError(
                f"train takes True or False, the mode, got {type(mode).__name__}; to train a model call nn.fit"
            )
        set_all(list(self.modules()), "training", repeat(mode))
        return self

    def eval(self) -> Self:
        """Set evaluation mode, here and below: ``train(False)``."""
        return self.train(False)

    def _attributes(self) -> dict[str, Any]:
        """The attributes that may hold parameters and modules, by name."""
        return vars(self)

    def _tensors_in_torch(self, flat: bool) -> dict[str, Any] | None:
        """The parameters under the names that an equal PyTorch model has; None if this module has the same names.

        Args:
            flat: whether the PyTorch model is one Sequential of Linear layers with activations between them, rather
                than a Sequential for each layer, as `to_torch` makes it.
        """
        return None

    # ------------------------------------------------------------------ saving and loading

    def state_dict(self, *, destination: State | None = None, prefix: str = "", keep_vars: bool = False) -> State:
        """The parameters as plain numbers: a float for a Value, nested lists for a vector or a matrix of Values.

        Args:
            destination: a dictionary to put them into, which is returned; a new one if it is left out.
            prefix: what all names begin with.
            keep_vars: whether to give the Values themselves.

        >>> from nn import Linear
        >>> {name: shape_of(numbers) for name, numbers in Linear(2, 3).state_dict().items()}
        {'weight': (3, 2), 'bias': (3,)}
        """
        state = {} if destination is None else destination
        state.update({prefix + name: part if keep_vars else as_numbers(part) for name, part in _tensors(self)})
        return state

    def load_state_dict(self, state_dict: Mapping[str, Any], strict: bool = True) -> IncompatibleKeys:
        """Set the parameters to saved numbers. Either all of them are set or, on an error or an interrupt, none.

        Args:
            state_dict: what `state_dict` returned. Its values may be NumPy arrays and PyTorch tensors, so the
                state of a `torch.nn.Linear` loads into a `Linear`. A `Neuron`, `Layer` or `MLP` also takes the state
                of the equal PyTorch model, where a layer has one weight and one bias: the model that `nn.to_torch`
                makes, or one Sequential of Linear layers with activations between them.
            strict: whether the names must be the same; if not, the names in common are loaded.

        Returns:
            The names that were missing, and those that were not expected.

        Raises:
            ValueError: if names or shapes differ, or something is not a number; the message lists the differences.
            TypeError: if the state is not a mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(
                f"load_state_dict takes numbers by name, as state_dict() gives them, got {type(state_dict).__name__}"
            )
        own = _named_as(state_dict, self)
        missing = [name for name in own if name not in state_dict]
        unexpected = [name for name in state_dict if name not in own]
        differences = []
        if strict and missing:
            differences.append(f"it lacks {', '.join(missing)}")
        if strict and unexpected:
            differences.append(f"{type(self).__name__} has no {', '.join(unexpected)}")
        parameters: list[Value] = []
        numbers: list[float] = []
        for name in own:
            if name not in state_dict:
                continue
            try:
                expected, found = shape_of(own[name]), shape_of(state_dict[name])
                if expected != found:
                    differences.append(f"{name} has shape {found} there and {expected} here")
                    continue
                numbers += [saved_number(number, name) for number in flat(state_dict[name])]
                parameters += flat(own[name])
            except ValueError as error:
                differences.append(str(error))
            except TypeError as error:  # a set somewhere in it
                differences.append(f"{name}: {error}")
        if differences:
            # A state from `nn.load` has the attribute `path`.
            source = f"the state in {state_dict.path}" if hasattr(state_dict, "path") else "the state"
            raise ValueError(f"{source} does not fit {type(self).__name__}: {'; '.join(differences)}")
        set_all(parameters, "_data", numbers)
        return IncompatibleKeys(missing, unexpected)

    # ------------------------------------------------------------------ as text

    def extra_repr(self) -> str:
        """What `repr` shows between the parentheses, before the children."""
        return ""

    def __repr__(self) -> str:
        name, extra = type(self).__name__, self.extra_repr()
        lines = [f"({key}): {child!r}".replace("\n", "\n  ") for key, child in self.named_children()]
        if not lines:
            return f"{name}({extra})"
        return f"{name}(" + "".join(f"\n  {line}" for line in ([extra] if extra else []) + lines) + "\n)"


@dataclass_transform(eq_default=False)
class FunctionModule(Module):
    """A function with stored options: the base class of activations and losses.

    A subclass names the function and declares its options as fields, with their defaults. They are the arguments of
    `__init__`, are shown by `repr`, and are passed to the function in every call. The arguments of the function that
    are not declared are inputs of `forward`.

    >>> from nn.functional import leaky_relu
    >>> class Leaky(FunctionModule, function=leaky_relu):
    ...     negative_slope: float = 0.01
    >>> Leaky(negative_slope=0.5)([-2.0, 3.0]), Leaky()
    ([-1.0, 3.0], Leaky(negative_slope=0.01))
    """

    function: ClassVar[Callable[..., Any]]
    _option_names: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, function: Callable[..., Any] | None = None) -> None:
        super().__init_subclass__()
        declare_options(cls)
        cls._option_names = option_names(cls)
        if function is not None:
            cls.function = staticmethod(function)
            if "forward" not in vars(cls):
                cls.forward = _forward(function, cls._option_names)  # type: ignore[method-assign]

    def __post_init__(self) -> None:
        check_whole_numbers(self)

    def options(self) -> dict[str, Any]:
        """The options by name."""
        return {name: getattr(self, name) for name in self._option_names}

    def extra_repr(self) -> str:
        """The options, as PyTorch shows them."""
        return ", ".join(f"{name}={option!r}" for name, option in self.options().items())


def _forward(function: Callable[..., Any], options: tuple[str, ...]) -> Callable[..., Any]:
    """A method that calls a function with the options of the module; its signature has the required arguments."""

    def forward(self: FunctionModule, *inputs: Any, **named: Any) -> Any:
        return self.function(*inputs, **named, **self.options())

    signature = inspect.signature(function)
    itself = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    others = [parameter for name, parameter in signature.parameters.items() if name not in options]
    inputs = [parameter for parameter in others if parameter.default is parameter.empty]
    forward.__signature__ = signature.replace(parameters=[itself, *inputs])  # type: ignore[attr-defined]
    forward.__doc__ = f"What `nn.functional.{function.__name__}` gives with these options."
    return forward


@overload
def Parameter(data: Value | Number, requires_grad: bool = True) -> Value: ...
@overload
def Parameter(data: Sequence[Value | Number], requires_grad: bool = True) -> list[Value]: ...
@overload
def Parameter(data: Sequence[Sequence[Value | Number]], requires_grad: bool = True) -> list[list[Value]]: ...
@overload
def Parameter(data: Any, requires_grad: bool = True) -> Any: ...
def Parameter(data: Any, requires_grad: bool = True) -> Any:  # noqa: N802  (PyTorch's name)
    """New leaf Values with these numbers: one for a number, nested lists for a vector or a matrix.

    ``self.scale = nn.Parameter([1.0, 1.0])`` is PyTorch's way to give a module parameters of its own. Here it is the
    same as ``[Value(1.0), Value(1.0)]``, as every leaf Value among the attributes of a module is a parameter.

    Args:
        data: a number or nested sequences of numbers; the data of Values is copied.
        requires_grad: whether they are to be trained.

    Raises:
        TypeError: if something among the data is not a number.

    >>> Parameter(2.0), shape_of(Parameter([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]))
    (Value(data=2.0, grad=0.0), (3, 2))
    """

    def leaf(number: Any) -> Value:
        value = Value(number)
        value.requires_grad = requires_grad
        return value

    return each(leaf, as_numbers(data))


def clear_gradients(parameters: list[Value], set_to_none: bool) -> None:
    """Clear the gradients of all parameters, or of none; see `Module.zero_grad`."""
    if set_to_none:
        set_all(parameters, "grad", repeat(NO_GRADIENT))
    else:
        set_all(list(filter(has_gradient, parameters)), "grad", repeat(0.0))


# ---------------------------------------------------------------------- walking attributes


def named_parts(container: Any) -> list[tuple[str, Any]]:
    """The named parts of something that may hold parameters; nothing for anything else.

    >>> named_parts([1.0, {"a": 2.0}]), named_parts("text")
    ([('0', 1.0), ('1', {'a': 2.0})], [])
    """
    if isinstance(container, Module):
        return [(name, _listed(part)) for name, part in container._attributes().items() if not isinstance(part, str)]
    if isinstance(container, list | tuple):
        return [(str(index), part) for index, part in enumerate(container)]
    if isinstance(container, dict):
        return [(str(key), _listed(part)) for key, part in container.items()]
    return []


def _listed(part: Any) -> Any:
    """A NumPy array of Values as lists of them; anything else as it is."""
    return part.tolist() if getattr(getattr(part, "dtype", None), "kind", "") == "O" else part


def _walk(
    root: Module, into_modules: bool = True, again: bool = False, closed: frozenset[Module] = frozenset()
) -> Iterator[tuple[str, Value | Module]]:
    """The leaf Values and modules below `root`, depth first, with their paths.

    Each container is entered once, or with `again` on each path to it, but never from within itself; those that are
    `closed` are not.
    """
    # The values keep the containers alive: the id of a deleted object may be given to a new one.
    entered: dict[int, Any] = {id(part): part for part in (*closed, root)}
    waiting = [(id(root), iter(named_parts(root)))]
    while waiting:
        for name, part in waiting[-1][1]:
            if isinstance(part, Value):
                if part.is_leaf:
                    yield name, part
                continue
            is_module = isinstance(part, Module)
            if is_module:
                yield name, part
            if id(part) in entered or (is_module and not into_modules):
                continue
            if below := named_parts(part):
                entered[id(part)] = part
                waiting.append((id(part), iter([(f"{name}.{key}", inner) for key, inner in below])))
                break
        else:
            left, _ = waiting.pop()
            if again:
                del entered[left]


def _distinct(
    walk: Iterator[tuple[str, Value | Module]], remove_duplicate: bool = True, prefix: str = ""
) -> Iterator[tuple[str, Value | Module]]:
    """The parts of a walk, each once unless duplicates are wanted, with a prefix to their paths."""
    start = f"{prefix}." if prefix else ""
    seen: set[int] = set()
    for name, part in walk:
        if not (remove_duplicate and id(part) in seen):
            seen.add(id(part))
            yield start + name, part


def paths_to_modules(model: Module) -> dict[int, list[str]]:
    """All paths to each module below a model, by its id; `Module.named_modules` has only the first path of each.

    >>> from nn import ReLU, Sequential
    >>> activation = ReLU()
    >>> paths_to_modules(Sequential(activation, activation))[id(activation)]
    ['0', '1']
    """
    paths: dict[int, list[str]] = {id(model): [""]}
    for name, part in _walk(model):
        if isinstance(part, Module):
            paths.setdefault(id(part), []).append(name)
    return paths


def _tensors(
    container: Any,
    prefix: str = "",
    above: tuple[int, ...] = (),
    in_torch: Callable[[Module], Any] = lambda module: None,
) -> Iterator[tuple[str, Any]]:
    """The parameters by name; as in PyTorch, a list that holds nothing but Values is one tensor.

    Args:
        container: where to look.
        prefix: the path to it.
        above: the containers that it is in.
        in_torch: returns the tensors of a module under other names, or None to walk through its attributes.
    """
    if id(container) in above:  # a child that refers to its parent
        return
    if isinstance(container, Module) and (renamed := in_torch(container)) is not None:
        yield from ((prefix + name, tensor) for name, tensor in renamed.items())
        return
    for name, part in named_parts(container):
        if _is_tensor(part):
            yield prefix + name, part
        else:
            yield from _tensors(part, f"{prefix}{name}.", (*above, id(container)), in_torch)


def _named_as(state: Mapping[str, Any], module: Module) -> dict[str, Any]:
    """The parameters of a module under its own names or PyTorch's, whichever match more names of the state."""
    own = dict(_tensors(module))
    if own.keys() >= state.keys():
        return own
    nested = dict(_tensors(module, in_torch=lambda part: part._tensors_in_torch(flat=False)))
    in_a_row = dict(_tensors(module, in_torch=lambda part: part._tensors_in_torch(flat=True)))
    return max((own, nested, in_a_row), key=lambda named: len(named.keys() & state.keys()))


def _is_tensor(part: Any) -> bool:
    if isinstance(part, Value):
        return part.is_leaf
    return isinstance(part, list | tuple) and bool(part) and all(map(_is_tensor, part))
