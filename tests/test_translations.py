"""The course in other languages: what is translated says the same, what is not is counted, code is the same."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from collections import Counter
from copy import deepcopy
from pathlib import Path

import nbformat
import polib
import pytest
from markdown_it import MarkdownIt

from autograd.stepper.words import messages as page_messages
from stepgrad.learn import check, reveal, set_language, words as learn_words

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
LOCALE = NOTEBOOKS / "locale"
build = runpy.run_path(str(NOTEBOOKS / "build.py"))
translation = runpy.run_path(str(NOTEBOOKS / "translation.py"))
LESSONS = [build["lesson"](source) for source in build["sources"]()]
ENGLISH = {about.number: nbformat.read(about.source.with_suffix(".ipynb"), as_version=4) for about in LESSONS}
NAMES = {about.number: about.source.with_suffix(".ipynb").name for about in LESSONS}
PAIRS = [(path.parent.name, path.stem) for path in sorted(LOCALE.glob("*/*.po"))]
OF_LESSONS = [(code, number) for code, number in PAIRS if number in ENGLISH]
MODELS = {"00", "03", "04", "05"}
"""The lessons that are in Chinese."""

HAN = r"[\u4e00-\u9fff]"
SIGNS = set("=+/|±½²→′″₃₄⁻ᶻ−·∂Σσ")

by_file = pytest.mark.parametrize(("code", "name"), PAIRS)
by_lesson = pytest.mark.parametrize(("code", "number"), OF_LESSONS)


def catalogue(code, name):
    return polib.pofile(str(LOCALE / code / f"{name}.po"))


def done(code, name):
    return [(entry.msgid, entry.msgstr) for entry in catalogue(code, name) if entry.translated()]


def inline(markdown):
    """The inline tokens of a text, flat, with the text that stands in none of the others."""
    tokens = [
        child for token in MarkdownIt("commonmark").enable("table").parse(markdown) for child in token.children or ()
    ]
    return tokens, "\n".join(token.content for token in tokens if token.type == "text")


def of_type(markdown, kind):
    return Counter(token.content for token in inline(markdown)[0] if token.type == kind)


def links(markdown):
    return Counter(token.attrs["href"] for token in inline(markdown)[0] if token.type == "link_open")


def translated_notebook(code, number):
    return nbformat.read(NOTEBOOKS / code / NAMES[number], as_version=4)


def without_verdict(cell):
    """The outputs of a cell but for those in which the checker speaks."""
    return [output for output in cell.get("outputs", ()) if output.get("data", {}).get("text/plain", "")[:2] != "… "]


# ---------------------------------------------------------------------- nothing is lost, and nothing is old


def test_the_model_lessons_are_in_chinese():
    assert {number for code, number in OF_LESSONS if code == "zh"} >= MODELS


@pytest.mark.parametrize("code", build["languages"]())
def test_gettext_files_notebooks_and_index_are_current(code):
    files = dict(translation["Language"](code, LESSONS).files())
    for path, text in files.items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run python notebooks/translation.py"
    there = {path for folder in (LOCALE / code, NOTEBOOKS / code) for path in folder.iterdir() if path.is_file()}
    assert there == set(files)


@by_file
def test_gettext_files_can_be_read_and_nothing_in_them_is_unsure(code, name):
    found = catalogue(code, name)
    assert found.metadata["Language"] == code
    assert not found.fuzzy_entries()
    assert len({entry.msgid for entry in found}) == len(found)


@by_lesson
def test_each_block_is_translated_or_counted_in_the_index(code, number):
    said = dict(done(code, number))
    english = [cell.source for cell in ENGLISH[number].cells if cell.cell_type == "markdown"]
    # Blocks by what lies between empty lines outside of fences: found without the parser that the module uses.
    texts = [
        " ".join(block.split())
        for source in english
        for block in re.split(r"\n\s*\n", re.sub(r"```.*?```", "", source, flags=re.DOTALL))
        if block.strip()
    ]
    known = {" ".join(text.split()) for text in said}
    left = sum(text not in known for text in texts)
    rows = (NOTEBOOKS / code / "README.md").read_text(encoding="utf-8").splitlines()
    row = next(row for row in rows if row.startswith(f"| {number} |"))
    assert re.findall(r"\d+", row.split("|")[-2]) == [str(left), str(len(texts))]


def test_a_lesson_in_no_other_language_is_in_the_index_as_a_whole():
    index = translation["Language"]("zh", LESSONS).index()
    assert index.count("](../12_training_on_real_data.ipynb)") == 1
    count = len(translation["messages"](ENGLISH["12"]))
    assert f"{count}/{count}" in index


def test_a_changed_paragraph_falls_back_and_is_counted(tmp_path):
    language = translation["Language"]("zh", LESSONS)
    before = language.left["03"][0]
    cell = next(cell for cell in ENGLISH["03"].cells if "## Run" in cell.source)
    words = dict(done("zh", "03"))
    changed = deepcopy(ENGLISH["03"])
    mine = next(other for other in changed.cells if other.source == cell.source)
    mine.source = mine.source.replace("Five inputs took five trials.", "Five inputs took five tries.")

    catalogue_after = translation["updated"](catalogue("zh", "03"), translation["messages"](changed), "zh")
    left = [entry for entry in catalogue_after if not entry.obsolete and not entry.translated()]
    assert len(left) == before + 1 and left[0].msgid.startswith("Five inputs took five tries.")
    # What was said is kept for whoever translates it again, and is back when the paragraph is.
    were = {entry.msgid for entry in catalogue("zh", "03") if entry.obsolete}
    old = [entry for entry in catalogue_after if entry.obsolete and entry.msgid not in were]
    assert len(old) == 1 and old[0].msgstr == words[old[0].msgid]
    path = tmp_path / "03.po"
    path.write_text(f"{catalogue_after}\n", encoding="utf-8")
    again = translation["updated"](translation["read"](path), translation["messages"](ENGLISH["03"]), "zh")
    assert {entry.msgid: entry.msgstr for entry in again if entry.translated()} == words
    assert {entry.msgid for entry in again if entry.obsolete} == were

    now = translation["translations"](catalogue_after)
    shown = translation["translated"](changed, now, "zh", {"README.md"}).cells[changed.cells.index(mine)].source
    assert "Five inputs took five tries." in shown and "## 运行" in shown


def test_a_translation_that_is_marked_as_unsure_is_none():
    found = polib.POFile()
    found.append(polib.POEntry(msgid="One.", msgstr="一。", flags=["fuzzy"]))
    found.append(polib.POEntry(msgid="Two.", msgstr="二。"))
    assert translation["translations"](found) == {"Two.": "二。"}


def test_where_lines_break_changes_no_message():
    text = "## A\n\nOne two\nthree.\n\n- four\n  five\n- six\n\n```\nx  =  1\n\ny = 2\n```\n\n| a |\n| --- |\n| b |\n"
    narrow = text.replace("One two\nthree.", "One\ntwo three.").replace("four\n  five", "four five")
    assert translation["blocks"](text) == translation["blocks"](narrow)
    assert [block.text for block in translation["blocks"](text)] == [
        "## A",
        "One two three.",
        "- four five\n- six",
        "```\nx  =  1\n\ny = 2\n```",
        "| a |\n| --- |\n| b |",
    ]
    assert [block.is_message for block in translation["blocks"](text)] == [True, True, True, False, True]


# ---------------------------------------------------------------------- the same code


@by_lesson
def test_code_and_outputs_are_the_same(code, number):
    english, other = ENGLISH[number], translated_notebook(code, number)
    assert [(cell.cell_type, cell.id) for cell in other.cells] == [(cell.cell_type, cell.id) for cell in english.cells]
    setups = 0
    for ours, theirs in zip(other.cells, english.cells, strict=True):
        if ours.cell_type == "code":
            setups += "set_language" in ours.source
            source = ours.source.removesuffix(f'\n\nset_language("{code}")').replace(", set_language", "")
            assert source == theirs.source
            assert without_verdict(ours) == without_verdict(theirs)
            assert len(ours.outputs) == len(theirs.outputs)
    assert setups == 1


@by_lesson
def test_the_first_cell_chooses_the_language(code, number):
    first = next(cell.source for cell in translated_notebook(code, number).cells if cell.cell_type == "code")
    asked = "from stepgrad.learn.words import language; print(language())"
    answer = subprocess.run([sys.executable, "-c", f"{first}\n{asked}"], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == code


@by_lesson
def test_verdicts_are_what_the_checker_says_in_the_language(code, number, monkeypatch):
    monkeypatch.setattr(learn_words, "_chosen", [])
    set_language(code)
    seen = 0
    for ours, theirs in zip(translated_notebook(code, number).cells, ENGLISH[number].cells, strict=True):
        for mine, output in zip(ours.get("outputs", ()), theirs.get("outputs", ()), strict=True):
            plain = output.get("data", {}).get("text/plain", "")
            if found := re.search(r'^check\("([^"]+)"', ours.source, re.MULTILINE):
                said = check(found[1], ...)
            elif plain.startswith("… It is "):
                said = reveal(..., plain.removeprefix("… It is ").removesuffix("."))
            else:
                continue
            assert (mine.data["text/plain"], mine.data["text/html"]) == (repr(said), said._repr_html_())
            seen += 1
    assert seen >= 4


# ---------------------------------------------------------------------- the same meaning


@by_file
def test_code_and_links_in_a_translation_are_those_of_its_original(code, name):
    for english, other in done(code, name):
        assert of_type(other, "code_inline") == of_type(english, "code_inline"), other
        assert links(other) == links(english), other


@by_lesson
def test_numbers_and_signs_of_formulas_are_those_of_the_original(code, number):
    for english, other in done(code, number):
        plain, plain_other = inline(english)[1], inline(other)[1]
        for pattern in (r"\d+(?:,\d{3})*(?:\.\d+)?", "[" + re.escape("".join(sorted(SIGNS))) + "]"):
            assert Counter(re.findall(pattern, plain)) == Counter(re.findall(pattern, plain_other)), other
        # The letter also stands for the word.
        words = len(re.findall("(?i)delta", plain)) - len(re.findall("(?i)delta", plain_other))
        assert plain.count("δ") <= plain_other.count("δ") <= plain.count("δ") + words, other


@by_file
def test_markup_is_read_as_such_beside_characters_without_blanks(code, name):
    """Stars beside Chinese punctuation are easily no markup, and are left. What is slanted in English may be strong."""
    for english, other in done(code, name):
        kinds = [Counter(token.type for token in inline(text)[0]) for text in (english, other)]
        for either in (("strong_open", "em_open"), ("link_open",), ("code_inline",)):
            assert sum(kinds[0][kind] for kind in either) == sum(kinds[1][kind] for kind in either), other
        assert Counter(inline(english)[1])["*"] == Counter(inline(other)[1])["*"], other
        blocks = [
            [token.type for token in MarkdownIt("commonmark").enable("table").parse(text)] for text in (english, other)
        ]
        assert blocks[0] == blocks[1], other


@by_file
def test_no_english_sentence_is_left_in_what_is_translated(code, name):
    for english, other in done(code, name):
        assert not re.search(r"(?:[A-Za-z]{2,}[,;:]? ){2,}[A-Za-z]{2,}", inline(other)[1]), other
        has_words = re.search(r"[a-z]{4}", re.sub(r"\{\w+\}", "", inline(english)[1]))
        assert not has_words or re.search(HAN, other), other


@by_file
def test_chinese_is_set_as_chinese(code, name):
    """Its own punctuation beside its characters, a blank between them and Latin words, none between two of them."""
    if code != "zh":
        return
    for _, other in done(code, name):
        text = inline(other)[1].replace("\n", "|")
        assert not re.search(rf"{HAN}[,;:?!]|{HAN}\.(?!\w)|{HAN} {HAN}|。。", text), other
        assert not re.search(rf"{HAN}[A-Za-z0-9]|[A-Za-z0-9]{HAN}", text), other
        assert "您" not in text, other


# ---------------------------------------------------------------------- the same words


def glossary(code):
    column = {"zh": 1}[code]
    rows = [line.strip("| ").split("|") for line in (LOCALE / "glossary.md").read_text(encoding="utf-8").splitlines()]
    terms = [row for row in rows if len(row) >= 2][2:]
    return {tuple(row[0].strip().split(" / ")): row[column].strip().split(" / ") for row in terms}


@by_file
def test_the_words_of_the_glossary_are_used(code, name):
    for english, other in done(code, name):
        plain = inline(english)[1]
        for terms, expected in glossary(code).items():
            pattern = rf"(?i)\b(?:{'|'.join(map(re.escape, terms))})s?\b"
            # A name such as loss, in the edge loss → error, stays as it is.
            asked = len(re.findall(pattern, plain)) > len(re.findall(pattern, inline(other)[1]))
            assert not asked or any(word in other for word in expected), (terms, other)


@by_file
def test_a_title_is_the_same_wherever_it_stands(code, name):
    titles = {NAMES[about.number]: about for about in LESSONS}
    for english, other in done(code, name):
        for text, target in re.findall(r"\[([^\]]+)\]\((\w+\.ipynb)\)", english):
            about = titles[target]
            if text == about.title and (code, about.number) in OF_LESSONS:
                title = dict(done(code, about.number))[f"# {about.title}"].removeprefix("# ")
                assert f"[{title}]({target})" in other


def test_the_same_paragraph_is_translated_in_the_same_way_in_all_lessons():
    for code in build["languages"]():
        said = {}
        for _, number in OF_LESSONS:
            for english, other in done(code, number):
                assert said.setdefault(english, other) == other


@by_file
def test_what_is_to_be_pressed_is_called_as_on_the_page(code, name):
    buttons = {message["en"]: message[code] for message in page_messages().values()}
    for english, other in done(code, name):
        for pressed in re.findall(r"\*\*([^*]+)\*\*", english):
            if pressed in buttons:
                assert f"**{buttons[pressed]}**" in other


# ---------------------------------------------------------------------- where links lead


@by_lesson
def test_links_of_a_translation_lead_to_it_where_it_can(code, number):
    text = "\n".join(cell.source for cell in translated_notebook(code, number).cells if cell.cell_type == "markdown")
    here = {path.name for path in (NOTEBOOKS / code).iterdir()}
    found = [target for target in re.findall(r"\]\(([^)#\s]+)\)", text) if not target.startswith("https://")]
    assert found
    for target in found:
        assert (NOTEBOOKS / code / target).exists(), target
        assert not target.startswith("../") or target.removeprefix("../") not in here, target


@pytest.mark.parametrize("code", build["languages"]())
def test_links_of_the_index_lead_somewhere(code):
    text = (NOTEBOOKS / code / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)\)", text)
    assert all((NOTEBOOKS / code / target).exists() for target in targets) and len(targets) >= len(LESSONS)


def test_the_index_opens_with_what_the_english_one_says():
    opening = " ".join((NOTEBOOKS / "README.md").read_text(encoding="utf-8").split())
    assert translation["TITLE"] in opening and translation["OPENING"] in opening


# ---------------------------------------------------------------------- what one may get wrong


def test_a_language_or_a_lesson_that_is_not_known_gets_one_sentence():
    with pytest.raises(SystemExit, match="'fr' is no language of the page and the checker; there are zh"):
        translation["main"](LESSONS, ["fr"])
    with pytest.raises(SystemExit, match="there is no lesson '99'; there are 00, 03"):
        translation["main"](LESSONS, ["zh"], ["99"])


def test_a_gettext_file_that_cannot_be_read_is_named(tmp_path):
    path = tmp_path / "03.po"
    path.write_text('msgid "One."\nthis is no keyword\n', encoding="utf-8")
    with pytest.raises(SystemExit, match=r"03\.po is no gettext file"):
        translation["read"](path)
