"""How many tokens conversations have, and how many stand before what is to be learnt."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import ASSISTANT, REJECTED
from datastd.tokenizer import Tokenizer

_TEXTS = "role", "text", "calls"

A_TURN, A_REPLY = 3, 3
"""Tokens that stand around each turn, and those with which an answer begins."""


@measure("F657", "conversation-tokens", unit="tokens")
def conversation_tokens(
    annotations: pl.DataFrame, form: pl.Series, tokenizer: Tokenizer, most_tokens: int
) -> pl.DataFrame:
    """
    Tokens of each conversation, by the input ``tokenizer``, as OpenAI counts them.

    A table ``row``, ``tokens`` and ``before`` (those before the first word of the first answer
    that is learnt).  Each turn has 3 tokens and those of its role, its text, and the names and
    arguments of its calls; 3 more begin the answer.  Of a pair the longer side counts.  No
    chat template is run: it is a program of the tokenizer's, and what it puts between turns
    differs from this by a few tokens a turn.  Where a conversation has too few bytes to have
    more than ``most_tokens``, both are those bytes: no fewer, and nothing is encoded.  Null is
    what the tokenizer makes no ids of.

    Why it matters:
        What a trainer cuts off is not learnt.

    Remedy:
        None: rules judge it.

    Source:
        OpenAI cookbook, "Data preparation": ``num_tokens_from_messages``.
    """
    said = annotations.select(
        "row", "side", "role", "speaker", "weight", "text",
        calls=pl.concat_list("call_names", "call_arguments").list.join(" "),
    )  # fmt: skip
    sizes = [pl.col(name).str.len_bytes().fill_null(0).cast(pl.Int64) for name in _TEXTS]
    least = said.group_by("row").agg(sum(sizes, pl.lit(A_TURN)).sum() + A_REPLY)
    known = pl.DataFrame({"row": np.arange(len(form))}).join(
        least.select("row", tokens="literal", before="literal"), on="row", how="left"
    )
    is_long = known.get_column("tokens") > most_tokens
    if not is_long.any():
        return known
    asked = said.join(known.filter(is_long).select("row"), on="row", maintain_order="left")
    for name in _TEXTS:
        lengths = pl.Series(tokenizer.lengths(asked.get_column(name)), dtype=pl.Int64)
        asked = asked.with_columns(lengths.alias(f"{name} ids"))
    return pl.concat([known.filter(~is_long), _counted(asked)]).sort("row")


def _counted(asked: pl.DataFrame) -> pl.DataFrame:
    """Tokens of conversations, of whose turns those of each text are known."""
    side, size = pl.col("side"), pl.col("size")
    is_learnt = (pl.col("speaker") == ASSISTANT) & (pl.col("weight") != 0) & (side != REJECTED)
    ids = [pl.col(f"{name} ids") for name in _TEXTS]
    turns = asked.with_columns(size=sum(ids, pl.lit(A_TURN))).with_columns(
        learnt=is_learnt, start=size.cum_sum().over("row") - size + A_TURN + pl.col("role ids")
    )
    tokens = (
        size.filter(side == 0).sum()
        + pl.max_horizontal(size.filter(side == n).sum() for n in (1, REJECTED))
        + A_REPLY
    )
    first = pl.col("start").filter("learnt").first()
    is_known = size.is_not_null().all()
    found = turns.group_by("row").agg(
        tokens=pl.when(is_known).then(tokens), before=pl.when(is_known).then(first)
    )
    return found.with_columns(pl.col("before").fill_null(pl.col("tokens")))
