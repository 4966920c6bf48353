"""The mutation harness on a module of two functions: what is broken is noticed, what changes nothing is reported."""

from __future__ import annotations

import ast

import pytest
from mutate import Record, explanations_in, report, run
from mutations import mutants
from project import Measured, Project
from targets import ROOT, TESTS

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
    return Project(tmp_path, {"shapes.py": [["test_shapes.py"]]}, ["shapes.py", "test_shapes.py"])


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


def test_the_tests_that_reach_what_is_broken_are_run_the_quick_ones_first_as_long_as_there_is_time(tmp_path):
    (tmp_path / "shapes.py").write_text("SIDES = 4\n" + SHAPES + "\n\ndef sides():\n    return SIDES\n")
    project = Project(tmp_path, {"shapes.py": [["near.py"], ["far.py"]]}, [], seconds=10.0)
    measured = Measured(
        imported=set(),
        seconds={"slow": 4.0, "quick": 1.0, "other": 1.0, "far": 0.1, "too slow": 9.0},
        reached={
            "slow": {"shapes.py area"},
            "quick": {"shapes.py area", "shapes.py larger"},
            "other": {"shapes.py sides"},
            "far": {"shapes.py area"},
            "too slow": {"shapes.py area"},
        },
        files={"near.py": ["slow", "quick", "other"], "far.py": ["far", "too slow"]},
    )
    slips = {m.scope: m for m in project.mutants()}
    assert project.tests_for(slips["area"], measured) == ["quick", "slow", "far"]
    assert project.tests_for(slips["larger"], measured) == ["quick"]
    assert project.tests_for(slips["module"], measured) == ["other", "quick", "slow", "far"]
    measured.imported.add("shapes.py larger")  # a decorator, say: every test depends on it
    assert project.tests_for(slips["larger"], measured) == ["quick", "other", "slow", "far"]


def test_tests_that_have_another_name_with_a_slip_are_run(project, tmp_path):
    (tmp_path / "shapes.py").write_text("SQUARES = [(3, 9), (4, 16)]\n")
    (tmp_path / "test_shapes.py").write_text(
        "import pytest\nfrom shapes import SQUARES\n\n"
        "@pytest.mark.parametrize(('side', 'area'), SQUARES)\n"
        "def test_area(side, area):\n    assert side * side == area\n"
    )
    outcomes = run(project, project.mutants(), Record(tmp_path / "record.jsonl"))
    assert [(o.mutant.after, o.status) for o in outcomes] == [(n, "killed") for n in ("4", "10", "5", "17")]


def test_tests_that_fail_before_anything_is_broken_stop_the_run(project, tmp_path):
    (tmp_path / "test_shapes.py").write_text("def test_nothing():\n    assert False\n")
    with pytest.raises(SystemExit, match=r"fail before anything is broken .*: test_shapes\.py::test_nothing"):
        run(project, project.mutants()[:1], Record(tmp_path / "record.jsonl"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x += 1", {"x = 1", "pass", "0"}),
        ("x *= y", {"x = y", "pass"}),
        ("f(a, b)", {"f(b, a)", "f(a)", "pass"}),
        ("y = f(a, k=b)", {"f(a)"}),
        ("y = -x", {"x"}),
        ("y = a ** b", {"b ** a", "a", "b"}),
        ("y = a is not None", {"a is None"}),
        ("y = a <= b", {"a < b", "a >= b"}),
        ("y = a < b <= c", {"a <= b <= c", "a > b <= c", "a < b < c", "a < b >= c"}),
        ("for x in reversed(xs): g()", {"xs", "pass"}),
        ("y = xs[a:b]", {"xs[a + 1:b]", "xs[a:b + 1]"}),
        ("y = range(n)", {"range(n + 1)"}),
        ("y = (0.5, 1.0, True)", {"1.0", "0.0", "False"}),
        ("y = a and b", {"a", "b", "a or b"}),
        ("y = math.floor(a)", {"math.ceil(a)"}),
        ("y = any(a)", {"all(a)"}),
        ("y = list(a)", {"a"}),
        ("y = ops.log1p(-p)", {"ops.log(1 + -p)", "p"}),
        ("y = hypot(a, b)", {"hypot(a)"}),
        ("@dataclass_transform(eq_default=False)\n@frozen(True)\nclass A: pass", {"False"}),
        ("if a: y = b", {"if not a: ...", "pass"}),
        ("if a:\n    y = b\nelse:\n    y = c", {"if not a: ... else: ...", "if a: ..."}),
        ("with a: y = b", {"its body"}),
        ("raise ValueError(1 + 1)", set()),
        ('Op("f", domain=[(0, 1)])', {"pass"}),
    ],
)
def test_the_slips_of_a_line(source, expected):
    assert {m.after for m in mutants(source, "line.py")} == expected


def test_a_branch_is_left_out_with_its_elif_or_alone():
    source = "def f():\n    if a:\n        b = 1\n    elif c:\n        b = 2\n"
    left_out = [m.source for m in mutants(source, "branches.py") if m.kind == "dropped branch"]
    assert left_out == [
        "def f():\n    if a:\n        b = 1\n    else:\n        pass\n",
    ]


def slips_in(file):
    return list(mutants((ROOT / file).read_text(encoding="utf-8"), file))


def test_every_mutant_has_a_name_of_its_own_and_is_a_module():
    engine = "autograd/core/engine.py"
    names = [m.name for m in slips_in(engine)]
    assert len(set(names)) == len(names)
    unchanged = ast.dump(ast.parse((ROOT / engine).read_text(encoding="utf-8")))
    for mutant in slips_in(engine)[::10]:
        assert ast.dump(ast.parse(mutant.source)) != unchanged


def test_every_slip_that_is_explained_can_still_be_made():
    explained = explanations_in(ROOT / "tests/mutation/README.md")
    files = {name.split(" ")[0] for name in explained}
    assert files <= set(TESTS)
    assert set(explained) - {m.name for file in files for m in slips_in(file)} == set()


def test_every_file_that_is_broken_has_tests_of_its_room():
    for file, groups in TESTS.items():
        assert groups[0][0] == file
        room = file.split("/")[1] if file.startswith("autograd/") else "nn"
        assert any(test.startswith(f"tests/{room}/") for group in groups for test in group)
