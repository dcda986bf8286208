"""The command `datastd`, also ``python -m datastd``."""

import gc
import sys
from typing import NoReturn


def run() -> NoReturn:
    """Run the command, and end the process with its exit code."""
    try:
        from datastd.cli import main  # noqa: PLC0415  -- `datastd --version` must be quick

        code = main(sys.argv[1:])
    except KeyboardInterrupt:  # before there was anyone to say so
        print("datastd: interrupted", file=sys.stderr)  # noqa: T201
        code = 130
    # What is left is about to be given back as a whole: collecting it piece by piece
    # would take a third of a second.  Torch's bindings, though, count what is left.
    if "torch" not in sys.modules:
        gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    if not sys.flags.safe_path:  # the working folder may be a dataset's: nothing of it is imported
        del sys.path[0]
    run()
