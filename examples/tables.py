"""Tables of numbers over seeds: for a terminal, for a page, and what is written beside a plot."""

import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Column, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure


_WIDE = 200


def spread(values: Sequence[float], sign: str = "") -> str:
    """Mean ± standard deviation of one number for each seed; of a single one, that."""
    return f"{mean(values):{sign}.1f}" + (f" ± {stdev(values):.1f}" if len(values) > 1 else "")


def show(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table to a terminal."""
    table = Table(*(Column(name, overflow="fold") for name in columns))
    for row in rows:
        table.add_row(*row)
    # A file has no width; to rich it has 80 columns.
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def save(
    folder: Path, name: str, columns: Sequence[str], rows: Sequence[Sequence[str]], plot: "Figure"
) -> None:
    """Write a table in Markdown, and the plot beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [columns, ["---"] * len(columns), *rows]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    (folder / f"{name}.md").write_text(text)
    plot.savefig(folder / f"{name}.png", dpi=120)
