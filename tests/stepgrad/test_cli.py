"""The command as a person types it: which subcommand is meant, exit codes, one clear line for wrong input."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import refused, typed

import autograd
import stepgrad.commands
from stepgrad.cli import main
from stepgrad.commands import find_commands

ROOT = Path(stepgrad.__file__).parent.parent
COMMANDS = list(find_commands())


def listed(capsys):
    """The commands in the order of --help."""
    with pytest.raises(SystemExit) as info:
        main(["--help"])
    assert info.value.code == 0
    return re.findall(r"^    ([a-z]\S*)", capsys.readouterr().out, flags=re.MULTILINE)


def test_help_lists_the_commands(capsys):
    assert listed(capsys) == COMMANDS
    assert {"explain", "operations", "demo", "train", "predict"} <= set(COMMANDS)


def test_a_command_that_is_missing_or_unknown_is_one_line(capsys):
    assert "required: COMMAND" in refused(capsys)
    assert refused(capsys, "explan", "x") == (
        f"stepgrad: there is no command 'explan'; the commands are {', '.join(COMMANDS)}\n"
    )


HELLO = """
from stepgrad.commands import Command
from stepgrad.errors import UsageError

def add_arguments(parser):
    parser.add_argument("name", help="whom to greet")

def run(options):
    if options.name == "nobody":
        raise UsageError("there is nobody to greet; name somebody")
    print(f"Hello, {options.name}!")

COMMAND = Command(add_arguments, run, help="greet somebody", example="stepgrad say-hello Ada")
"""


def test_a_new_file_is_a_new_command(capsys, tmp_path, monkeypatch):
    (tmp_path / "say_hello.py").write_text(HELLO)
    monkeypatch.setattr(stepgrad.commands, "__path__", [*stepgrad.commands.__path__, str(tmp_path)])
    monkeypatch.setitem(sys.modules, "stepgrad.commands.say_hello", None)  # so that it is put back to what it was
    del sys.modules["stepgrad.commands.say_hello"]
    assert listed(capsys) == [*COMMANDS, "say-hello"]
    assert typed(capsys, "say-hello", "Ada") == (0, "Hello, Ada!\n", "")
    assert refused(capsys, "say-hello", "nobody") == "stepgrad: there is nobody to greet; name somebody\n"
    assert "required: name; see stepgrad say-hello --help" in refused(capsys, "say-hello")
    with pytest.raises(SystemExit):
        main(["say-hello", "--help"])
    assert "example: stepgrad say-hello Ada" in capsys.readouterr().out


def test_help_loads_no_engine():
    program = "import sys, stepgrad.cli as cli\ntry: cli.main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in result.stdout.split()}
    assert "stepgrad" in loaded
    assert not loaded & {"autograd", "nn", "numpy", "matplotlib", "safetensors", "tqdm", "graphviz"}


@pytest.mark.parametrize("package", ["autograd", "nn"])
def test_no_library_imports_the_command(package):
    files = sorted((ROOT / package).rglob("*.py"))
    assert len(files) > 20
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) stepgrad\b|[\"']stepgrad\.", text, flags=re.MULTILINE), file


def test_a_letter_that_the_terminal_cannot_show_is_no_traceback():
    command = [sys.executable, "-m", "stepgrad", "explain", "é*2", "é=1"]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert "\\xe9" in result.stdout


def test_a_full_disk_is_one_line():
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    command = f"{sys.executable} -m stepgrad explain 'x*x' x=1 >/dev/full"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert result.stderr == "stepgrad: cannot write the output: no space left on device\n"


def test_the_command_in_a_process_of_its_own():
    command = [sys.executable, "-m", "stepgrad"]
    wrong = subprocess.run([*command, "explain", "x", "y"], capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "stepgrad: expected NAME=NUMBER, such as x=2, got 'y'\n"
    version = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert version.stdout == f"stepgrad {autograd.__version__}\n"
    usage = subprocess.run([*command, "--help"], capture_output=True, text=True, check=True)
    assert usage.stdout.startswith("usage: stepgrad [-h]")


def test_a_reader_that_stops_reading_causes_no_traceback():
    command = f"{sys.executable} -m stepgrad explain 'x{' + x' * 150}' x=1 | head -1"
    result = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert result.stderr == ""
