"""What measures of the data know of inputs: read and measured before the data are."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from datastd.engines import Look, Task, seen_by
from datastd.engines.defects import refuse
from datastd.errors import UsageError
from datastd.sources import Source
from datastd.standard import Standard

MOST = 1 << 25
"""Rows of what a probe gives of an input: all of them are in memory, and in each worker's."""


def probed(standard: Standard, datasets: Mapping[str, Source], look: Look) -> dict[str, Any]:
    """
    What the probes of a standard make of the inputs that are given, by name.

    Args:
        standard: Its measures ask.
        datasets: Inputs by role.
        look: Reads and measures a shard whose source is isolated.

    Raises:
        UsageError: Something in an input could not be read, nothing is in it, or too much.
    """
    found: dict[str, Any] = {}
    for role, source in datasets.items():
        asked = [one for one in standard.probes if one.role == role]
        keys: list[pl.Series] = []
        tables: dict[str, list[pl.DataFrame]] = {one.column: [] for one in asked}
        samples = rows = 0
        for shard in source.plan().shards if asked else ():
            task = Task(source, shard, role)
            for seen in seen_by(asked, task, standard.told, look if source.isolated else None):
                refuse(role, seen.defects, source.kinds)
                if "samples" not in seen.tables:
                    continue
                for name, some in tables.items():
                    if name not in seen.tables:  # made of a column that this format has not
                        expected = f"data of format {', '.join(standard.formats)}"
                        raise UsageError(f"--input {role}", expected, source.called)
                    some.append(seen.tables[name].with_columns(pl.col("row") + samples))
                    rows += some[-1].height
                keys.append(seen.tables["samples"].get_column("key"))
                samples += len(keys[-1])
                if rows > MOST:
                    expected = f"at most {MOST:,} rows to know before the data are read"
                    raise UsageError(f"--input {role}", expected, f"{rows:,} and more")
        if asked and not samples:
            raise UsageError(f"--input {role}", "at least one sample", "none")
        for one in asked:
            every = pl.concat(tables[one.column])
            found[one.column] = one.made(pl.concat(keys), every, standard.told)
    return found
