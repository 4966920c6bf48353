r"""Run the rules of the table on symbols, and print the expressions that result in several notations.

>>> from autograd.core.ops import TABLE
>>> from autograd.symbols import javascript_of, to_latex
>>> out, x = symbols("out x")
>>> derivative = TABLE["tanh"].partials[0](out, x)
>>> to_text(derivative)
'1 - out * out'
>>> print(to_latex(derivative))
1 - \mathrm{out} \cdot \mathrm{out}
>>> to_python(TABLE["relu"].forward(x))
'(0.0 if x < 0.0 else x)'
>>> javascript_of(TABLE["tanh"], [1])
{'forward': '(a0) => Math.tanh(a0)', 'partials': ['(out, a0) => 1 - out * out']}
"""

from __future__ import annotations

from autograd.symbols.expressions import Symbol, format_number, is_symbolic, symbols, to_python, to_text

TYPE_CHECKING = False  # type checkers take it for True; importing typing would take 8 ms
if TYPE_CHECKING:
    from typing import Any

    from autograd.symbols.javascript import javascript_of, to_javascript
    from autograd.symbols.latex import to_latex
    from autograd.symbols.mathml import to_mathml

__all__ = [
    "Symbol",
    "format_number",
    "is_symbolic",
    "javascript_of",
    "symbols",
    "to_javascript",
    "to_latex",
    "to_mathml",
    "to_python",
    "to_text",
]

# Loaded when first used, to keep `import autograd` fast.
_LAZY = {
    "javascript_of": "autograd.symbols.javascript",
    "to_javascript": "autograd.symbols.javascript",
    "to_latex": "autograd.symbols.latex",
    "to_mathml": "autograd.symbols.mathml",
}


def __getattr__(name: str) -> Any:
    """The printers that are loaded on use."""
    if name not in _LAZY:
        raise AttributeError(f"module 'autograd.symbols' has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = getattr(import_module(_LAZY[name]), name)
    return globals()[name]
