"""What the README shows is what happens."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from autograd.cli import main

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_python_sessions_of_the_readme():
    blocks = re.findall(r"```pycon\n(.*?)```", README, flags=re.DOTALL)
    session = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "README.md", None, 0)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(session)
    assert len(session.examples) > 15
    assert runner.summarize(verbose=False).failed == 0


def test_the_explanation_in_the_readme(capsys):
    shown = re.search(r'\$ stepgrad explain "(.*?)" (.*?)\n\.\.\.\n(.*?)\n```', README, flags=re.DOTALL)
    assert main(["explain", shown[1], *shown[2].split()]) == 0
    assert shown[3] in capsys.readouterr().out


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_links_to_files_lead_somewhere(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (ROOT / target).exists(), target


def test_the_picture_in_the_readme_is_the_one_that_draw_makes():
    from autograd import draw
    from nn.demo import classic_neuron

    out = classic_neuron()
    out.backward()
    words = re.findall(r"<text[^>]*>([^<]*)</text>", draw(out).svg())
    shown = re.findall(r"<text[^>]*>([^<]*)</text>", (ROOT / "docs" / "neuron.svg").read_text(encoding="utf-8"))
    assert words == shown
