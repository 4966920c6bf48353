"""Run a learner's function: with an end to it, its prints kept back, and its errors as a sentence with the line.

>>> run(lambda x: 2 * x, 3.0)
6.0
>>> def inverse(x):
...     return 1 / x
>>> run(inverse, 0.0)
Traceback (most recent call last):
    ...
stepgrad.learn.answers.AnswerError: inverse(0) raises ZeroDivisionError: float division by zero (line 2: return 1 / x).
"""

from __future__ import annotations

import io
import linecache
import os
import signal
import sys
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import stepgrad
from stepgrad.learn.answers import AnswerError, shown

SECONDS = 5.0
"""How long a learner's function may take for one call."""

_ROOT = Path(stepgrad.__file__).parent.parent
_OURS = tuple(f"{_ROOT / package}{os.sep}" for package in ("autograd", "nn", "stepgrad"))
_LIBRARIES = (*_OURS, "<frozen", *(sysconfig.get_path(name) + os.sep for name in ("stdlib", "purelib", "platlib")))

_LINES_ARE_NOT_ENOUGH = sys.version_info < (3, 12)  # a jump to the same line is no event there
_HAS_TIMER = hasattr(signal, "setitimer") and sys.platform not in ("emscripten", "wasi")


class _Endless(BaseException):
    """Time is over; no `except Exception` of the learner's holds it up."""


class _Printed(io.TextIOBase):
    """Takes what is printed, and remembers only whether anything was."""

    def __init__(self) -> None:
        self.anything = False

    def write(self, text: str) -> int:
        self.anything = True
        return len(text)

    def instead(self) -> AbstractContextManager[Any]:
        """In this block it takes what is printed. Another thread leaves the screen, which all share, alone."""
        return redirect_stdout(self) if threading.current_thread() is threading.main_thread() else nullcontext()


def run(function: Callable[..., Any], *arguments: Any, seconds: float = SECONDS, named: str = "") -> Any:
    """What a learner's function returns.

    Args:
        function: the learner's, or one that runs what the learner wrote.
        arguments: what it is called with.
        seconds: how long it may take.
        named: what is said to have been run; the call unless given.

    Raises:
        AnswerError: if it raises, does not end, or returns None.
    """
    printed, name = _Printed(), named or call(function, arguments)
    try:
        with printed.instead(), time_limit(seconds):
            result = function(*arguments)
    except (KeyboardInterrupt, GeneratorExit, AnswerError):
        raise
    except _Endless as error:
        raise AnswerError("endless", call=name, seconds=f"{seconds:g}", line=line_of(error.__traceback__)) from None
    except RecursionError as error:
        raise AnswerError("recursion", call=name, line=line_of(error.__traceback__)) from None
    except BaseException as error:
        raise AnswerError("raises", call=name, error=said_by(error), line=line_of(error.__traceback__)) from None
    if result is None or result is Ellipsis:
        code = "unanswered" if result is Ellipsis else "prints" if printed.anything else "no_return"
        raise AnswerError(code, call=name)
    return result


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """In this block an exception ends what takes longer.

    A signal ends a sleep and a loop that catches all exceptions, too, but not a single call that computes for long in
    C; and there is none on Windows, in WebAssembly and outside the main thread. There the lines that
    the learner wrote are traced instead.
    """
    if _HAS_TIMER and threading.current_thread() is threading.main_thread():
        with _ended_by_a_signal(seconds):
            yield
    else:
        with _ended_by_tracing(seconds):
            yield


@contextmanager
def _ended_by_a_signal(seconds: float) -> Iterator[None]:
    def end(*_: Any) -> None:
        raise _Endless

    handler = signal.signal(signal.SIGALRM, end)
    start = time.monotonic()
    timer = signal.setitimer(signal.ITIMER_REAL, seconds, 0.2)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
        if timer[0]:  # of the calling program
            signal.setitimer(signal.ITIMER_REAL, max(timer[0] - (time.monotonic() - start), 0.001), timer[1])


@contextmanager
def _ended_by_tracing(seconds: float) -> Iterator[None]:
    end = time.monotonic() + seconds

    def traced(frame: FrameType, event: str, _: Any) -> Any:
        if frame.f_code.co_filename.startswith(_OURS):
            return None
        frame.f_trace_opcodes = _LINES_ARE_NOT_ENOUGH
        if time.monotonic() > end:
            raise _Endless
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        yield
    finally:
        sys.settrace(before)


def line_of(traceback: TracebackType | None) -> str:
    """The last line of the learner's that an error went through, in brackets: `` (line 3: c = a / b)``."""
    found = ""
    while traceback:
        file = traceback.tb_frame.f_code.co_filename
        if not file.startswith(_LIBRARIES):
            text = linecache.getline(file, traceback.tb_lineno).strip()
            found = f" (line {traceback.tb_lineno}" + (f": {text[:100]})" if text else ")")
        traceback = traceback.tb_next
    return found


def said_by(error: BaseException) -> str:
    """An error as its kind and its message, on one line."""
    try:
        message = " ".join(str(error).split())
    except Exception:
        message = ""
    return f"{type(error).__name__}: {message[:200]}" if message else type(error).__name__


def call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> str:
    """A call as it is written, such as ``slope(2, 3)``."""
    return f"{name_of(function)}({', '.join(map(shown, arguments))})"


def name_of(function: Callable[..., Any]) -> str:
    """What a function or a class is called."""
    try:
        return str(function.__name__)
    except Exception:
        return type(function).__name__
