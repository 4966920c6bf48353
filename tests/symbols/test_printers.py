"""Formulas in LaTeX and MathML: what stands where, and that no name is more than text."""

from __future__ import annotations

import math
import re
from xml.etree import ElementTree

import pytest

from autograd import TABLE, Op
from autograd.symbols import Symbol, symbols, to_latex, to_mathml, to_text

x, y, out = symbols("x y out")
x1, loss, loss_2 = symbols("x1 loss loss_2")

HOSTILE = [
    "<script>alert(1)</script>",
    "a & b",
    "]]>",
    "--><!--",
    "&lt;",
    "\"quoted\" 'text'",
    "}{\\input{/etc/passwd}",
    "$x$ \\) \\]",
    "100% #1 ^_~",
    "two\nlines",
    "nul\0 and \ud800",
    "\u202egnirts",
    "",
]


def formulas_of(op, name="x"):
    """The operation itself, its value and its partial derivatives on operands of a name."""
    arguments = [[Symbol(name), Symbol("y")] if i < op.vectors else Symbol(name) for i in range(op.arity)]
    partials = op.flat([rule(Symbol("out"), *arguments) for rule in op.partials])
    return [Symbol(op, tuple(arguments)), op.forward(*arguments), *partials]


def text_of(mathml):
    """The characters that MathML shows, without the invisible sign of application."""
    return "".join(ElementTree.fromstring(mathml).itertext()).replace("\u2061", "")


@pytest.mark.parametrize("name", TABLE)
def test_mathml_of_every_row_is_well_formed_whatever_the_names(name):
    allowed = {"math", "mrow", "mi", "mn", "mo", "mtext", "mfrac", "msup", "msub", "msqrt", "mroot"}
    allowed |= {"mtable", "mtr", "mtd"}
    for label in HOSTILE:
        shown = "".join(c if c.isprintable() else "�" for c in label)
        for formula in formulas_of(TABLE[name], label):
            elements = list(ElementTree.fromstring(to_mathml(formula)).iter())
            assert {element.tag for element in elements} <= allowed
            assert not {name for element in elements for name in element.attrib} - {"displaystyle", "style"}
            if shown and label in to_text(formula):
                assert shown in [element.text for element in elements if element.tag == "mtext"]


@pytest.mark.parametrize("name", TABLE)
def test_latex_of_every_row_has_only_commands_of_ours(name):
    allowed = {
        *("cdot", "times", "frac", "sqrt", "begin", "end", "left", "right", "text", "mathrm", "operatorname", "infty"),
        *("le", "ge", "ne", "bmod", "lfloor", "rfloor", "lceil", "rceil", "backslash", "hat", "sim"),
        *("exp", "log", "sin", "cos", "tan", "sinh", "cosh", "tanh", "max", "min", "|", "\\", " ", *"_{}$%#&"),
    }
    for label in HOSTILE:
        for formula in formulas_of(TABLE[name], label):
            source = to_latex(formula)
            assert set(re.findall(r"\\([a-zA-Z]+|.)", source)) <= allowed
            plain = re.sub(r"\\[{}]", "", source)
            assert plain.count("{") == plain.count("}")
            assert not re.search(r"(?<!\\)[$%#]|<[a-zA-Z/!]", plain)


