"""The module that runs programs in the browser, run here: what it tells of one, and that nothing is left of it."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import pytest

import autograd

ROOT = Path(__file__).resolve().parents[2] / "playground"
EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture(scope="module")
def runner():
    spec = importlib.util.spec_from_file_location("playground_runner", ROOT / "source" / "runner.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def told(runner):
    """Runs a program; its events, those of one text after the other joined."""

    def run(program, ends=True, **options):
        events = []

        def tell(event, detail):
            assert isinstance(event, str) and isinstance(detail, str)
            if events and events[-1][0] == event in ("text", "error"):
                detail = events.pop()[1] + detail
            events.append((event, detail))

        assert runner.run(program, tell, **options) == ends
        return events

    return run


def failure(told, program):
    """What it says of an error, and of which line."""
    event, detail = told(program, ends=False)[-1]
    assert event == "failed"
    return tuple(json.loads(detail)[name] for name in ("text", "line"))


# ---------------------------------------------------------------------- the examples


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_runs_and_shows_something(told, example):
    events = told(example.read_text(encoding="utf-8"))
    assert events and not {"error", "failed"} & {event for event, _ in events}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_lines_of_an_example_fit_into_the_editor(example):
    assert max(map(len, example.read_text(encoding="utf-8").splitlines())) <= 52


def test_every_example_is_in_the_menu_under_a_name():
    listed = (ROOT / "source" / "examples.js").read_text(encoding="utf-8")
    names = json.loads((ROOT / "source" / "messages.json").read_text(encoding="utf-8"))
    for example in EXAMPLES:
        assert f'"../examples/{example.name}"' in listed and f"example.{example.stem}" in names
    assert listed.count(".py") == len(EXAMPLES)


def test_the_wrong_derivative_is_found_where_it_is_wrong(told):
    ((_, text), *_) = told((ROOT / "examples" / "wrong_derivative.py").read_text(encoding="utf-8"))
    assert text.count("they agree") == 2
    assert "at x = -2.0: the derivative with respect to input 0 (at -2.0) is -3.0 by backward() but 5" in text


# ---------------------------------------------------------------------- what is shown


@pytest.mark.parametrize(
    ("program", "events"),
    [
        ("print('a')\nprint('b')\n1 + 1", [("text", "a\nb\n"), ("plain", "2")]),
        ("1 + 1\nprint('a')", [("text", "a\n")]),
        ("None", []),
        ("x = 5", []),
        ("", []),
        ("# nothing", []),
        ("import sys\nprint('a', file=sys.stderr)\nprint('b', end='')", [("error", "a\n"), ("text", "b")]),
        ("display(1, 'two')\n3", [("plain", "1"), ("plain", "'two'"), ("plain", "3")]),
        ("def check(n, x): return f'{n}: {x}'\ncheck('03.1', 7)\ny = 1", [("plain", "'03.1: 7'")]),
        ("def check(n): return n\nif True:\n    check(1)", []),
        ("class A:\n    def _repr_html_(self): return '<b>a</b>'\nA()", [("html", "<b>a</b>")]),
        (
            "class A:\n    def _repr_svg_(self): return '<svg/>'\n    _repr_html_ = _repr_svg_\nA()",
            [("image", "<svg/>")],
        ),
        ("class A:\n    def _repr_html_(self): return None\n    def __repr__(self): return 'A'\nA()", [("plain", "A")]),
        ("class A:\n    def _repr_html_(self): return ''\nA.__name__", [("plain", "'A'")]),
        ("from autograd import Value\nValue(2.0)", [("plain", repr(autograd.Value(2.0)))]),
    ],
    ids=range(15),
)
def test_it_tells_what_a_program_writes_and_shows(told, program, events):
    assert told(program) == events


def test_a_trace_is_shown_as_a_stepper_with_the_lines_of_the_program(told):
    program = (
        "from autograd import step_through\ndef f(x):\n    y = x * x  # squared\n    return y\nstep_through(f, 3.0)"
    )
    ((event, detail),) = told(program, lang="zh")
    parts = json.loads(detail)
    assert event == "stepper" and parts["lang"] == "zh"
    assert "squared" in parts["section"] and 'lang="zh"' in parts["section"]
    assert "<script>" not in parts["section"].replace("<script></script>", "")


def test_an_opened_trace_is_shown(told):
    program = "from autograd import step_through\nstep_through(lambda x: x * x, 3.0).open()\nprint('after')"
    assert [event for event, _ in told(program)] == ["stepper", "text"]
    assert autograd.Trace.open.__name__ == "open"


def test_a_drawing_is_shown_as_a_picture(told):
    ((event, detail),) = told("from autograd import Value, draw\ndraw(Value(2.0) * 3)")
    assert event == "image" and detail.startswith("<svg")


def test_text_without_end_is_cut(told, runner):
    events = told("for _ in range(100_000):\n    print('word')")
    assert sum(len(text) for event, text in events if event == "text") == runner.MAX_WRITTEN
    assert [json.loads(text) for event, text in events if event == "left"] == [{"of": "text", "most": 200_000}]


def test_values_without_end_are_cut(told, runner):
    events = told("for k in range(1000):\n    display(k)")
    assert len(events) == runner.MAX_SHOWN + 1 and events[-1][0] == "left"


# ---------------------------------------------------------------------- errors


def test_an_error_shows_the_lines_of_the_program_alone(told):
    text, line = failure(told, "import autograd\n\ndef f(x):\n    return autograd.log(x, 1, 2)\n\nf(1.0)")
    assert line == 4
    assert text.startswith("Line 6:\n    f(1.0)") and "\nLine 4, in f:\n    return autograd.log(x, 1, 2)\n" in text
    assert "TypeError: " in text and ".py" not in text


def test_a_syntax_error_has_its_line(told):
    text, line = failure(told, "x = 1\ny = = 2")
    assert line == 2 and text.startswith("Line 2:\n    y = = 2\n") and "SyntaxError: invalid syntax" in text


def test_an_error_from_another_shows_both(told):
    text, line = failure(told, "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    raise ValueError('no') from e")
    assert line == 4 and "Line 2:" in text and "Line 4:" in text and text.endswith("ValueError: no")


def test_endless_recursion_is_a_short_error(told):
    text, line = failure(told, "def f():\n    return f()\nf()")
    assert line == 2 and "RecursionError" in text and text.count("\n") < 20


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("input('? ')", "write the value into the program"),
        ("raise SystemExit('enough')", "SystemExit: enough"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("class A:\n    def __repr__(self): return 1 / 0\nA()", "ZeroDivisionError"),
    ],
    ids=["input", "exit", "interrupt", "repr"],
)
def test_what_cannot_go_on_is_an_error(told, program, said):
    assert said in failure(told, program)[0]


def test_a_module_that_is_not_here_is_named(told):
    ((_, detail),) = told("import no_such_module", ends=False)
    assert json.loads(detail)["module"] == "no_such_module"


def test_an_exit_is_an_end(told):
    assert told("import sys\nprint(1)\nsys.exit()\nprint(2)") == [("text", "1\n")]


def test_a_warning_has_its_line(told):
    assert told("import warnings\nwarnings.warn('odd')") == [("error", "Line 2: UserWarning: odd\n")]


# ---------------------------------------------------------------------- from one program to the next


def test_nothing_of_a_program_is_left_for_the_next(told):
    rows = dict(autograd.TABLE)
    main = sys.modules["__main__"]
    mine = "Op('mine', lambda x: x, [lambda out, x: 1], domain=[(0, 1)])"
    program = f"from autograd import Op, register\nx = 1\nregister({mine})"
    for _ in range(2):
        told(program)
        assert rows == autograd.TABLE
    assert "NameError" in failure(told, "x")[0]
    assert sys.modules["__main__"] is main
    assert "text" not in dict(told("1")) and sys.stdout.__class__.__name__ != "_Stream"


def test_a_program_is_a_main_module(told):
    program = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom typing import ClassVar\n"
        "@dataclass\nclass A:\n    n: ClassVar[int] = 1\n    m: int = 2\n"
        "if __name__ == '__main__':\n    print(A())"
    )
    assert told(program) == [("text", "A(m=2)\n")]
