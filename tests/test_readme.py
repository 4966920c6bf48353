"""What the README shows is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

import nn
from stepgrad.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


SESSIONS = {
    "README.md": 15,
    "docs/coming_from_micrograd.md": 4,
    "docs/design.md": 5,
    "docs/figures.md": 6,
    "docs/howto/add_an_operation.md": 15,
    "docs/howto/embed_a_stepper.md": 9,
    "docs/howto/train_on_my_table.md": 6,
    "docs/howto/write_an_exercise.md": 14,
    "docs/index.md": 4,
    "docs/testing.md": 10,
}


@pytest.mark.parametrize(("page", "least"), SESSIONS.items())
def test_the_python_sessions(page, least, monkeypatch, tmp_path):
    blocks = re.findall(r"```pycon\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)  # they write files
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, page, None, 0)
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(session)
    assert len(session.examples) > least
    assert runner.summarize(verbose=False).failed == 0


def test_every_page_with_a_session_is_run():
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/**/*.md")]
    found = {page.relative_to(ROOT).as_posix() for page in pages if "```pycon" in page.read_text(encoding="utf-8")}
    assert found == set(SESSIONS)


def test_the_explanation_in_the_readme(capsys):
    shown = re.search(r'\$ stepgrad explain "(.*?)" (.*?)\n\.\.\.\n(.*?)\n```', README, flags=re.DOTALL)
    assert main(["explain", shown[1], *shown[2].split()]) == 0
    assert shown[3] in capsys.readouterr().out


def test_the_training_in_the_readme(capsys, monkeypatch, tmp_path):
    pytest.importorskip("safetensors", reason="models are saved as safetensors")
    command, shown = re.search(r"\$ stepgrad (train .*?)\n(.*?)```", README, flags=re.DOTALL).groups()
    table = tmp_path / "nn" / "datasets" / "iris.csv"
    table.parent.mkdir(parents=True)
    table.write_bytes((ROOT / "nn" / "datasets" / "iris.csv").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main([*command.split(), "--quiet"]) == 0
    assert capsys.readouterr().out == shown


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


def test_the_picture_in_the_readme_is_the_one_that_draw_makes():
    from autograd import draw
    from stepgrad.demo_page import classic_neuron

    out = classic_neuron()
    out.backward()
    words = re.findall(r"<text[^>]*>([^<]*)</text>", draw(out).svg())
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", (ROOT / "docs" / "neuron.svg").read_text(encoding="utf-8"))
    assert words == shown
