"""What is wrong with answers and pairs, in words: which side, which turn, which scores."""

from collections.abc import Callable

import polars as pl

from datastd.measures import words
from datastd.measures.responses import SPACE, TURN, last_turns
from datastd.measures.text.unseen import SEEN
from datastd.quiet import named
from datastd.words import many, number

_SIDES = ("the conversation", "chosen", "rejected")


def _texts(count: int, said: dict[int, str]) -> pl.Series:
    return pl.Series([said.get(row) for row in range(count)], dtype=pl.String)


def _ends(chosen: pl.Series, annotations: pl.DataFrame, is_wrong: pl.Expr,
          say: Callable[[str, str], str]) -> pl.Series:  # fmt: skip
    """What is said of the first side of each pair that ends wrongly: its name, and who speaks."""
    ends = last_turns(annotations).filter(is_wrong).sort("row", "side")
    said: dict[int, str] = {}
    for row, side, role in ends.select("row", "side", "role").iter_rows():
        said.setdefault(row, say(_SIDES[side], named(role or "")))
    return _texts(len(chosen), said)


@words()
def not_assistant_last_said(chosen: pl.Series, annotations: pl.DataFrame) -> pl.Series:
    """Which side ends with whom."""
    return _ends(
        chosen, annotations, pl.col("role").ne_missing("assistant"),
        lambda side, role: f"expected assistant last, found {role} at the end of {side}",
    )  # fmt: skip


@words()
def blank_sides_said(chosen: pl.Series, annotations: pl.DataFrame) -> pl.Series:
    """Which side is blank."""
    says = pl.col("text").str.contains(SEEN).fill_null(value=False)
    return _ends(
        chosen, annotations, ~says & (pl.col("calls") == 0) & (pl.col("media") == 0),
        lambda side, _: f"expected something that is seen, found nothing at the end of {side}",
    )  # fmt: skip


@words()
def prompts_differ_said(chosen: pl.Series, annotations: pl.DataFrame) -> pl.Series:
    """From which turn on they differ."""
    said: dict[int, str] = {}
    for (row,), turns in annotations.filter(pl.col("side") > 0).group_by("row"):
        sides = [
            turns.filter(pl.col("side") == side).select(TURN).to_series().to_list()
            for side in (1, 2)
        ]
        before, after = (some[:-1] for some in sides)
        pairs = zip(before, after, strict=False)
        at = next((n for n, (one, other) in enumerate(pairs) if one != other), None)
        if at is not None:
            said[int(str(row))] = f"expected the same turns but the last, found another turn {at}"
        elif len(before) != len(after):
            counts = f"{len(sides[0])} of chosen and {len(sides[1])} of rejected"
            said[int(str(row))] = f"expected the same turns but the last, found {counts}"
    return _texts(len(chosen), said)


@words()
def prompt_repeated_said(chosen: pl.Series) -> pl.Series:
    """Where it is."""
    said = "expected the prompt once, found it beside a side and at the beginning of it"
    return pl.Series([said] * len(chosen), dtype=pl.String)


@words()
def sides_alike_said(chosen: pl.Series) -> pl.Series:
    """What they should be."""
    return pl.Series(["expected two answers, found the same one twice"] * len(chosen))


@words()
def case_alone_said(chosen: pl.Series) -> pl.Series:
    """What they should be."""
    said = "expected two answers, found one in capital and in small letters"
    return pl.Series([said] * len(chosen), dtype=pl.String)


def _score(one: float | None) -> str:
    return "none" if one is None else number(one)


@words()
def score_inverted_said(score_chosen: pl.Series, score_rejected: pl.Series) -> pl.Series:
    """Both scores."""
    said = [f"expected chosen to score above rejected, found {_score(one)} and {_score(other)}"
            for one, other in zip(score_chosen, score_rejected, strict=True)]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@words()
def score_tied_said(score_chosen: pl.Series) -> pl.Series:
    """The score."""
    said = [f"expected chosen to score above rejected, found {_score(one)} of both"
            for one in score_chosen]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@words()
def answer_blank_said(answer: pl.Series) -> pl.Series:
    """How many characters nobody sees."""
    said = [None if one is None else f"expected something that is seen, found "
            f"{many(len(one), 'character')} of which nothing is" for one in answer]  # fmt: skip
    return pl.Series(said, dtype=pl.String)


@words()
def answer_placeholder_said(answer: pl.Series) -> pl.Series:
    """Which of those few."""
    bare = answer.str.replace_all(rf"^{SPACE}+|{SPACE}+$", "")
    return pl.Series([one and f"expected an answer, found {named(one)}" for one in bare],
                     dtype=pl.String)  # fmt: skip


@words()
def merged_instructions_said(answer: pl.Series) -> pl.Series:
    """What is in it."""
    said = "expected an answer alone, found another instruction with its heading in it"
    return pl.Series([said] * len(answer), dtype=pl.String)


@words()
def refusal_said(answer: pl.Series) -> pl.Series:
    """What is in it."""
    said = (
        "expected an answer, found what refusals begin with (as an AI model, I cannot, I'm sorry)"
    )
    return pl.Series([said] * len(answer), dtype=pl.String)


@words()
def lacks_context_said(prompt: pl.Series) -> pl.Series:
    """What is asked about."""
    said = "expected what is asked about, found an address, or mention of a picture or file, alone"
    return pl.Series([said] * len(prompt), dtype=pl.String)
