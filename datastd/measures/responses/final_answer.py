"""What answers come to, where there is one right answer."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level

_WORDS = 3
_LONGEST = 64  # bytes: of more no three words are
_STATED = (
    r"(?:^|\n)[ \t]*####[ \t]*([^\n]+?)\s*$",
    r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}[^{}]*$",
    r"(?i)\b(?:final )?answer(?: is)?[: ]+[\s*]*\$?([-+]?\d[\d.,]*%?|\(?[a-h]\)?)[\s.*)!]*$",
)


@measure("L697", "final-answer", unit="text", level=Level.WARN)
def final_answer(answer: pl.Series) -> pl.Series:
    r"""
    What each answer comes to, if it says so; else null.  Shape (N,), String.

    That is what stands behind ``####`` in the last line, in the last ``\boxed{}``, or at the end
    behind *answer*: a number, or a letter from A to H; or else all of an answer of up to three
    words.  In small letters, without marks around it; numbers as numbers, so that 1,000.0 is
    1000.

    Why it matters:
        Where the same was asked, and two answers come to different things, one is wrong.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition; GSM8K for ``####``, MATH for ``\boxed``.
    """
    stated = [pl.col("answer").str.extract(pattern) for pattern in _STATED]
    few = pl.col("answer").str.count_matches(r"\S+").is_between(1, _WORDS)
    short = pl.when((pl.col("answer").str.len_bytes() <= _LONGEST) & few).then("answer")
    marks = " \t\r\n.,;:!?\"'*`()[]$€£"
    bare = pl.coalesce(*stated, short).str.to_lowercase().str.strip_chars(marks)
    number = bare.str.replace_all(",", "").str.strip_suffix("%").cast(pl.Float64, strict=False)
    said = pl.when(number.is_finite()).then(number.cast(pl.String)).otherwise(bare)
    return answer.alias("answer").to_frame().select(pl.when(said != "").then(said)).to_series()
