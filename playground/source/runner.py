"""Run a learner's program, in the browser's Python or in any other, and tell what it writes and shows.

`run` tells one event after the other, each a name and a text:

    text     what the program wrote to stdout
    error    the same, to stderr
    plain    a value, as its repr
    image    a value, as an SVG
    html     a value, as HTML of unknown origin
    stepper  a trace, as JSON: the parts of its page
    left     JSON: what is left out from here on, "text" or "values", beyond which number
    failed   JSON: the error that ended the program, in the lines of the program; the number of its line; and the module
             that is not here, if that was it

A value is shown if it is the last expression of the program, if it is passed to ``display``, or if the statement is a
call of ``check``, ``hint`` or ``reveal``.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import linecache
import os
import re
import sys
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

Tell = Callable[[str, str], Any]

FILE = "<program>"
SHOWN_STATEMENTS = ("check", "hint", "reveal")
MAX_WRITTEN = 200_000
"""Characters of text that are told of a run; the page would choke on much more."""
MAX_SHOWN = 50
MAX_PLAIN = 20_000
_SHOW = "__show__"


def prepare() -> None:
    """Import what nearly every program needs, so that the first one runs as fast as the next."""
    for name in ("autograd.drawing.draw", "autograd.stepper.page", "nn"):
        importlib.import_module(name)
    run("import autograd\nautograd.step_through(lambda x, y: x * y, 2.0, 3.0)", lambda *_: None)


def run(program: str, tell: Tell, lang: str = "en") -> bool:
    """Run a program; returns whether it ended without an error.

    Args:
        program: its text.
        tell: is called with each event.
        lang: the language of what is shown, "en" or "zh".
    """
    os.environ["STEPGRAD_LANGUAGE"] = lang
    if checking := sys.modules.get("stepgrad.learn.checking"):
        checking.forget()  # what an earlier program added, was hinted at, or chose
    linecache.cache[FILE] = (len(program), None, program.splitlines(keepends=True), FILE)
    screen = Screen(tell, lang)
    main = types.ModuleType("__main__")
    main.__dict__.update({_SHOW: screen.show, "display": screen.display, "input": _no_input})
    before = sys.modules.get("__main__")
    sys.modules["__main__"] = main  # where dataclasses and pickle look for what the program defines
    try:
        with screen.written(), _rows_of_its_own(), _opened_here(screen), _warned():
            try:
                exec(compile(_showing(program), FILE, "exec"), main.__dict__)
            except SystemExit as exit:
                if exit.code in (None, 0):
                    return True
                screen.fail(f"SystemExit: {exit.code}", None, None)
                return False
            except BaseException as error:
                screen.fail(*_told(error))
                return False
    finally:
        if before is not None:
            sys.modules["__main__"] = before
    return True


def _showing(program: str) -> ast.Module:
    """The program, in which what is shown is passed to `Screen.show`."""
    tree = ast.parse(program, FILE)
    for number, statement in enumerate(tree.body, start=1):
        if isinstance(statement, ast.Expr):
            value = statement.value
            called = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else None
            if number == len(tree.body) or called in SHOWN_STATEMENTS:
                show = ast.copy_location(ast.Name(_SHOW, ast.Load()), value)
                statement.value = ast.copy_location(ast.Call(show, [value], []), value)
    return tree


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("the playground has nowhere to type an answer of input(); write the value into the program")


@contextmanager
def _rows_of_its_own() -> Iterator[None]:
    """What the program registers in the table of operations is gone after it, so that it can be run again."""
    from autograd import TABLE, register, unregister

    before = dict(TABLE)
    try:
        yield
    finally:
        for name, row in [*TABLE.items()]:
            if name not in before:
                unregister(name)
            elif row is not before[name]:
                register(before[name], replace=True)


@contextmanager
def _opened_here(screen: Screen) -> Iterator[None]:
    """``trace.open()`` shows the trace here: a program has no other browser."""
    import autograd

    shown: Any = autograd.Trace
    before = shown.open
    shown.open = lambda trace: screen.show(trace)
    try:
        yield
    finally:
        shown.open = before


# ---------------------------------------------------------------------- what is written and shown


class Screen:
    """What a program writes and shows, in its order."""

    def __init__(self, tell: Tell, lang: str) -> None:
        self._tell = tell
        self._lang = lang
        self._left = MAX_WRITTEN
        self._shown = 0
        self._streams = [_Stream(self, "text"), _Stream(self, "error")]

    @contextmanager
    def written(self) -> Iterator[None]:
        """In this block stdout and stderr are written here."""
        with redirect_stdout(self._streams[0]), redirect_stderr(self._streams[1]):
            try:
                yield
            finally:
                self.flush()

    def write(self, kind: str, text: str) -> None:
        """Tell a text, as long as it is not too much."""
        if self._left > 0:
            self._tell(kind, text[: self._left])
            self._left -= len(text)
            if self._left <= 0:
                self._tell("left", json.dumps({"of": "text", "most": MAX_WRITTEN}))

    def flush(self) -> None:
        """Tell what has been written."""
        for stream in self._streams:
            stream.flush()

    def display(self, *values: Any) -> None:
        """Show values, as in a notebook."""
        for value in values:
            self.show(value)

    def show(self, value: Any) -> None:
        """Show a value, unless it is None."""
        if value is None:
            return
        self.flush()
        self._shown += 1
        if self._shown > MAX_SHOWN:
            if self._shown == MAX_SHOWN + 1:
                self._tell("left", json.dumps({"of": "values", "most": MAX_SHOWN}))
            return
        self._tell(*_form(value, self._lang))

    def fail(self, text: str, line: int | None, module: str | None) -> None:
        """Tell the error that ended the program."""
        self.flush()
        self._tell("failed", json.dumps({"text": text, "line": line, "module": module}))


class _Stream(io.TextIOBase):
    """Told line by line, and of a longer line what there is after a while."""

    def __init__(self, screen: Screen, kind: str) -> None:
        self._screen = screen
        self._kind = kind
        self._kept: list[str] = []
        self._since = time.monotonic()

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        self._kept.append(text)
        if "\n" in text or time.monotonic() - self._since > 0.1:
            self.flush()
        return len(text)

    def flush(self) -> None:
        if self._kept:
            text = "".join(self._kept)
            self._kept.clear()
            self._since = time.monotonic()
            if text:
                self._screen.write(self._kind, text)


def _form(value: Any, lang: str) -> tuple[str, str]:
    """The event that shows a value: the richest of its forms."""
    from autograd import Trace

    if isinstance(value, Trace):
        from autograd.trace.trace import MAX_SHOWN as LARGEST

        if sum(len(node.operands) for node in value.nodes) <= LARGEST:
            return "stepper", json.dumps(_stepper(value, lang))
    bundle = getattr(value, "_repr_mimebundle_", None)
    forms = dict(bundle() or {}) if callable(bundle) and not isinstance(value, type) else {}
    for kind, method in (("image/svg+xml", "_repr_svg_"), ("text/html", "_repr_html_")):
        made = getattr(value, method, None)
        if kind not in forms and callable(made) and not isinstance(value, type):
            forms[kind] = made()
    for kind, event in (("image/svg+xml", "image"), ("text/html", "html")):
        if isinstance(forms.get(kind), str):
            return event, forms[kind]
    text = forms.get("text/plain") or repr(value)
    return "plain", text if len(text) <= MAX_PLAIN else f"{text[:MAX_PLAIN]} … ({len(text):,} characters)"


def _stepper(trace: Any, lang: str) -> dict[str, str]:
    """The parts of the page of a trace; its script is apart from it, for the page to run in a frame."""
    from autograd.stepper.page import bare_section_of
    from autograd.stepper.script import script_of, style, words_element
    from autograd.stepper.words import say
    from autograd.text.labels import plain

    start = (
        'const root = document.querySelector(".stepgrad"); '
        'start(root, JSON.parse(root.querySelector("script.trace").textContent), programs);'
    )
    return {
        "title": say(lang, "page.title", result=plain(trace.nodes[-1].name)),
        "lang": lang,
        "style": style(),
        "words": words_element(),
        "section": bare_section_of(trace, lang=lang),
        "script": script_of(trace.programs, start),
    }


# ---------------------------------------------------------------------- errors


def _told(error: BaseException) -> tuple[str, int | None, str | None]:
    """An error as Python prints it, without the lines of the libraries; the last line of the program on its way.

    And the module that it lacked, if that was it.
    """
    told = traceback.TracebackException.from_exception(error)
    line = _own_lines(told)
    if isinstance(error, SyntaxError) and error.filename == FILE:
        line = error.lineno
    text = "".join(told.format()).replace("Traceback (most recent call last):\n", "")
    text = re.sub(rf'^  File "{FILE}", line (\d+)(?:, in <module>)?$', r"Line \1:", text, flags=re.MULTILINE)
    text = re.sub(rf'^  File "{FILE}", line (\d+), in (.*)$', r"Line \1, in \2:", text, flags=re.MULTILINE)
    return text.rstrip("\n"), line, error.name if isinstance(error, ModuleNotFoundError) else None


def _own_lines(told: traceback.TracebackException) -> int | None:
    """Leave the lines of the program only, in the error and those it came from; the last of its own."""
    seen = set()
    waiting = [told]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            one.stack = traceback.StackSummary.from_list([frame for frame in one.stack if frame.filename == FILE])
            waiting += [other for other in (one.__cause__, one.__context__) if other]
    return told.stack[-1].lineno if told.stack else None


@contextmanager
def _warned() -> Iterator[None]:
    """Each warning is written once for each line, with the number of a line of the program."""
    module: Any = warnings
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        warnings.simplefilter("ignore", DeprecationWarning)
        module.showwarning = _write_warning
        yield


def _write_warning(message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
    where = f"Line {lineno}: " if filename == FILE else ""
    print(f"{where}{category.__name__}: {message}", file=sys.stderr)
