"""C887."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenShare, said


class AnswerEndCut(SeenShare):
    """
    Share of the last answers of dialogues whose end the model does not get.

    An answer is given again without its last word, and without its last character: where the ids
    are the same as before, nothing of the end is among them.  An answer of one character is not
    looked at, and none is where nothing of any comes to the model, as where it gets prompts alone.

    Why it matters:
        The model learns answers that stop in the middle, and never how they end.

    Remedy:
        Let sequences be longer, cut what comes first, or leave the dialogue out.

    Source:
        datastd's own definition; TRL, ``SFTConfig``: `max_length` cuts on the right.
    """

    code: ClassVar[str] = "C887"
    name: ClassVar[str] = "answer-end-cut"
    unit: ClassVar[str] = "fraction of answers"
    table: ClassVar[str] = "ends"
    reads: ClassVar[tuple[str, ...]] = ("is_seen",)

    limit: float = 0.01
    because: str = "some answers are longer than what the model takes"

    def wrong(self) -> pl.Expr:
        return ~pl.col("is_seen")

    def told(self) -> pl.Expr:
        return said("expected other ids without the end of the last answer, found the same")
