"""What answers come to, where there is one right answer."""

import polars as pl

from datastd.measures import measure
from datastd.model import Level
from datastd.sources.encoding import nulls

_WORDS = 3
_LONGEST = 64  # bytes: of more no three words are
_TAIL = 200  # code points at the end, in which it is said
_STATED = (
    r"(?:^|\n)[ \t]*####[ \t]*([^\n]+?)\s*$",
    r"\\boxed\{((?:[^{}]|\{[^{}]*\})*)\}[^{}]*$",
    r"(?i)(?-u:\b)answer(?: is)?[: ]+[\s*]*\$?([-+]?[0-9][0-9.,]*%?|\(?[a-h]\)?)[\s.*)!]*$",
)
_SIGNS = "####", r"\\boxed", "nswer|NSWER"
"""What each of them has, and is found at once."""


@measure("L697", "final-answer", unit="text", level=Level.WARN)
def final_answer(answer: pl.Series) -> pl.Series:
    r"""
    What each answer comes to, if it says so; else null.  Shape (N,), String.

    In its last 200 code points that is what stands behind ``####`` in the last line, in the last
    ``\boxed{}``, or at the end behind *answer*: a number, or a letter from A to H; or else it is
    all of an answer of up to three words.  In small letters, without marks around it; numbers as
    numbers, so that 1,000.0 is 1000.

    Why it matters:
        Where the same was asked, and two answers come to different things, one is wrong.

    Remedy:
        None: it is compared, and not judged.

    Source:
        datastd's own definition; GSM8K for ``####``, MATH for ``\boxed``.
    """
    found = nulls(len(answer), pl.String)
    short = (answer.str.len_bytes() <= _LONGEST).fill_null(value=False).arg_true()
    some = answer.gather(short)
    few = short.filter(some.str.count_matches(r"\S+").is_between(1, _WORDS))
    found = found.scatter(few, answer.gather(few))
    tail = answer.str.tail(_TAIL)
    for sign, pattern in reversed([*zip(_SIGNS, _STATED, strict=True)]):
        rows = tail.str.contains(sign).fill_null(value=False).arg_true()
        stated = tail.gather(rows).str.extract(pattern)
        found = found.scatter(rows.filter(stated.is_not_null()), stated.drop_nulls())
    marks = " \t\r\n.,;:!?\"'*`()[]$€£"
    bare = pl.col("found").str.to_lowercase().str.strip_chars(marks)
    number = bare.str.replace_all(",", "").str.strip_suffix("%").cast(pl.Float64, strict=False)
    said = pl.when(number.is_finite()).then(number.cast(pl.String)).otherwise(bare)
    return found.alias("found").to_frame().select(pl.when(said != "").then(said)).to_series()
