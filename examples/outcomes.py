"""What `why_it_matters.py` finds of one kind of defect by one seed, and what many come to."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

from tables import spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLUMNS = (
    "planted", "what mends it", "seeds", "check says", "spoiled, left out, of them",
    "reported, spoiled", "true, spoiled", "off by", "reported, mended", "true, mended",
    "off by, mended", "true, never spoiled", "gain",
)  # fmt: skip
PARTS = (range(5), (0, 1, *range(5, len(COLUMNS))))  # of the columns: the gate's, the models'
SCORES = ("reported", "spoiled", "reported_mended", "mended", "sound")


@dataclass(frozen=True)
class Outcome:
    """
    One kind of defect, one seed.

    Attributes:
        kind: What was planted.
        seed: What was drawn with.
        unit: Of the scores.
        says: Verdicts of `check` that keep the gate shut.
        remedy: What mends the data: `clean`, or what their makers have to do.
        planted: Samples that were spoiled.
        left_out: Samples that `clean` leaves out.
        hits: Those of them that were spoiled.
        reported: Score of a loop by hand on the spoiled data, on their own test split.
        spoiled: Its score on a test set that nobody spoiled.
        reported_mended: Score of the trainer by as many steps on the mended data, on
            their own test split.
        mended: Its score on the test set that nobody spoiled.
        sound: Score there of the loop by hand by as many steps on the data as they were.
    """

    kind: str
    seed: int
    unit: str
    says: tuple[str, ...]
    remedy: str
    planted: int
    left_out: int
    hits: int
    reported: float
    spoiled: float
    reported_mended: float
    mended: float
    sound: float

    @property
    def gain(self) -> float:
        """How much better the mended data do; of a loss, less is better."""
        return (self.mended - self.spoiled) * (-1 if "bits" in self.unit else 1)


def kept(outcome: Outcome, place: Path) -> list[Outcome]:
    """Put an outcome into a file of them, in place of one of its kind and seed; return all."""
    lines = place.read_text().splitlines() if place.exists() else []
    known = [Outcome(**json.loads(line)) for line in lines] + [outcome]
    last = {(one.kind, one.remedy, one.seed): one for one in known}
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("".join(json.dumps(asdict(one)) + "\n" for one in last.values()))
    return [*last.values()]


def by_kind(outcomes: Sequence[Outcome]) -> dict[str, list[Outcome]]:
    """The outcomes of each kind of defect and remedy, one for each seed."""
    kinds: dict[str, list[Outcome]] = {}
    for one in outcomes:
        kinds.setdefault(f"{one.kind}: {one.remedy}", []).append(one)
    return kinds


def rows(outcomes: Sequence[Outcome]) -> list[tuple[str, ...]]:
    """One row for each kind of defect: mean ± standard deviation over the seeds."""
    table = []
    for some in by_kind(outcomes).values():
        gains = [one.gain for one in some]
        alike = len({gain > 0 for gain in gains}) == 1
        counts = (mean(getattr(one, name) for one in some) for name in _COUNTS)
        scores = [spread([getattr(one, name) for one in some]) for name in SCORES]
        off = [one.reported - one.spoiled for one in some]
        still_off = [one.reported_mended - one.mended for one in some]
        table.append((
            f"{some[0].kind} ({some[0].unit})",
            some[0].remedy,
            str(len(some)),
            " ".join(sorted({verdict.partition(" ")[0] for one in some for verdict in one.says})),
            ", ".join(f"{count:,.0f}" for count in counts),
            *scores[:2], spread(off, "+"), *scores[2:4], spread(still_off, "+"), scores[4],
            spread(gains, "+") + ("" if alike else ", not by each seed"),
        ))  # fmt: skip
    return table


_COUNTS = ("planted", "left_out", "hits")


def figure(outcomes: Sequence[Outcome]) -> "Figure":
    """A panel for each kind of defect: a point for each seed, a line for their mean."""
    from matplotlib.figure import Figure  # noqa: PLC0415  -- who wants no plot needs no matplotlib

    kinds = by_kind(outcomes)
    across = min(4, len(kinds))
    down = -(-len(kinds) // across)
    drawn = Figure(figsize=(3.2 * across, 3 * down), layout="constrained")
    panels = drawn.subplots(down, across, squeeze=False).ravel()
    names = ("reported,\nspoiled", "true,\nspoiled", "reported,\nmended", "true,\nmended",
             "never\nspoiled")  # fmt: skip
    for (kind, some), panel in zip(kinds.items(), panels, strict=False):
        for at, name in enumerate(SCORES):
            values = [getattr(one, name) for one in some]
            colour = "tab:red" if at < 2 else "tab:green" if at < 4 else "tab:grey"  # noqa: PLR2004
            panel.plot([at] * len(values), values, "o", color=colour, alpha=0.5)
            panel.hlines(mean(values), at - 0.3, at + 0.3, color=colour)
        # On one scale, what is small looks small.
        alike = [
            getattr(one, name) for one in outcomes for name in SCORES if one.unit == some[0].unit
        ]
        beyond = (max(alike) - min(alike)) / 20
        panel.set_ylim(min(alike) - beyond, max(alike) + beyond)
        panel.set_xticks(range(len(names)), names, fontsize=6)
        panel.set_title(kind, fontsize=9)
        panel.set_ylabel(some[0].unit, fontsize=7)
    for panel in panels[len(kinds) :]:
        panel.set_axis_off()
    return drawn
