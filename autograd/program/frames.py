"""Find the line of the user's program that is being run: the innermost frame outside autograd and nn."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

# Strings rather than paths, since they are compared for every node of a captured program.
_ROOT = __file__.removesuffix(os.path.join("autograd", "program", os.path.basename(__file__)))  # noqa: PTH118, PTH119
_OURS = tuple(_ROOT + package + os.sep for package in ("autograd", "nn"))
_COMPILED = "compiled from the table>"  # how `autograd.symbols.compiled_methods` names the methods that it compiles

_CELL = f"{os.sep}ipykernel_"  # in the name that Jupyter's kernel for Python gives to a cell


class Line(NamedTuple):
    """A line of a program. Its text is read only when asked for, so a Line is as cheap to keep as a pair."""

    code: CodeType
    number: int

    @property
    def filename(self) -> str:
        """The file; in a notebook or at the prompt, the name that Python gave to the cell or input."""
        return self.code.co_filename

    @property
    def text(self) -> str:
        """The line itself, or "" where the source is not at hand."""
        return linecache.getline(self.filename, self.number).strip()

    def __str__(self) -> str:
        # The file of a notebook's cell is a temporary one, whose name tells nobody anything.
        file = "a cell" if _CELL in self.filename else f'File "{self.filename}"'
        where = f"{file}, line {self.number}, in {self.code.co_name}"
        return f"{where}: {self.text}" if self.text else where


def user_line() -> Line | None:
    """The line being run in the innermost frame outside this package and nn; None if there is none.

    >>> user_line().number
    1
    """
    frame, _ = user_frame()
    return None if frame is None else Line(frame.f_code, frame.f_lineno)


def user_frame() -> tuple[FrameType | None, int]:
    """The innermost frame outside autograd and nn, and its distance from the caller: a warning's `stacklevel` - 1."""
    frame: FrameType | None = sys._getframe(1)
    depth = 0
    while frame is not None:
        if _is_users(frame):
            break
        frame = frame.f_back
        depth += 1
    return frame, depth


def user_frames() -> Iterator[FrameType]:
    """All frames outside autograd and nn, the innermost first."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if _is_users(frame):
            yield frame
        frame = frame.f_back


def _is_users(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    return not name.startswith(_OURS) and not name.endswith(_COMPILED)


def is_inside(function: Any) -> bool:
    """Whether `function` is being run by one of the callers.

    >>> def ask():
    ...     return is_inside(ask)
    >>> ask()
    True
    """
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code is not function.__code__:
        frame = frame.f_back
    return frame is not None
