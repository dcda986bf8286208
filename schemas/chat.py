"""Conversations, tasks and pairs of answers to fine-tune a language model with."""

import pandera.polars as pa

from datastd import Standard, limit
from datastd.measures.turns.mixed_forms import mixed_forms
from datastd.schemas.raw_text import FILES


class Rows(pa.DataFrameModel):
    """One row per record."""

    mixed_forms: int = limit(eq=0)


standard = Standard(
    name="chat/1",
    about="Fine-tuning data: conversations, tasks and pairs of answers that a trainer reads.",
    formats=("chat",),
    measures=(mixed_forms,),
    rows=Rows,
    rules=FILES,
    proposed=("chat",),
)
