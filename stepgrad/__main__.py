"""Runs the command as ``python -m stepgrad``."""

import sys

from stepgrad.cli import main

if __name__ == "__main__":
    sys.exit(main())
