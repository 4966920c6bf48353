"""The course: each notebook runs, prints what is committed and keeps its form; each exercise has a solution."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import nbformat
import pytest

from stepgrad.learn import exercises

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
build = runpy.run_path(str(NOTEBOOKS / "build.py"))
SOURCES = build["sources"]()
LESSONS = {source.stem: build["lesson"](source) for source in SOURCES}
COMMITTED = {source.stem: nbformat.read(source.with_suffix(".ipynb"), as_version=4) for source in SOURCES}
BEFORE_THE_FORM = {"12_training_on_real_data"}
"""Older than the form of a lesson; its parts move to lessons of their own."""
LARGER = {"M_bug_museum": (1250, 280)}
"""Words and lines of lessons with more than the budget: ten rooms, each of which shows a program twice."""
IN_FORM = [name for name in LESSONS if name not in BEFORE_THE_FORM]
OPEN_ROWS = {1, 2, 3, *range(6, 16), *range(17, 26), 27, 28, 30, 31, 33, 34}
"""Topics of the course that no lesson has yet."""

ABSOLUTE_PATH = re.compile(r"""(?:^|[\s"'(=<>,:])/\w+/\w+""", re.MULTILINE)
NUMBER = re.compile(r"[-−+]?\d+\.?\d*(?:e[-+]?\d+)?")

by_name = pytest.mark.parametrize("name", LESSONS)
in_form = pytest.mark.parametrize("name", IN_FORM)


def shown(notebook):
    """What each cell shows as text: printed lines, plain results and the words inside pictures made of text."""
    texts = []
    for number, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", ()):
            if "text" in output:
                texts.append((number, output["text"]))
            elif "image/svg+xml" in output.get("data", {}):
                words = re.findall(r"<text[^>]*>([^<]*)</text>", output["data"]["image/svg+xml"])
                texts.append((number, " ".join(words)))
            elif "image/png" not in output.get("data", {}):
                texts.append((number, output["data"]["text/plain"]))
    return texts


def code_cells(name):
    return [cell.source for cell in COMMITTED[name].cells if cell.cell_type == "code"]


def words_of(name):
    return "\n".join(cell.source for cell in COMMITTED[name].cells if cell.cell_type == "markdown")


# ---------------------------------------------------------------------- they run


@by_name
@pytest.mark.filterwarnings("ignore")  # of the kernel's libraries, not ours
def test_a_notebook_runs_and_shows_what_is_committed(name):
    committed, fresh = COMMITTED[name], build["executed"](LESSONS[name].source)
    assert [cell.source for cell in fresh.cells] == [cell.source for cell in committed.cells], (
        "the script was changed after the notebook was made; run: make course"
    )
    for (cell, now), (_, before) in zip(shown(fresh), shown(committed), strict=True):
        assert NUMBER.sub("#", now) == NUMBER.sub("#", before), f"cell {cell}"
        numbers = [[float(n.replace("−", "-")) for n in NUMBER.findall(text)] for text in (now, before)]
        # Another release of a C library may round the last digit differently; what people read may not change.
        assert numbers[0] == pytest.approx(numbers[1], rel=1e-5, abs=1e-9), f"cell {cell}"


@by_name
def test_a_committed_notebook_holds_no_address_no_path_and_no_warning(name):
    text = LESSONS[name].source.with_suffix(".ipynb").read_text(encoding="utf-8")
    text = re.sub(r'"[A-Za-z0-9+/]{500,}=*"', "", text)  # pictures, in which letters mean nothing
    assert not re.search(r"0x[0-9a-f]{6,}|file:/|Warning", text)
    assert not ABSOLUTE_PATH.search(text.replace(r"\n", "\n"))


# ---------------------------------------------------------------------- exercises


def test_each_exercise_stands_in_its_lesson_once_and_no_other_is_asked():
    asked = [(name, found) for name in LESSONS for cell in code_cells(name) for found in build["ANSWER"].findall(cell)]
    assert sorted(exercise for _, exercise in asked) == sorted(exercises())
    assert all(name.startswith(exercise.split(".")[0]) for name, exercise in asked)


@in_form
def test_each_exercise_has_a_solution_and_no_other_has(name):
    asked = [found for cell in code_cells(name) for found in build["ANSWER"].findall(cell)]
    assert sorted(build["solutions"](LESSONS[name].number)) == sorted(asked)


@in_form
@pytest.mark.filterwarnings("ignore")  # of the kernel's libraries, not ours
def test_with_the_solutions_put_in_every_verdict_is_right(name):
    notebook = build["executed"](LESSONS[name].source, build["solutions"](LESSONS[name].number))
    verdicts = [
        output["data"]["text/plain"]
        for cell in notebook.cells
        if cell.cell_type == "code" and build["ANSWER"].search(cell.source)
        for output in cell.outputs
        if "data" in output
    ]
    assert len(verdicts) == len(build["solutions"](LESSONS[name].number))
    assert all(verdict.startswith("✓") for verdict in verdicts), verdicts


@in_form
def test_as_committed_nothing_is_answered(name):
    """What a learner finds is neither right nor wrong, and gives no answer away."""
    for cell in COMMITTED[name].cells:
        if cell.cell_type == "code" and build["ANSWER"].search(cell.source):
            assert [output["data"]["text/plain"][0] for output in cell.outputs if "data" in output] == ["…"]


@in_form
def test_each_guess_is_asked_for_and_then_compared(name):
    cells = code_cells(name)
    guesses = [index for index, cell in enumerate(cells) if cell == "guess = ..."]
    assert guesses
    for index in guesses:
        assert "reveal(guess," in cells[index + 1] and "reveal(" not in cells[index]


# ---------------------------------------------------------------------- the form


@in_form
def test_a_lesson_has_its_parts_in_order(name):
    headings = re.findall(r"^## (.*)$", words_of(name), re.MULTILINE)
    parts = ["Predict", "Step", "Check", "Three sentences"]
    assert [heading for heading in headings if heading in parts] == parts
    assert headings[-1] == "Three sentences"
    assert name < "01" or 4 <= len(build["solutions"](LESSONS[name].number)) <= 6
    assert "break it" in words_of(name).casefold() or "break them" in words_of(name).casefold()


@in_form
def test_a_lesson_keeps_its_budget(name):
    cells = code_cells(name)
    words, lines = LARGER.get(name, (900, 150))
    assert len(re.findall(r"[^\W\d_]{2,}", words_of(name))) <= words
    assert sum(len(cell.splitlines()) for cell in cells) <= lines
    assert max(len(cell.splitlines()) for cell in cells if not build["ANSWER"].search(cell)) <= 15
    outputs = [output.get("data", {}) for cell in COMMITTED[name].cells for output in cell.get("outputs", ())]
    steppers = [data for data in outputs if "Forward pass" in data.get("text/plain", "")]
    pictures = [data for data in outputs if {"image/png", "image/svg+xml"} & set(data) and data not in steppers]
    assert len(steppers) <= 3 and len(pictures) <= 5


@by_name
def test_learners_cells_hold_no_assertion(name):
    for cell in code_cells(name):
        lines = [line for line in cell.splitlines() if not line.lstrip().startswith("%")]
        assert not any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse("\n".join(lines))))


