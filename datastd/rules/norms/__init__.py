"""
Norms: how a dataset must have been collected, processed and stored.

A norm reads the data card, and sets what it says against the data where these can tell.  What
it looked at are *looks*: a place in the card, or a file, and what is wrong there.  A norm that
has nothing to look at, such as one about crawlers where nothing was crawled, has looked at the
card and found it so.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Sized
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import polars as pl

from datastd.model import DATA, Measurement
from datastd.names import folded
from datastd.rules import RowRule, Rule, totals
from datastd.sources import CARD

if TYPE_CHECKING:
    from datastd.card import Card  # loaded where there is one

SCHEMA = {"code": pl.String, "key": pl.String, "split": pl.String, "origin": pl.String,
          "wrong": pl.String, "seen": pl.Boolean}  # fmt: skip
"""Columns of the table of looks."""


PERSONAL = ("Q390", "Q391", "Q392", "Q393", "Q394", "Q395")
"""Codes of the measures of personal data."""

FORM = "Q306"
"""The code of the measure of Unicode's form."""


class Look(NamedTuple):
    """
    Something that a norm looked at.

    Attributes:
        place: Where: a field of the card, ``identity.license``, or a file.
        wrong: What was expected there and what was found; empty where that is the same.
        seen: Whether it could be looked at; where not, `wrong` says what that takes.
        needs: What the data or the standard lack for it to be looked at, as a report names it;
            a norm of which no other look is wrong is then not asked.
    """

    place: str
    wrong: str = ""
    seen: bool = True
    needs: str = ""


class Held(NamedTuple):
    """
    A file of the dataset, as it is.

    Attributes:
        sha256: SHA-256 of its bytes.
        size: How many they are.
    """

    sha256: str
    size: int


class Heard(NamedTuple):
    """
    In which languages some texts of the data are, and how they are written.

    Attributes:
        languages: So many of them are surely in each, by its code in `LANGUAGES`; None where
            the language model is not there, or was not asked.
        texts: How many there are.
        written: So many of them show what `SIGNS` names; and, under the name of a form of
            Unicode, so many are not in it.
    """

    languages: Mapping[str, int] | None
    texts: int
    written: Mapping[str, int] = {}


_CASED = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}]"  # Georgian has capitals, and uses none

SIGNS: Mapping[str, str] = {
    "capitals": rf"[{_CASED}&&\p{{Lu}}]",
    "small letters": rf"[{_CASED}&&\p{{Ll}}]{{3}}",
    "digits from 1 on": r"[1-9]",
    "lines that end in CRLF": r"\r\n",
    "lines that end in LF": r"(?:^|[^\r])\n",
}
"""What a text shows of how it was made like others: an expression that finds it, by its name."""


@dataclass(frozen=True, slots=True)
class Facts:
    """
    What is known of a dataset beside its samples.

    Attributes:
        card: What it says of itself.
        files: Each of its files that can be read, the manifest aside, by path.
        papers: Every file that accompanies the data, the manifest included.
        format: The format that it was read in.
        splits: Records of each split, those that cannot be read included.
        digests: Digest of the records of each split, where all of them were read.
        found: What rows with personal data there are, and what texts in another form than NFC,
            by the code of the measure that found them; only what the standard measures.
        classes: Names of its classes, where its format has them.
        heard: The languages of its texts, and how they are written; None where no text was read.
        tokens: Whether samples are numbers that stand for texts.
        sums: Bytes and records of each list of domains that the card names, added up, by path;
            None of one that has another line, or cannot be read.
        before: What an earlier version, the input `reference`, says of itself.
        today: The day of the judgement, in UTC.
    """

    card: "Card"
    files: Mapping[str, Held] = field(default_factory=dict)
    papers: Collection[str] = ()
    format: str = ""
    splits: Mapping[str, int] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    found: Mapping[str, Measurement] = field(default_factory=dict)
    classes: Sequence[str] = ()
    heard: Heard | None = None
    tokens: bool = False
    sums: Mapping[str, tuple[int, int] | None] = field(default_factory=dict)
    before: "Card | None" = None
    today: date = field(default_factory=lambda: datetime.now(UTC).date())