@pytest.mark.parametrize(
    ("expression", "latex"),
    [
        (x + y * 2, r"x + y \cdot 2"),
        ((x + y) * 2, r"(x + y) \cdot 2"),
        (x - (y - 1), "x - (y - 1)"),
        (x / (y + 1), r"\frac{x}{y + 1}"),
        (-out / y, r"\frac{-\mathrm{out}}{y}"),
        (x / y / (x + 1), r"\frac{x}{y \cdot (x + 1)}"),
        ((x / y) ** 2, r"{\left( \frac{x}{y} \right)}^{2}"),
        (x / y * 2, r"\frac{x}{y} \cdot 2"),
        (x**-0.5, "x^{-0.5}"),
        (x ** (y + 1), "x^{y + 1}"),
        ((x**y) ** 2, r"{\left( x^{y} \right)}^{2}"),
        (-(x**2), "-x^{2}"),
        ((-x) ** 2, "{(-x)}^{2}"),
        (-x.neg(), "-(-x)"),
        (x - (-y), "x - (-y)"),
        (x - (-y) * 2, r"x - (-y \cdot 2)"),
        (x * -2.0, r"x \cdot (-2)"),
        (x.square() + x.reciprocal(), r"x^{2} + \frac{1}{x}"),
        ((x + 1).sqrt(), r"\sqrt{x + 1}"),
        (x.cbrt(), r"\sqrt[3]{x}"),
        (abs(x - y), "|x - y|"),
        (abs(x / y), r"\left| \frac{x}{y} \right|"),
        (x.floor(), r"\lfloor x \rfloor"),
        (x.tanh() * x.erf(), r"\tanh(x) \cdot \operatorname{erf}(x)"),
        (x.log10() + x.log() + x.log2(), r"\log_{10}(x) + \log(x) + \log_{2}(x)"),
        (x.softplus() % y, r"\operatorname{softplus}(x) \bmod y"),
        (Symbol(TABLE["leaky_relu"], (x, 0.01)), r"\operatorname{leaky\_relu}(x, 0.01)"),
        (Symbol(TABLE["dot"], ([x, y], [y, 1.0])), r"\operatorname{dot}([x, y], [y, 1])"),
        (Symbol(TABLE["norm"], ([x, y],)), r"\| x, y \|"),
        (x1 + loss + loss_2, r"x_{1} + \mathrm{loss} + \mathrm{loss}_{2}"),
        (x1**2, "{x_{1}}^{2}"),
        (Symbol("_") + Symbol("a_b") + Symbol("_1"), r"\mathrm{\_} + \mathrm{a\_b} + \mathrm{\_1}"),
        (Symbol("(a + b)") * 2, r"{\text{(a + b)}} \cdot 2"),
        (Symbol("50% <b>") * 2, r"{\text{50}\%\text{ }{<}\text{b}{>}} \cdot 2"),
        (x * 2.5e-9, r"x \cdot 2.5 \times 10^{-9}"),
        (2.5e-9**x, r"{\left( 2.5 \times 10^{-9} \right)}^{x}"),
        (x + 1e20, "x + 10^{20}"),
        (x % 2e5, r"x \bmod \left( 2 \times 10^{5} \right)"),
        (2e5 % x, r"2 \times 10^{5} \bmod x"),
        (x % 1e5, r"x \bmod 10^{5}"),
        (x * -2e5, r"x \cdot \left( -2 \times 10^{5} \right)"),
        (x - 2e5, r"x - 2 \times 10^{5}"),
        (x / 2e5, r"\frac{x}{2 \times 10^{5}}"),
        (x**2e5, r"x^{2 \times 10^{5}}"),
        (x * math.inf - math.nan, r"x \cdot \infty - \mathrm{nan}"),
        (x * 0.70710678, r"x \cdot 0.7071"),
        ((x > 0).where(1.0, y), r"\begin{cases} 1 & \text{if } x > 0 \\ y & \text{otherwise} \end{cases}"),
        (x.where(1.0, y), r"\begin{cases} 1 & \text{if } x \ne 0 \\ y & \text{otherwise} \end{cases}"),
    ],
)
def test_latex(expression, latex):
    assert to_latex(expression) == latex


@pytest.mark.parametrize(
    ("expression", "mathml"),
    [
        (x + 2, "<mi>x</mi><mo>+</mo><mn>2</mn>"),
        (x / y, "<mfrac><mrow><mi>x</mi></mrow><mrow><mi>y</mi></mrow></mfrac>"),
        (-x, "<mrow><mo>−</mo><mi>x</mi></mrow>"),
        (x**2, "<msup><mrow><mi>x</mi></mrow><mrow><mn>2</mn></mrow></msup>"),
        (x.sqrt(), "<msqrt><mi>x</mi></msqrt>"),
        (x.cbrt(), "<mroot><mrow><mi>x</mi></mrow><mn>3</mn></mroot>"),
        (abs(x), "<mrow><mo>|</mo><mi>x</mi><mo>|</mo></mrow>"),
        (x1, "<msub><mi>x</mi><mrow><mn>1</mn></mrow></msub>"),
        (Symbol("a < b"), "<mtext>a &lt; b</mtext>"),
        (x.tanh(), "<mrow><mi>tanh</mi><mo>\u2061</mo><mrow><mo>(</mo><mi>x</mi><mo>)</mo></mrow></mrow>"),
    ],
)
def test_mathml(expression, mathml):
    assert to_mathml(expression) == f'<math displaystyle="true">{mathml}</math>'


LATEX_AS_PYTHON = {
    r"\left(": "(", r"\right)": ")", r"\cdot": "*", r"\times": "*", r"\bmod": "%", "^": "**", "}{": ")/(",
    r"\frac": "", "{": "(", "}": ")",
}  # fmt: skip
"""What LaTeX of sums, products, fractions, remainders and powers means; a fraction is put in brackets before."""


def read_latex(source, at):
    """The number that a formula means to a reader who knows that products, fractions and mod group to the left."""
    while fraction := re.search(r"\\frac(\{(?:[^{}]|\{[^{}]*\})*\}\{(?:[^{}]|\{[^{}]*\})*\})", source):
        numerator, denominator = re.split(r"(?<=\})(?=\{)", fraction[1], maxsplit=1)
        source = source.replace(fraction[0], f"(({numerator[1:-1]})/({denominator[1:-1]}))")
    for sign, meaning in LATEX_AS_PYTHON.items():
        source = source.replace(sign, meaning)
    return eval(re.sub(r"\d+(\.\d+)?", lambda found: repr(float(found[0])), source), {"x": at, "__builtins__": {}})


