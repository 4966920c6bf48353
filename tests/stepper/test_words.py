"""The words of the page: one table in each language, all of it used, and no sentence outside of it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.resources import files

import pytest
from elements import Elements

from autograd import Value, capture_source, step_through
from autograd.stepper.page import embedded, page_of, section_of
from autograd.stepper.script import SCRIPTS
from autograd.stepper.svg import svg_of_trace
from autograd.stepper.words import LANGUAGES, for_script, messages, say

STEPPER = files("autograd.stepper")
PLACE = r"\{(\w+)(?:\|[^|}]*\|[^|}]*)?\}"
CODE = {"tanh", "zero_grad", "trace", "capture_source", "model", "nan", "JavaScript", "Shift", "Home", "End"}
"""What Chinese text has in Latin letters: what one types, and keys."""


def asset(name):
    return STEPPER.joinpath("assets", name).read_text(encoding="utf-8")


def python(name):
    return STEPPER.joinpath(name).read_text(encoding="utf-8")


def literals(script):
    """The texts in a script, without its comments and regular expressions."""
    parts = re.finditer(
        r"""/\*.*?\*/|(?<=[(,=:\[!&|?{};\n])\s*/(?![*/])(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\n\[])+/[gimsuy]*"""
        r"""|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|`((?:[^`\\]|\\.)*)`""",
        script,
        flags=re.DOTALL,
    )
    return [text for part in parts for text in part.groups() if text is not None]


# ---------------------------------------------------------------------- the table


def test_every_message_has_every_language_and_the_same_places():
    for key, message in messages().items():
        assert tuple(message) == LANGUAGES, key
        places = [set(re.findall(PLACE, text)) for text in message.values()]
        assert all(found == places[0] for found in places), key
        for text in message.values():
            assert "\t" not in text and "\n" not in text, key
            assert re.sub(PLACE, "", text).count("{") == 0, key


def test_chinese_is_chinese():
    """Nothing left of the English, and marks as wide as the characters."""
    for key, message in messages().items():
        text = re.sub(PLACE, "", message["zh"])
        assert set(re.findall("[A-Za-z_]{2,}", text)) <= CODE, key
        assert message["zh"] != message["en"] or not re.search("[A-Za-z]", text), key
        assert not re.search("[,.;:?!](?= |$)", text), key


def test_every_message_is_used_and_every_key_is_in_the_table():
    scripts = "".join(map(asset, SCRIPTS))
    template = re.findall('data-say(?:-label|-title)?="([^"]+)"', asset("stepper.html"))
    text = scripts + asset("stepper.html") + "".join(map(python, ("page.py", "static.py", "svg.py")))
    text += files("stepgrad").joinpath("practice_page.py").read_text(encoding="utf-8")
    # A script may put a key together: "box." + kind.
    unused = {key for key in messages() if f'"{key}"' not in text and f'"{key[: key.rfind(".") + 1]}"' not in text}
    assert unused == set()
    keys = re.findall(r"""(?:\bsay|\bsayParts)\(\s*"([^"]+)"(?! \+)|\b(?:text|title|label): "([^"]+)\"""", scripts)
    used = [key for pair in keys for key in pair if key and not key.endswith(".")]
    assert len(used) > 40 and len(template) > 40
    assert {key for key in [*used, *template] if key not in messages()} == set()


SENTENCE = re.compile(r"[A-Za-z]{2,},? [A-Za-z]| [A-Za-z]{2,}$|[A-Za-z]{2,} $|^[A-Z][a-z]+$")
"""Two words with a space between, the part of a sentence, or a word with a capital."""
NO_SENTENCE = re.compile(
    r"""[a-z]+\ |\ wrong|passed\ nothing|passed\ sick|\ sick|outcome\ wrong|(?:Enter|Escape)   # classes, and a key
    |.*\b(?:serif|px)\b.*|.*<math\ .*                         # fonts, and MathML
    |[a-z]*[.\[#:].*|(?:[a-z0-9-]+,?\ )*(?:a|th|td|tr|textarea|button)  # places in the page""",
    re.VERBOSE,
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_sentence_stands_in_a_script(name):
    found = [text for text in literals(asset(name)) if SENTENCE.search(text) and not NO_SENTENCE.fullmatch(text)]
    assert found == []


def test_sentences_are_found():
    """That the rule for scripts sees what stood in them once, and what is none."""
    script = """/* "In a comment" */ const a = "Forward " + n + " of " + m; b = b / 2; c = /"/; say('Press it'); "Fit";
        f("gradient of " + name, "with-dash is-one", ".where", "tbody tr", "x", " = ")"""
    found = [text for text in literals(script) if SENTENCE.search(text) and not NO_SENTENCE.fullmatch(text)]
    assert found == ["Forward ", " of ", "Press it", "Fit", "gradient of ", "with-dash is-one"]


def test_no_word_stands_in_the_template():
    elements = Elements(asset("stepper.html"))
    assert [text for text in elements.texts if re.search("[A-Za-z]{2,}", re.sub(r"\$\w+", "", text))] == []
    assert not any(SPOKEN & attributes.keys() for _, attributes in elements.found)


# ---------------------------------------------------------------------- a page in a language


def example():
    a, b = Value(2.0, "a"), Value(-3.0, "b")
    c = (a * b + 1.5).tanh()
    c.label = "L"
    return step_through(c + a)


def many_neurons():
    import nn

    model = nn.MLP(4, [40, 1], expanded=True)
    with capture_source(model) as capture:
        result = model([0.5, -1.0, 0.25, 2.0])
    return step_through(result, capture=capture)


def english_in(trace, text):
    """The words of a page that are not names, operations, formulas or numbers of its trace."""
    elements = Elements(text)
    spoken = [attributes[name] or "" for _, attributes in elements.found for name in SPOKEN & attributes.keys()]
    own = " ".join([node.name + " " + node.op + " " + node.expression + " " + node.group for node in trace.nodes])
    program = " ".join([trace.source.name, *trace.source.lines]) if trace.source else ""
    known = {*re.findall(r"[A-Za-z_]+", own + program), *CODE}
    return {word for part in elements.texts + spoken for word in re.findall("[A-Za-z_]{2,}", part)} - known


@pytest.mark.parametrize("make", [example, many_neurons])
def test_what_is_there_without_scripts_is_in_the_language_too(make):
    trace = make()
    for text in (page_of(trace, lang="zh"), embedded(trace, lang="zh").replace("srcdoc=", "data-document=")):
        assert english_in(trace, text) == set()
    assert len(english_in(trace, page_of(trace, lang="en"))) > 30
    assert english_in(trace, svg_of_trace(trace, language="zh")) == set()


def test_a_page_without_a_language_is_in_english_and_lets_the_browser_decide():
    section = section_of(example())
    assert ' lang="en" data-language="browser" ' in section
    for language in LANGUAGES:
        document = page_of(example(), lang=language)
        assert f'<html lang="{language}">' in document and f' lang="{language}" tabindex' in document
        assert "data-language=" not in re.sub("<script>.*?</script>", "", document)


def test_another_language_is_refused_with_a_sentence(tmp_path):
    trace = example()
    for write in (trace.to_html, lambda lang: trace.save_html(tmp_path / "page.html", lang=lang)):
        with pytest.raises(
            ValueError, match=r'^lang must be "en" for English, "zh" for Chinese, or None .* got \'fr\'$'
        ):
            write(lang="fr")


def test_a_name_is_only_a_name():
    a = Value(2.0, '<b data-say="page.title" $id {count}>')
    for lang in LANGUAGES:
        text = page_of(step_through(a), lang=lang)
        assert "<b data-say" not in text
        heading = re.search(r'data-say="page.heading">([^<]*)<', text)
        assert heading[1].count("&lt;b data-say=&quot;page.title&quot; $id {count}&gt;") == 1


@pytest.mark.native
@pytest.mark.skipif(
    shutil.which("node") is None, reason="the script of the page is run by Node, which is not installed"
)
def test_the_script_says_what_python_says():
    names = {name: 7 + i for i, name in enumerate(sorted({x for m in messages().values() for x in names_in(m["en"])}))}
    cases = [{**names, "count": 1}, {**names, "count": 20_000}, {**names, "result": "L", "name": "{count}"}]
    program = (
        f"const languages = {json.dumps(LANGUAGES)}, table = {json.dumps(for_script())}, cases = {json.dumps(cases)};"
        + asset("messages.js")
        + "const all = (names) => [...messages.keys()].map((key) => say(key, names));"
        "console.log(JSON.stringify(languages.map((one) => { language = one; return cases.map(all); })));"
    )
    done = subprocess.run(["node", "-e", program], capture_output=True, check=True, encoding="utf-8")
    keys = [key for key in messages() if not key.startswith("static.")]
    expected = [[[say(language, key, **case) for key in keys] for case in cases] for language in LANGUAGES]
    assert json.loads(done.stdout) == expected


def names_in(message):
    return re.findall(PLACE, message)


SPOKEN = {"title", "aria-label", "placeholder", "alt"}
