"""What the README and the pages beside it show is what happens."""

from __future__ import annotations

import doctest
import re
import shlex
import tomllib
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

import pytest

import nn
from stepgrad.cli import main
from stepgrad.learn.checking import forget

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
TOUR = (ROOT / "docs" / "tour.md").read_text(encoding="utf-8")


SESSIONS = {
    "docs/coming_from_micrograd.md": 4,
    "docs/design.md": 5,
    "docs/figures.md": 6,
    "docs/howto/add_an_operation.md": 15,
    "docs/howto/embed_a_stepper.md": 9,
    "docs/howto/train_on_my_table.md": 6,
    "docs/howto/write_an_exercise.md": 14,
    "docs/index.md": 4,
    "docs/testing.md": 10,
    "docs/tour.md": 12,
}


@pytest.mark.parametrize(("page", "least"), SESSIONS.items())
def test_the_python_sessions(page, least, monkeypatch, tmp_path):
    blocks = re.findall(r"```pycon\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)  # they write files
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, None, 0)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(session)
    forget()  # exercises that were added
    assert len(session.examples) > least
    assert runner.summarize(verbose=False).failed == 0


def test_every_page_with_a_session_is_run():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    found = {page.relative_to(ROOT).as_posix() for page in pages if "```pycon" in page.read_text(encoding="utf-8")}
    assert found == set(SESSIONS)


def test_the_explanation_in_the_tour(capsys):
    shown = re.search(r'\$ stepgrad explain "(.*?)" (.*?)\n\.\.\.\n(.*?)\n```', TOUR, flags=re.DOTALL)
    assert main(["explain", shown[1], *shown[2].split()]) == 0
    assert shown[3] in capsys.readouterr().out


def test_the_training_in_the_tour(capsys, monkeypatch, tmp_path):
    pytest.importorskip("safetensors", reason="models are saved as safetensors")
    command, shown = re.search(r"\$ stepgrad (train .*?)\n(.*?)```", TOUR, flags=re.DOTALL).groups()
    table = tmp_path / "nn" / "datasets" / "iris.csv"
    table.parent.mkdir(parents=True)
    table.write_bytes((ROOT / "nn" / "datasets" / "iris.csv").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main([*command.split(), "--quiet"]) == 0
    assert capsys.readouterr().out == shown


# ---------------------------------------------------------------------- the README


def test_the_program_opens_a_page(monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda address, new: opened.append(address) or True)
    program = re.search(r"```python\n(.*?)```", README, flags=re.DOTALL)[1]
    assert len([line for line in program.splitlines() if line]) == 4
    exec(program, {})
    page = Path(url2pathname(urlsplit(opened[0]).path))
    assert "Stepper for neuron" in page.read_text(encoding="utf-8")
    page.unlink()


def test_the_commands_are_there(capsys):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"\$ make (\w+)", README):
        assert f"\n{target}: " in makefile
    for command in [*re.findall(r"\$ \.venv/bin/stepgrad (.*?) +#", README), *re.findall(r"`stepgrad (.*?)`", README)]:
        words = shlex.split(command)
        if words[0] == "train":
            words.append("--help")
            with pytest.raises(SystemExit):
                main(words)
        else:
            assert main(words) == 0
    assert "--example" in capsys.readouterr().out


def test_what_it_says_can_be_installed_can_be():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = re.findall(r"`(\w+)`", README[README.index("Extras:") : README.index("## Tested")])
    assert set(extras) <= set(project["optional-dependencies"])


def test_it_is_short():
    assert len(README.split()) <= 500


def test_where_only_the_readme_is_shown_nothing_in_it_leads_nowhere():
    hooks = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["metadata"]["hooks"]
    text = README
    for substitution in hooks["fancy-pypi-readme"]["substitutions"]:
        text = re.sub(substitution["pattern"], substitution["replacement"].replace("\\1", r"\1"), text)
    assert "](" not in text.replace("](https://", "") and "![" not in text
    assert "A tour." in text and "autograd/core/ops.py" in text


PAGES = [
    "README.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    *(path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/**/*.md")),
]


@pytest.mark.parametrize("name", sorted(PAGES))
def test_links_to_files_lead_somewhere(name):
    page = ROOT / name
    for target in re.findall(r"\]\((?!https?:)([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_public_name_of_nn_is_in_the_list_of_what_nn_has():
    text = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
    listed = {name for code in re.findall(r"`([^`]+)`", text) for name in re.findall(r"\w+", code)}
    assert set(nn.__all__) - listed == set()


def test_the_picture_in_the_tour_is_the_one_that_draw_makes():
    from autograd import draw
    from stepgrad.demo_page import classic_neuron

    out = classic_neuron()
    out.backward()
    words = re.findall(r"<text[^>]*>([^<]*)</text>", draw(out).svg())
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", (ROOT / "docs" / "neuron.svg").read_text(encoding="utf-8"))
    assert words == shown
