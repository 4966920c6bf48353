"""What the checker says: each sentence in each language, and none that is missing."""

from __future__ import annotations

import json
import re
import string
from pathlib import Path

import pytest

import stepgrad.learn
from stepgrad.learn import Hint, Verdict, check, exercises, hint, set_language
from stepgrad.learn.kinds import Experiment, Function, Functions, Number
from stepgrad.learn.words import _chosen, language, sentences

FOLDER = Path(stepgrad.learn.__file__).parent
FILES = sorted((FOLDER / "sentences").glob("*.json"))


@pytest.fixture(autouse=True)
def english_again():
    yield
    _chosen.clear()


def places(sentence):
    return {place.split("|")[0] for place in re.findall(r"\{(\w+[^}]*)\}", sentence)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_no_key_stands_twice(file):
    pairs = json.loads(file.read_text(encoding="utf-8"), object_pairs_hook=lambda pairs: [key for key, _ in pairs])
    assert len(pairs) == len(set(pairs))


@pytest.mark.parametrize("key", sentences())
def test_a_sentence_has_both_languages_and_the_same_places(key):
    sentence = sentences()[key]
    assert set(sentence) == {"en", "zh"}
    # {count|is|are} is for languages that have a plural
    needed = {name for name in places(sentence["en"]) if "{" + name + "}" in sentence["en"]}
    assert needed <= places(sentence["zh"]) <= places(sentence["en"])
    if len(re.findall("[a-z]{3,}", sentence["en"])) > 2 and not key.endswith(("signature", "answer")):
        assert re.search(r"[\u4e00-\u9fff]", sentence["zh"])


def codes_of(exercise):
    if isinstance(exercise, Number | Function):
        return list(exercise.mistakes)
    if isinstance(exercise, Functions):
        return [code for part in exercise.parts.values() for code in part.mistakes]
    return list(exercise.conditions) if isinstance(exercise, Experiment) else []


@pytest.mark.parametrize("name", exercises())
def test_each_code_of_the_lessons_has_its_sentence(name):
    for code in codes_of(exercises()[name]):
        assert f"{name}.{code}" in sentences() or f"wrong.{code}" in sentences(), code


@pytest.mark.parametrize("name", exercises())
def test_each_exercise_of_the_lessons_has_its_rule_and_its_sentence_of_praise(name):
    own = set(sentences())
    assert f"{name}.right" in own or name == "03.5"
    assert f"{name}.rule" in own or name == "03.2"


def test_keys_that_the_code_asks_for_are_in_the_table():
    asked = set()
    for file in FOLDER.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        asked |= set(re.findall(r'say\(\s*"([\w.]+)"', text))
        asked |= {f"nonsense.{code}" for code in re.findall(r'AnswerError\(\s*"(\w+)"', text)}
        asked |= {f"wrong.{code}" for code in re.findall(r'self\.wrong\(\s*"(\w+)"', text)}
        asked |= {f"wrong.{code}" for code in re.findall(r'Mistake\(\s*"(\w+)"', text)}
    assert len(asked) > 60
    assert asked - set(sentences()) == set()


def test_no_sentence_stands_in_the_code_of_the_kinds():
    for file in (FOLDER / "kinds").glob("*.py"):
        code = re.sub(r'"""(.|\n)*?"""', "", file.read_text(encoding="utf-8"))
        for text in re.findall(r'"([^"\n]*)"', code):
            words = [word for word in text.split() if word.strip(string.punctuation).isalpha()]
            assert len(words) < 4 or "{" in text, f"{file.name}: {text}"


def test_the_language_is_chosen_or_that_of_the_environment(monkeypatch):
    for variable in ("STEPGRAD_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    assert language() == "en"
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert language() == "zh"
    monkeypatch.setenv("STEPGRAD_LANGUAGE", "en")
    assert language() == "en"
    set_language("zh")
    assert language() == "zh"
    assert check("03.2", ...).message == "还没有作答：请把答案写在三个点的位置。"
    with pytest.raises(ValueError, match='"en" for English or "zh" for Chinese, got \'de\''):
        set_language("de")


def test_a_verdict_shows_itself_as_text_and_as_html_that_runs_nothing():
    verdict = Verdict(False, "code", "Is 1 < 2?", evidence="<script>x</script>")
    assert repr(verdict) == "✗ Is 1 < 2?\n  <script>x</script>"
    assert "<script>" not in verdict._repr_html_() and "&lt;script&gt;" in verdict._repr_html_()
    assert not verdict and Verdict(True, "right", "Right.") and not Verdict(None, "unanswered", "Not yet.")


def test_hints_go_from_the_rule_to_the_answer_and_stay_there(monkeypatch):
    monkeypatch.setattr("stepgrad.learn.checking._given", {})
    found = [hint("05.5") for _ in range(4)]
    assert [one.level for one in found] == [1, 2, 3, 3]
    assert "w1 = 2, w2 = -2, b = 2" in found[2].text and isinstance(found[0], Hint)
    assert repr(found[0]).startswith("(1/3) ")
