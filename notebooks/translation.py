"""The course in other languages: gettext files in ``locale/LANGUAGE``, and from them the notebooks in ``LANGUAGE``.

    python notebooks/translation.py             bring all languages up to date
    python notebooks/translation.py zh 06       begin the translation of a lesson

A message is a block of a markdown cell: a heading, a paragraph, a list, a table. Fenced code is none, and cells of code
and what they show stay as they are; only the first one also chooses the language of the verdicts, and verdicts that
nobody has answered are shown in it. A block without a translation, such as one whose English has changed, stays in
English and is counted in the index. ``locale/glossary.md`` has the words to use.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import polib
from markdown_it import MarkdownIt

from autograd.files import write_text
from autograd.stepper.words import LANGUAGES, say
from stepgrad.learn.verdict import Verdict
from stepgrad.learn.words import sentences

HERE = Path(__file__).resolve().parent
IMPORT = "from stepgrad.learn import check, hint, reveal"
INDEX = "README"
NO_MESSAGE = {"fence", "code_block", "html_block", "hr"}
ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s")
LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#|/)([^)#\s]+)")
UNANSWERED = ("nonsense.unanswered", "reveal.none")
HEADER = {
    "Project-Id-Version": "Stepgrad",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}

TITLE = "# The course"
OPENING = (
    "`make learn` opens a copy of your own in JupyterLab, with all that it needs. Each lesson has one question: you "
    "predict, run, step, derive, and check what you found. A wrong answer is told which mistake gives it."
)
COLUMNS = ("lesson", "its question", "minutes", "after", "paragraphs not translated yet")
COUNT = "{left} of {all}"
CLOSING = "What is not translated yet stands in English, and so do the comments in code."
SOLUTIONS = "Solutions: {links}."
WORDS = (TITLE, OPENING, *COLUMNS, COUNT, CLOSING, SOLUTIONS)
"""What the index says beside the titles and questions of the lessons."""


class Block(NamedTuple):
    """A piece of a markdown cell."""

    text: str
    is_message: bool


# ---------------------------------------------------------------------- messages


def blocks(markdown: str) -> list[Block]:
    """The blocks of a text. Where its lines break does not matter, so that wrapping it anew changes no message.

    >>> blocks("## Run\\n\\nTwo\\nlines.\\n- an\\n  item\\n- another")
    [Block(text='## Run', is_message=True), Block(text='Two lines.', is_message=True), \
Block(text='- an item\\n- another', is_message=True)]
    """
    lines = markdown.splitlines()
    found = []
    for token in MarkdownIt("commonmark").enable("table").parse(markdown):
        if token.level == 0 and token.map:
            own = lines[slice(*token.map)]
            if token.type in NO_MESSAGE:
                found.append(Block("\n".join(own), False))
            elif token.type == "table_open":
                found.append(Block("\n".join(own).strip(), True))
            else:
                found.append(Block(_in_long_lines(own), True))
    return found


def _in_long_lines(lines: Iterable[str]) -> str:
    """A paragraph in one line, a list in one line an item."""
    long: list[str] = []
    for line in lines:
        if long and line.strip() and not ITEM.match(line):
            long[-1] += " " + line.strip()
        elif line.strip():
            long.append(line.rstrip())
    return "\n".join(long)


def messages(notebook: Any) -> list[str]:
    """The messages of a notebook, in its order; what stands in it twice is there twice."""
    cells = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    return [block.text for source in cells for block in blocks(source) if block.is_message]


def updated(catalogue: polib.POFile, texts: Iterable[str], language: str) -> polib.POFile:
    """A gettext file with the messages there are now, in their order.

    What is translated stays so. A translation whose message is gone is kept as obsolete, at the end of the file, where
    it helps with the message that has taken its place, and returns if the message does.
    """
    known = {entry.msgid: entry for entry in catalogue}
    fresh = polib.POFile(wrapwidth=0)
    fresh.metadata = {**HEADER, "Language": language}
    for text in dict.fromkeys(texts):
        entry = known.pop(text, None) or polib.POEntry(msgid=text)
        entry.obsolete = False
        fresh.append(entry)
    for entry in known.values():
        if entry.msgstr:
            entry.obsolete = True
            fresh.append(entry)
    return fresh


def read(path: Path) -> polib.POFile:
    """A gettext file; an empty one if there is none.

    Raises:
        SystemExit: if it cannot be read.
    """
    try:
        return polib.pofile(str(path), wrapwidth=0) if path.exists() else polib.POFile(wrapwidth=0)
    except (OSError, ValueError) as error:
        raise SystemExit(f"{path.name} is no gettext file: {error}") from None


def translations(catalogue: polib.POFile) -> dict[str, str]:
    """The translation of each message that has one; one that is marked as fuzzy is none."""
    return {entry.msgid: entry.msgstr for entry in catalogue if entry.translated()}


# ---------------------------------------------------------------------- notebooks


def translated(notebook: Any, words: dict[str, str], language: str, here: Iterable[str]) -> Any:
    """A notebook in another language.

    Args:
        notebook: the English one, which stays as it is.
        words: the translation of each message.
        language: such as "zh".
        here: the files that there are in this language; links to others lead a folder up.
    """
    notebook = deepcopy(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts = [words.get(block.text, block.text) for block in blocks(cell.source)]
            cell.source = LINK.sub(lambda link: link[1] if link[1] in here else f"../{link[1]}", "\n\n".join(parts))
        elif IMPORT in cell.source:
            cell.source = cell.source.replace(IMPORT, f"{IMPORT}, set_language") + f'\n\nset_language("{language}")'
        for output in cell.get("outputs", ()):
            _say_verdict(output.get("data", {}), language)
    return notebook


def _say_verdict(shown: dict[str, str], language: str) -> None:
    """Put what is said where nobody has answered into the language; anything else stays as it is."""
    english = Verdict(None, "", shown.get("text/plain", "")[2:])
    if shown.get("text/plain") != repr(english) or shown.get("text/html") != english._repr_html_():
        return
    for key in UNANSWERED:
        place = re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.*)", re.escape(sentences()[key]["en"])))
        if found := place.fullmatch(english.message):
            verdict = Verdict(None, "", sentences()[key][language].format(**found.groupdict()))
            shown["text/plain"], shown["text/html"] = repr(verdict), verdict._repr_html_()


# ---------------------------------------------------------------------- a language


class Language:
    """The course in one language: its gettext files, brought up to date, and what is made from them.

    Args:
        code: such as "zh".
        lessons: what `build.lesson` says of each lesson.
        begun: lessons whose translation begins now, such as "06"; the others have a gettext file already.

    Attributes:
        catalogues: the gettext file of each lesson that has one, by its number, and that of the index.
        left: for each lesson how many of its blocks are not translated, and how many there are.
    """

    def __init__(self, code: str, lessons: Iterable[Any], begun: Iterable[str] = ()) -> None:
        self.code = code
        self.lessons = list(lessons)
        self.folder = HERE / "locale" / code
        self.catalogues = {INDEX: updated(read(self.folder / f"{INDEX}.po"), WORDS, code)}
        self.left: dict[str, tuple[int, int]] = {}
        self._english = {about.number: nbformat.read(self._name(about, HERE), as_version=4) for about in self.lessons}
        for number, notebook in self._english.items():
            path = self.folder / f"{number}.po"
            texts = messages(notebook)
            words: dict[str, str] = {}
            if path.exists() or number in begun:
                self.catalogues[number] = updated(read(path), texts, code)
                words = translations(self.catalogues[number])
            self.left[number] = sum(text not in words for text in texts), len(texts)

    @staticmethod
    def _name(about: Any, folder: Path) -> Path:
        return folder / about.source.with_suffix(".ipynb").name

    def index(self) -> str:
        """The list of all lessons in this language, with how much of each is not translated yet."""
        words = translations(self.catalogues[INDEX])

        def tr(text: str) -> str:
            return words.get(text, text)

        others = f"[{say('en', 'language.name')}](../{INDEX}.md)"
        lines = [tr(TITLE), "", others, "", tr(OPENING), ""]
        lines += ["|".join(["", " ", *(f" {tr(column)} " for column in COLUMNS), ""]), "| --- " * 6 + "|"]
        for about in self.lessons:
            own = translations(self.catalogues.get(about.number, polib.POFile()))
            title = own.get(f"# {about.title}", f"# {about.title}").removeprefix("# ")
            question = own.get(f"**{about.question}**", about.question).strip("*")
            name = self._name(about, Path() if about.number in self.catalogues else Path(".."))
            left, of = self.left[about.number]
            count = tr(COUNT).format(left=left, all=of)
            row = [about.number, f"[{title}]({name})", question, about.minutes, about.needs or "–", count]
            lines.append(f"| {' | '.join(map(str, row))} |")
        answers = [about.number for about in self.lessons if (HERE / "solutions" / f"{about.number}.py").exists()]
        links = ", ".join(f"[{number}](../solutions/{number}.py)" for number in answers)
        return "\n".join([*lines, "", tr(CLOSING), "", tr(SOLUTIONS).format(links=links), ""])

    def files(self) -> Iterator[tuple[Path, str]]:
        """All files of this language and what they hold."""
        for name, catalogue in self.catalogues.items():
            yield self.folder / f"{name}.po", f"{catalogue}\n"
        own = [about for about in self.lessons if about.number in self.catalogues]
        here = {f"{INDEX}.md", *(self._name(about, HERE).name for about in own)}
        for about in own:
            words = translations(self.catalogues[about.number])
            notebook = translated(self._english[about.number], words, self.code, here)
            nbformat.validate(notebook)
            yield self._name(about, HERE / self.code), nbformat.writes(notebook) + "\n"
        yield HERE / self.code / f"{INDEX}.md", self.index()

    def write(self) -> str:
        """Write all files; a line that says so."""
        for path, text in self.files():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
        counts = ", ".join(f"{number}: {self.left[number][0]}" for number in self.left if number in self.catalogues)
        return f"{self.code}: paragraphs not translated yet: {counts}"


def main(lessons: Iterable[Any], codes: Iterable[str], begun: Iterable[str] = ()) -> None:
    """Bring languages up to date, and begin lessons in them.

    Raises:
        SystemExit: if there is no such language or lesson.
    """
    lessons = list(lessons)
    known = [about.number for about in lessons]
    others = [language for language in LANGUAGES if language != "en"]
    for number in begun:
        if number not in known:
            raise SystemExit(f"there is no lesson {number!r}; there are {', '.join(known)}")
    for code in codes:
        if code not in others:
            raise SystemExit(f"{code!r} is no language of the page and the checker; there are {', '.join(others)}")
        print(Language(code, lessons, begun).write())


if __name__ == "__main__":
    from build import languages, lesson, sources

    main(map(lesson, sources()), sys.argv[1:2] or languages(), sys.argv[2:])