def test_notebooks_are_small():
    sizes = {name: LESSONS[name].source.with_suffix(".ipynb").stat().st_size for name in LESSONS}
    assert max(sizes.values()) <= 250_000 and sum(sizes.values()) <= 3_000_000


# ---------------------------------------------------------------------- the course


def test_the_topics_have_their_lessons_or_are_known_to_be_open():
    covered = {row for about in LESSONS.values() for row in about.rows}
    assert covered | OPEN_ROWS == set(range(1, 36))
    assert not covered & OPEN_ROWS, "these rows have a lesson now: take them off the list"


def test_the_index_is_made_from_the_front_matter():
    assert (NOTEBOOKS / "README.md").read_text(encoding="utf-8") == build["index"]()


@by_name
def test_a_lesson_comes_after_one_there_is(name):
    assert LESSONS[name].needs in {"", *(about.number for about in LESSONS.values())}
    assert LESSONS[name].needs < LESSONS[name].number
    assert 5 <= LESSONS[name].minutes <= 150 and LESSONS[name].question.endswith("?")


@pytest.mark.parametrize("name", [*LESSONS, "README"])
def test_links_lead_somewhere(name):
    text = (NOTEBOOKS / "README.md").read_text(encoding="utf-8") if name == "README" else words_of(name)
    links = re.findall(r"\]\(([^)#\s]+)\)", text)
    assert links
    for link in links:
        assert (NOTEBOOKS / link).exists() or link.startswith("https://"), link


# ---------------------------------------------------------------------- copies for learners


def test_copies_hold_no_outputs_and_answers_stay(tmp_path):
    copies = runpy.run_path(str(NOTEBOOKS / "copies.py"))
    folder = tmp_path / "course"
    in_chinese = sorted(path.name for path in (NOTEBOOKS / "zh").glob("*.ipynb"))
    assert copies["copy_course"](folder) == [
        *(f"{name}.ipynb" for name in sorted(LESSONS)),
        *(f"zh/{name}" for name in in_chinese),
    ]
    for name in in_chinese:
        mine = nbformat.read(folder / "zh" / name, as_version=4)
        assert not any(cell.get("outputs") for cell in mine.cells)
    for name in LESSONS:
        mine = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        nbformat.validate(mine)
        assert [cell.source for cell in mine.cells] == [cell.source for cell in COMMITTED[name].cells]
        assert not any(cell.get("outputs") for cell in mine.cells)
    (folder / "05_deltas.ipynb").write_text("my answers", encoding="utf-8")
    (folder / "zh" / "05_deltas.ipynb").write_text("我的答案", encoding="utf-8")
    (folder / "README.md").unlink()
    assert copies["copy_course"](folder) == []
    assert (folder / "05_deltas.ipynb").read_text(encoding="utf-8") == "my answers"
    assert (folder / "zh" / "05_deltas.ipynb").read_text(encoding="utf-8") == "我的答案"
    assert (folder / "README.md").exists() and (folder / "zh" / "README.md").exists()
    assert (folder / "solutions" / "03.py").exists()
