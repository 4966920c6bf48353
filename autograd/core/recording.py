"""Stop recording the graph in a block (`no_grad`), resume it (`enable_grad`), or watch both passes (`Observer`).

An operation looks at one list, `open_blocks`, which is empty nearly always. If it is not, `finished` looks at the
blocks of the current context: of this thread, or of this one among the tasks that take turns in it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from contextvars import ContextVar
from functools import partial, wraps

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any, Self, TypeVar, overload

    Function = TypeVar("Function", bound=Callable[..., Any])
    # The engine imports this module, so its class cannot be imported here.
    Value = Any

open_blocks: list[Any] = []
"""The `no_grad` blocks and observers that are open anywhere. `enable_grad` is not among them: it matters only inside a
`no_grad`, which is.
"""


class _Opening:
    """One entry into a block, which may be entered again before it is left."""

    __slots__ = ("block", "is_open")

    def __init__(self, block: _Block) -> None:
        self.block = block
        self.is_open = True


def _is_open(opening: _Opening) -> bool:
    return opening.is_open


class _Block:
    """A block that is open in one context: in one thread, or in one of the tasks that take turns in it."""

    _openings: ContextVar[tuple[_Opening, ...]]
    """Of this kind of block in the current context, the innermost last."""

    _is_watched_for = True
    """Whether operations must look for it."""

    def __enter__(self) -> Any:
        opening = _Opening(self)
        vars(self).setdefault("_own_openings", []).append(opening)
        self._openings.set((*filter(_is_open, self._openings.get()), opening))
        if self._is_watched_for:
            open_blocks.append(self)
        return self

    def __exit__(self, *exception: object) -> None:
        # Called once more, after Ctrl-C came in the middle of it or of opening, it closes what is left.
        if self in open_blocks:
            open_blocks.remove(self)
        # A generator may be entered in one context and closed in another, from which the tuple of the first cannot be
        # changed. So an opening says itself that it is closed.
        here = [opening for opening in self._openings.get() if opening.block is self and opening.is_open]
        if not (own := here or vars(self).get("_own_openings", [])):
            return
        opening = own[-1]
        opening.is_open = False
        vars(self)["_own_openings"].remove(opening)
        self._openings.set(tuple(filter(_is_open, self._openings.get())))


_recordings: ContextVar[tuple[_Opening, ...]] = ContextVar("recordings", default=())
_observations: ContextVar[tuple[_Opening, ...]] = ContextVar("observations", default=())


def _observers() -> list[Any]:
    return [opening.block for opening in _observations.get() if opening.is_open]


def finished(node: Value) -> Value:
    """A new result: inside `no_grad` without its history, else with it and shown to the observers."""
    if is_grad_enabled():
        for observer in _observers():
            observer.on_forward(node)
    else:
        node._rule = node._a = node._b = node._da = node._db = None
    return node


def starting(root: Value) -> None:
    """Show the observers the result that a backward pass is about to start from."""
    for observer in _observers():
        observer.on_backward_start(root)


def observed(nodes: Iterable[Value]) -> Iterator[Value]:
    """The nodes of a backward pass, each shown to the observers once its gradient has been passed on."""
    for node in nodes:
        yield node
        passed_on(node)


def passed_on(node: Value) -> None:
    """Show the observers a node of a backward pass whose gradient has just been passed on to its operands."""
    for observer in _observers():
        observer.on_backward(node)


def is_observed() -> bool:
    """Whether an observer is open in this context."""
    return bool(_observers())


class Observer(_Block):
    """A block in which every new result, and every step of a backward pass, is shown to its methods.

    >>> from autograd import Value
    >>> class Count(Observer):
    ...     results = 0
    ...     def on_forward(self, node):
    ...         self.results += 1
    >>> x = Value(3.0)
    >>> with Count() as count:
    ...     y = x * x + x
    >>> count.results
    2

    Only the current thread is observed, and of tasks that share it only the one that opened the block.
    """

    _openings = _observations

    if TYPE_CHECKING:

        def __enter__(self) -> Self: ...

    def on_forward(self, node: Value) -> None:
        """Called with each new result."""

    def on_backward_start(self, root: Value) -> None:
        """Called before a backward pass from `root`, while every gradient is still as it was.

        Not called for the sweeps of a transform such as `grad`, which may start from several outputs.
        """

    def on_backward(self, node: Value) -> None:
        """Called with each result of a backward pass after its gradient was passed on to its operands.

        Called by ``backward()``, also with `create_graph`, and by the reverse-mode sweeps of the transforms, which
        fill in `grad` for the duration of these calls. Forward-mode sweeps do not call it.
        """


class _Recording(_Block):
    """A block, or a decorator, that says whether operations in it are recorded; the innermost one decides."""

    records: bool
    _openings = _recordings

    if TYPE_CHECKING:

        @overload
        def __new__(cls) -> Self: ...
        @overload
        def __new__(cls, function: Function) -> Function: ...  # type: ignore[misc]  # as a decorator is written

    def __new__(cls, function: Callable[..., Any] | None = None) -> Any:
        """The block; or, given a function, that function decorated."""
        block = object.__new__(cls)
        return block if function is None else block(function)

    def __enter__(self) -> None:
        super().__enter__()

    def __call__(self, function: Function) -> Function:
        """Decorate a function so that its body runs in such a block; in a generator, each time it is resumed."""
        block = type(self)
        name = block.__name__
        if not callable(function):
            raise TypeError(f"{name} takes a function to decorate, got {function!r}; write {name}() for a block")
        flags = _flags(function)
        if flags & _ASYNC_GENERATOR:
            title = getattr(function, "__name__", function)
            raise TypeError(
                f"{name} cannot decorate {title}, an async generator, which may pause inside the block; write "
                f"`with {name}():` in its body, around lines without yield"
            )
        if flags & _COROUTINE:
            return _awaited(function, block)  # type: ignore[no-any-return]
        if flags & _GENERATOR:
            return _in_steps(function, block)  # type: ignore[no-any-return]

        @wraps(function)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with block():
                return function(*args, **kwargs)

        return inside  # type: ignore[return-value]


# CO_GENERATOR, CO_COROUTINE and CO_ASYNC_GENERATOR of the module inspect, which takes 10 ms to import.
_GENERATOR, _COROUTINE, _ASYNC_GENERATOR = 0x20, 0x80, 0x200


def _flags(function: Any) -> int:
    while isinstance(function, partial):
        function = function.func
    return getattr(getattr(function, "__code__", None), "co_flags", 0)


def _awaited(function: Callable[..., Any], block: type[_Recording]) -> Any:
    """A coroutine function whose block is open in its task, and not in those that run while it waits."""

    @wraps(function)
    async def inside(*args: Any, **kwargs: Any) -> Any:
        with block():
            return await function(*args, **kwargs)

    return inside


def _in_steps(function: Callable[..., Any], block: type[_Recording]) -> Any:
    """A generator function whose block is open while it runs and closed while it is suspended, as in PyTorch."""

    @wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        try:
            with block():
                generator = function(*args, **kwargs)
                result = next(generator)
            while True:
                try:
                    sent = yield result
                except GeneratorExit:
                    with block():
                        generator.close()
                    raise
                except BaseException as error:
                    with block():
                        result = generator.throw(error)
                else:
                    with block():
                        result = generator.send(sent)
        except StopIteration as stop:
            return stop.value

    return inside


class no_grad(_Recording):  # noqa: N801  (PyTorch's name)
    """A block, or a function, in which operations are computed but not recorded.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     y = x * x
    >>> y.is_leaf
    True

    Only the current thread, or task, is affected. As a decorator it is written ``@no_grad()`` or ``@no_grad``; around a
    generator the block is open while the generator runs and closed while it is suspended.
    """

    records = False


class enable_grad(_Recording):  # noqa: N801  (PyTorch's name)
    """A block, or a function, in which operations are recorded again, inside a `no_grad`.

    >>> from autograd import Value
    >>> x = Value(3.0)
    >>> with no_grad():
    ...     with enable_grad():
    ...         y = x * x
    ...     z = x * x
    >>> y.is_leaf, z.is_leaf
    (False, True)

    Of nested blocks the innermost decides. Only the current thread, or task, is affected. As a decorator it is written
    ``@enable_grad()`` or ``@enable_grad``, and works around generators as `no_grad` does.
    """

    records = True
    _is_watched_for = False


def is_grad_enabled() -> bool:
    """Whether operations of this thread, or task, are recorded at this point.

    >>> with no_grad():
    ...     is_grad_enabled()
    False
    """
    return next((opening.block.records for opening in reversed(_recordings.get()) if opening.is_open), True)  # type: ignore[attr-defined]