class Norm(RowRule):
    """
    A rule about the card, and about the dataset as the card describes it.

    Where something could not be looked at, and nothing is wrong elsewhere, nobody knows.
    """

    unit: ClassVar[str] = "places"
    table: ClassVar[str] = "card"
    reads: ClassVar[tuple[str, ...]] = ("code", "wrong", "seen")

    def looks(self, facts: Facts) -> Iterator[Look]:
        """Look at everything that the norm is about."""
        raise NotImplementedError

    def partial(self, rows: pl.DataFrame) -> pl.DataFrame:
        own = self._own(rows)
        seen = own.filter("seen")
        return super().partial(seen).with_columns(unseen=own.height - seen.height)

    def finish(self, partials: Sequence[pl.DataFrame]) -> Measurement:
        (unseen,) = totals(partials, "unseen")
        found = super().finish(partials)
        return (
            Measurement(observed=0, checked=0, failed=0) if unseen and not found.failed else found
        )

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        found = self._own(rows).filter(pl.col("wrong") != "")
        return found.select("key", "split", observed=pl.lit(1.0), detail="wrong")

    def _own(self, rows: pl.DataFrame) -> pl.DataFrame:
        return rows.filter(pl.col("code") == self.code)

    def bound(self) -> str:
        return "as the norm asks"


def looked(rules: Iterable[Rule], facts: Facts) -> list[tuple[Norm, list[Look]]]:
    """The looks of the norms among *rules*, at least one of each."""
    norms = [one for one in rules if isinstance(one, Norm)]
    return [(norm, [*norm.looks(facts)] or [Look(CARD)]) for norm in norms]


def table(looks: Iterable[tuple[Norm, Sequence[Look]]]) -> pl.DataFrame:
    """What norms looked at, as far as it can be judged; columns as `SCHEMA`."""
    rows = [
        (norm.code, look.place, "", DATA, look.wrong, look.seen)
        for norm, some in looks
        for look in some
        if not look.needs
    ]
    return pl.DataFrame(rows, SCHEMA, orient="row")


def lacking(looks: Iterable[tuple[Norm, Sequence[Look]]]) -> dict[str, str]:
    """By code, what it takes to ask those norms that nothing in these data or rules can answer."""
    return {
        norm.code: next(one.needs for one in some if one.needs)
        for norm, some in looks
        if any(one.needs for one in some) and not any(one.wrong for one in some)
    }


def paper(wrong: str) -> pl.DataFrame:
    """The card as a file, with what is wrong with it: one row; columns as `SCHEMA`."""
    return pl.DataFrame([("", CARD, "", DATA, wrong, True)], SCHEMA, orient="row")


def stated(place: str, value: object, what: str) -> Look:
    """Look whether a field says anything: *what* it should say."""
    is_empty = value is None or (isinstance(value, Sized) and not len(value))
    is_empty |= isinstance(value, str) and not folded(value)  # of what is seen
    return Look(place, expected(what, "nothing") if is_empty else "")


def same(place: str, what: str, known: object, said: object) -> Look:
    """Look whether a field says what is known; *what* names it."""
    found = unsaid(said) if said is None or isinstance(said, str) else said
    return Look(place, "" if said == known else expected(what, found))


def hashed(facts: Facts, place: str, path: str | None, sha256: str | None) -> Look:
    """Look whether a file that the card names is in the dataset, with the bytes that it states."""
    if not path:
        return stated(place, path, "a file of the dataset")
    if (held := facts.files.get(path)) is None:
        return Look(place, expected("a file of the dataset", "a name that no file has"))
    wrong = "" if held.sha256 == sha256 else expected(f"SHA-256 {held.sha256}", unsaid(sha256))
    return Look(place, wrong)


def unsaid(text: str | None) -> str:
    """How a text of the card is spoken of: a card is data, which no report says again."""
    return "another text" if text else "none"


def expected(what: str, found: object) -> str:
    """Say what was expected, and what was found."""
    return f"expected {what}, found {found}"
