"""F656."""

from typing import ClassVar

import polars as pl

from datastd.model import Level
from datastd.rules.turns.chat_too_long import ChatTooLong


class ChatAnswerCut(ChatTooLong):
    """
    Conversations of which no token is left that could be learnt, once a trainer has cut them off.

    Observed is their share.  All that is left stands before the first answer that is learnt.
    How tokens are counted, the measure `conversation_tokens` says.

    Attributes:
        most_tokens: How many a trainer takes.

    Why it matters:
        Every label is masked: the loss is NaN, or the record is a step of nothing.

    Remedy:
        Leave the record out, shorten what is asked, or train with a longer context.

    Source:
        datastd's own definition, beside F617.
    """

    code: ClassVar[str] = "F656"
    name: ClassVar[str] = "chat-answer-cut"

    level: Level = Level.ERROR

    def cut(self) -> pl.Expr:
        return super().cut() & (pl.col("before") >= self.most_tokens)
