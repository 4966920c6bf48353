"""The mutation harness on a module of two functions: what is broken is noticed, what changes nothing is reported."""

from __future__ import annotations

import ast

import pytest
from mutate import ROOT, TESTS, Project, Record, explanations_in, report, run
from mutations import mutants

SHAPES = '''
def area(width, height):
    """Docstrings 1 + 1 and annotations are left alone."""
    return width * height


def larger(x: int, y: int) -> int:
    return x if x > y else y
'''

TEST_SHAPES = """
from shapes import area, larger

def test_area():
    assert area(2, 3) == 6

def test_larger():
    assert (larger(1, 2), larger(2, 1), larger(2, 2)) == (2, 2, 2)
"""

README = """
| mutant | why it changes nothing |
| --- | --- |
| `shapes.py larger: x > y -> x >= y` | of two equal numbers either is the larger |
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "shapes.py").write_text(SHAPES)
    (tmp_path / "test_shapes.py").write_text(TEST_SHAPES)
    return Project(tmp_path, {"shapes.py": ["test_shapes.py"]}, ["shapes.py", "test_shapes.py"])


def test_planted_slips_are_killed_an_equivalent_one_is_reported_and_a_second_run_knows(project, tmp_path, capsys):
    chosen = [m for m in project.mutants() if m.kind in ("product", "comparison")]
    names = [m.name for m in chosen]
    assert names == [
        "shapes.py area: width * height -> width / height",
        "shapes.py larger: x > y -> x >= y",
        "shapes.py larger: x > y -> x < y",
    ]
    outcomes = run(project, chosen, Record(tmp_path / "record.jsonl"))
    assert [(o.status, o.by) for o in outcomes] == [
        ("killed", "test_shapes.py::test_area"),
        ("survived", ""),
        ("killed", "test_shapes.py::test_larger"),
    ]
    text, everything_noticed = report(project, outcomes)
    assert not everything_noticed
    assert "survived, and no test noticed:\n  shapes.py larger: x > y -> x >= y" in text

    (tmp_path / "README.md").write_text(README)
    project.explanations = explanations_in(tmp_path / "README.md")
    capsys.readouterr()
    again = run(project, chosen, Record(tmp_path / "record.jsonl"))
    assert "3 mutants, 3 known from an earlier run" in capsys.readouterr().out
    text, everything_noticed = report(project, again)
    assert everything_noticed
    assert text.endswith("3 mutants: 2 killed, 1 change nothing, 0 survived")
    assert (tmp_path / "shapes.py").read_text() == SHAPES


def test_tests_that_fail_before_anything_is_broken_stop_the_run(project, tmp_path):
    (tmp_path / "test_shapes.py").write_text("def test_nothing():\n    assert False\n")
    with pytest.raises(SystemExit, match=r"fail before anything is broken: test_shapes\.py::test_nothing"):
        run(project, project.mutants()[:1], Record(tmp_path / "record.jsonl"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x += 1", {"x = 1", "pass", "0"}),
        ("f(a, b)", {"f(b, a)", "pass"}),
        ("y = -x", {"x"}),
        ("y = a ** b", {"b ** a", "a", "b"}),
        ("y = a is not None", {"a is None"}),
        ("y = a <= b", {"a < b", "a >= b"}),
        ("for x in reversed(xs): g()", {"xs", "pass"}),
        ("y = xs[a:b]", {"xs[a + 1:b]", "xs[a:b + 1]"}),
        ("y = range(n)", {"range(n + 1)"}),
        ("y = (0.5, 1.0)", {"1.0", "0.0"}),
        ("y = a and b", {"a", "b", "a or b"}),
        ("raise ValueError(1 + 1)", set()),
        ('Op("f", domain=[(0, 1)])', {"pass"}),
    ],
)
def test_the_slips_of_a_line(source, expected):
    assert {m.after for m in mutants(source, "line.py")} == expected


def test_every_mutant_has_a_name_of_its_own_and_is_a_module():
    names = [m.name for file in TESTS for m in mutants((ROOT / file).read_text(encoding="utf-8"), file)]
    assert len(set(names)) == len(names)
    engine = (ROOT / "autograd/core/engine.py").read_text(encoding="utf-8")
    unchanged = ast.dump(ast.parse(engine))
    for mutant in mutants(engine, "engine.py"):
        assert ast.dump(ast.parse(mutant.source)) != unchanged
