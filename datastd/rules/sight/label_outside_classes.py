"""F896."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules.sight import SeenRule, said


class LabelOutsideClasses(SeenRule):
    """
    Labels, after the pipeline, beyond the classes that the model tells apart.

    Attributes:
        classes: How many it tells apart: labels run from 0 to one less.

    Why it matters:
        A label beyond the last output is an index error on a CPU, and on a GPU an assertion
        that ends the process.

    Remedy:
        Give the model as many outputs, or map the labels of the record to those that it has.

    Source:
        PyTorch, ``CrossEntropyLoss``: targets from 0 to C - 1, and the index that is left out.
    """

    code: ClassVar[str] = "F896"
    name: ClassVar[str] = "label-outside-classes"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "classes_seen"
    reads: ClassVar[tuple[str, ...]] = ("low", "high")

    classes: int = Field(default=1, ge=1)

    def wrong(self) -> pl.Expr:
        return (pl.col("low") < 0) | (pl.col("high") >= self.classes)

    def amount(self) -> pl.Expr:
        return pl.when(pl.col("low") < 0).then("low").otherwise("high")

    def told(self) -> pl.Expr:
        return said(f"expected 0…{self.classes - 1}, found {{}} to {{}}", "low", "high")