NUMBERS = [2e5, -2e5, 2.5e-9, -2.5e-9, 1e20, -1e20, 3.0, -3.0]
INFIX = [op for op in TABLE.values() if op.symbol and op.arity == 2]
PREFIX = [op for op in TABLE.values() if op.symbol and op.arity == 1]


def value_of(expression, at):
    if not isinstance(expression, Symbol):
        return expression
    return expression.op.value(*(value_of(x, at) for x in expression.operands)) if expression.operands else at


def with_numbers(op, part):
    """An infix operation on each number and an expression, on either side, and within each other operation."""
    for number in NUMBERS:
        for pair in ((number, part), (part, number)):
            yield Symbol(op, pair)
            yield from (Symbol(prefix, (Symbol(op, pair),)) for prefix in PREFIX)
            for around in INFIX:
                yield Symbol(around, (Symbol(op, pair), 2e5))
                yield Symbol(around, (2e5, Symbol(op, pair)))
                yield Symbol(around, (Symbol(op, pair), part))


@pytest.mark.parametrize("op", INFIX, ids=lambda op: op.name)
def test_numbers_in_scientific_notation_mean_what_they_meant_beside_every_operator(op):
    compared, at = 0, 1.25
    for expression in with_numbers(op, x):
        expected, close_by = value_of(expression, at), value_of(expression, at * (1 + 1e-13))
        # Left out are powers beyond the range of floats, and remainders in which rounding is all that is left.
        if 1e-300 < abs(expected) < 1e300 and close_by == pytest.approx(expected, rel=1e-9, abs=0.0):
            try:
                read = read_latex(to_latex(expression), at)
            except OverflowError:  # of a part
                continue
            assert read == pytest.approx(expected, rel=1e-9, abs=0.0), to_text(expression)
            compared += 1
    assert compared > 30


@pytest.mark.parametrize("precedence", [0, 1, 2, 3, 4, 5])
def test_a_number_of_two_factors_is_in_brackets_beside_what_binds_as_tightly(precedence):
    op = Op(
        "join", lambda a, b: a + b, [lambda out, a, b: 1.0] * 2, domain=[(0, 1)] * 2, symbol="~", precedence=precedence
    )
    for expression, bracketed in ((Symbol(op, (2e5, x)), precedence > 2), (Symbol(op, (x, 2e5)), precedence >= 2)):
        assert ("(" in to_latex(expression)) == bracketed
        assert ("(" in text_of(to_mathml(expression))) == bracketed
        assert "(" not in to_text(expression)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("tanh", "1−out⋅out"),
        ("div", "1y"),
        ("relu", "{0ifx≤01otherwise"),
        ("hardsigmoid", "{0.1667ifx>−3andx<30otherwise"),
        ("maximum", "{0.5ifx≤yandy≤x0ifx≤y1otherwise"),
        ("softplus", "sigmoid(x)"),
    ],
)
def test_mathml_of_derivatives_shows(name, text):
    op = TABLE[name]
    assert text_of(to_mathml(op.partials[0](out, *(x, y)[: op.arity]))) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("softplus", "sigmoid(x)"),
        ("silu", "sigmoid(x) * (1 + x * (1 - sigmoid(x)))"),
        ("max", "1 / ([x = out] + [y = out]) if x = out else 0"),
        ("min", "1 / ([x = out] + [y = out]) if x = out else 0"),
    ],
)
def test_formulas_that_rules_spell_out_are_shown_as_what_they_are(name, text):
    op = TABLE[name]
    derivatives = op.partials[0](out, [x, y] if op.vectors else x)
    assert to_text(derivatives[0] if op.vectors else derivatives) == text


@pytest.mark.parametrize(
    "expression",
    [
        (x >= 0).where(1 / (1 + (-x).exp()), y.exp() / (1 + x.exp())),
        (x >= 1).where(1 / (1 + (-x).exp()), x.exp() / (1 + x.exp())),
        (x <= x).where((y <= x).where(1.0, 0.0), 0.0),
        (x <= x).where(y.where(1.0, 0.0), 0.0),
        (x >= 0).where(1.0, 0.0),
    ],
)
def test_what_only_resembles_such_a_formula_is_shown_as_it_is(expression):
    assert " if " in to_text(expression)


def test_signs_of_registered_operations_are_text_too():
    op = Op("join", lambda a, b: a + b, [lambda out, a, b: 1.0] * 2, domain=[(0, 1)] * 2, symbol="<&", precedence=1)
    assert to_text(Symbol(op, (x, y))) == "x <& y"
    assert text_of(to_mathml(Symbol(op, (x, y)))) == "x<&y"
    assert to_latex(Symbol(op, (x, y))) == r"x {<}\& y"


@pytest.mark.parametrize("printer", [to_text, to_latex, to_mathml])
def test_a_sum_over_a_long_vector_is_not_nested_too_deeply(printer):
    names = [Symbol(f"x{i}") for i in range(5000)]
    assert len(printer(TABLE["mean"].forward(names))) > 5000
