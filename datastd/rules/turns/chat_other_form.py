"""F659."""

from typing import ClassVar

import polars as pl
from pydantic import Field

from datastd.rules import RowRule

_NEEDS = {
    "openai": "messages", "sharegpt": "conversations", "alpaca": "instruction, input, output",
    "completion": "prompt, completion", "preference": "chosen, rejected", "kto": "label or kto_tag",
    "stepwise": "completions, labels", "openai-dpo": "preferred_output, non_preferred_output",
}  # fmt: skip
"""Of each form the keys that tell it."""


class ChatOtherForm(RowRule):
    """
    Records in another form than a standard is about: tasks among pairs, or pairs among tasks.

    Attributes:
        forms: Those that it is about, as the column ``form`` of the format `chat` calls them.

    Why it matters:
        A trainer of preferences finds no second answer, and one of instructions learns from a
        pair what it finds under another key, or ends.

    Remedy:
        Write the records with the keys that are named, or check them against the standard of
        their form: instruction/1 for tasks and conversations, preference/1 for pairs and labels.

    Source:
        TRL, "Dataset formats and types", which says of each trainer what it takes.
    """

    code: ClassVar[str] = "F659"
    name: ClassVar[str] = "chat-other-form"
    reads: ClassVar[tuple[str, ...]] = ("form",)

    forms: tuple[str, ...] = Field(("openai", "sharegpt", "alpaca", "completion"), min_length=1)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = f"expected {self.bound()}, found {{}} ({{}})"
        form = pl.col("form").fill_null("none")
        keys = form.replace_strict(_NEEDS, default="?")
        return rows.filter(~pl.col("form").is_in(self.forms).fill_null(value=False)).select(
            "key",
            "split",
            observed=pl.lit(1.0),
            detail=pl.format(found, form, keys),
        )

    def bound(self) -> str:
        return " or ".join(f"{one} ({_NEEDS.get(one, '?')})" for one in self.forms)
