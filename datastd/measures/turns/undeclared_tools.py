"""Calls of tools that are not declared."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import Counts
from datastd.measures.turns.calls import declared, taken_in
from datastd.measures.turns.in_words import undeclared_tools_said

__all__ = ["taken_in", "undeclared_tools"]


@measure(
    "F615", "chat-tool-undeclared", unit="calls and tools", version=2, words=undeclared_tools_said
)
def undeclared_tools(annotations: pl.DataFrame, taken_in: pl.DataFrame, tools: pl.Series) -> Counts:
    """
    Calls of a name that ``tools`` does not declare, and what is declared and is no tool.

    Shape (N,), int64.  ``tools``, or ``functions``, is a list, or a string that holds one, of
    objects with a ``name`` and with ``parameters`` that are a schema, if there are any: an
    object whose ``type`` is one of JSON Schema's or a list of such, whose ``properties`` are an
    object, and what is ``required`` a list of names.  They may lie under ``function``.  What is
    no list is one that is no tool.

    Why it matters:
        The model learns to call what it was not told of.

    Remedy:
        Declare the tool, or leave the record out.

    Source:
        TRL, "Dataset formats and types".
    """
    found = np.zeros(len(tools), np.int64)
    if not len(known := tools.drop_nulls().unique(maintain_order=True)) and not taken_in.height:
        return found
    names, bad = declared(known)
    of = pl.DataFrame({"tools": known, "which": np.arange(len(known)), "bad": bad})
    here = pl.DataFrame({"tools": tools}).join(of, on="tools", how="left", maintain_order="left")
    found += here.get_column("bad").fill_null(0).to_numpy()
    row = annotations.get_column("row").gather(taken_in.get_column("turn"))
    called = pl.DataFrame({"row": row, "name": taken_in.get_column("name")}).drop_nulls()
    called = called.with_columns(which=here.get_column("which").gather(called.get_column("row")))
    strange = called.join(names, on=["which", "name"], how="anti")
    return found + np.bincount(strange.get_column("row").to_numpy(), minlength=len(tools))
