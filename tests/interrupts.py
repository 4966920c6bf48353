"""Interrupt a function at every moment at which Ctrl-C could arrive: before each instruction of Python that it runs."""

import sys
from collections.abc import Callable, Iterator
from itertools import count
from types import FrameType
from typing import Any

PACKAGES = ("autograd", "nn", "stepgrad")
# What runs beside a test, in a callback of the garbage collector for one, and is no part of it.
OF_TESTING = ("hypothesis", "_pytest", "pluggy", "xdist", "execnet")


def interrupted(function: Callable[[], Any], at: int, every_frame: bool = False) -> bool:
    """Run a function and raise KeyboardInterrupt before instruction number `at`; whether it came to its end before.

    Counted are the instructions of the project's own code, or with `every_frame` those of the standard library as well.
    The instructions that run because of the interrupt, in ``except`` and ``finally``, are not interrupted again.
    """
    left = at

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal left
        home = str(frame.f_globals.get("__name__")).split(".")[0]
        if home in OF_TESTING or (not every_frame and home not in PACKAGES):
            return None
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        if event == "opcode":
            left -= 1
            if left == -1:
                raise KeyboardInterrupt
        return trace

    earlier = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    except KeyboardInterrupt:
        return False
    finally:
        sys.settrace(earlier)
    return True


def each_interrupt(
    make: Callable[[], tuple[Callable[[], Any], Any]], step: int = 1, every_frame: bool = False
) -> Iterator[tuple[bool, Any]]:
    """For each moment: what `make` made, its function interrupted there; whether the function came to its end is first.

    Args:
        make: gives the function to run and a thing to look at afterwards, both made anew for each moment.
        step: only every so many instructions.
        every_frame: whether to interrupt functions of the standard library as well.
    """
    # From Python 3.12 on, the instructions of a function are traced from the call after the one that asked for it.
    interrupted(make()[0], sys.maxsize, every_frame)
    for at in count(0, step):
        function, thing = make()
        whole = interrupted(function, at, every_frame)
        yield whole, thing
        if whole:
            return
