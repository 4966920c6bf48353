"""Copy the course to a folder of one's own, for `make learn`: notebooks without outputs, so that nothing is given away.

    python notebooks/copies.py FOLDER

What is in the folder already stays as it is: it holds somebody's answers.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def without_outputs(notebook: str) -> str:
    """The text of a notebook with the outputs of its cells left out."""
    content = json.loads(notebook)
    for cell in content["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def copy_course(folder: Path) -> list[str]:
    """Copy what is not there yet; returns the names of the notebooks that are new, such as zh/05_deltas.ipynb.

    The index and the solutions are copied anew each time: nobody writes in them.
    """
    shutil.copytree(HERE / "solutions", folder / "solutions", dirs_exist_ok=True)
    new = []
    for index in [HERE / "README.md", *sorted(HERE.glob("*/README.md"))]:
        # One for each language: English here, the others in folders of their own.
        (folder / index.parent.relative_to(HERE)).mkdir(exist_ok=True)
        shutil.copy(index, folder / index.relative_to(HERE))
        for notebook in sorted(index.parent.glob("*.ipynb")):
            name = notebook.relative_to(HERE)
            if not (folder / name).exists():
                (folder / name).write_text(without_outputs(notebook.read_text(encoding="utf-8")), encoding="utf-8")
                new.append(name.as_posix())
    return new


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python notebooks/copies.py FOLDER")
    copied = copy_course(Path(sys.argv[1]))
    print(f"{sys.argv[1]}: {len(copied)} new notebooks; those that were there are as you left them")
