"""A histogram as a drawing: bars and limits in SVG's coordinates, and what they show in words."""

from dataclasses import dataclass

import numpy as np

from datastd.model import Verdict
from datastd.report.histogram import Distribution, Histogram
from datastd.words import number

WIDTH, HEIGHT = 336, 132
_LEFT, _RIGHT, _TOP, _BASE = 10.0, WIDTH - 10.0, 24.0, HEIGHT - 24.0
_BARS = 64  # at most so many are drawn
_SIGNS = {"ge": "≥", "gt": ">", "le": "≤", "lt": "<", "eq": "=", "isin": "="}
_GREATEST = 1e300  # what is greater has no room beside it
_SHAPE = 8  # bars
_TAIL = 0.001  # of the values on either side; where they reach far, they are counted, not drawn


@dataclass(frozen=True, slots=True)
class Mark:
    """Something along the axis: where it is, what it is called, and how its name stands."""

    x: float
    name: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Figure:
    """
    The drawing of one column.

    Attributes:
        bars: An SVG path.
        outside: Where no value should be, as (x, width).
        lines: Limits within the drawing.
        ends: The least and the greatest bar.
        beyond: Limits and values outside it, in words.
        most: Values in the tallest bar.
        alt: The whole in words, for those who do not see it.
    """

    bars: str
    outside: tuple[tuple[float, float], ...]
    lines: tuple[Mark, ...]
    ends: tuple[Mark, ...]
    beyond: tuple[str, ...]
    most: str
    alt: str


@dataclass(frozen=True, slots=True)
class _Axis:
    """From values to coordinates."""

    low: float
    high: float

    def x(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(_LEFT + share * (_RIGHT - _LEFT), 1)

    def holds(self, value: float) -> bool:
        return self.low <= value <= self.high


def draw(one: Distribution, verdict: Verdict) -> Figure | None:
    """Draw a column; nothing where no value is a finite number, or one beyond all scale."""
    whole = one.histogram
    if not whole.counts:
        return None
    limits = _limits(one)
    shown, below, above = _trimmed(whole)
    half = 0.5 if whole.whole else 0.0  # a bar of whole numbers stands around them
    low = shown.first * shown.width - half
    high = (shown.first + len(shown.counts)) * shown.width - half
    if max(abs(low), abs(high)) > _GREATEST:
        return None
    axis = _axis(low, high, [value for _, value in limits], half)
    while len(shown.counts) > _BARS:
        shown = shown.coarser(1)
    inside = [(kind, value) for kind, value in limits if axis.holds(value)]
    beyond = [f"limit {_SIGNS[k]} {number(v)} lies outside" for k, v in limits
              if not axis.holds(v)]  # fmt: skip
    beyond += [f"values further {side}: {n:,}" for n, side in
               ((below, "left"), (above, "right")) if n]  # fmt: skip
    beyond += [f"no finite number: {whole.odd:,}"] if whole.odd else []
    most = max(shown.counts)
    return Figure(
        bars=_bars(shown, axis, half),
        outside=_outside(limits, axis, half),
        lines=tuple(_line(kind, value, axis, half) for kind, value in inside),
        ends=_ends(low + half, high - half, axis),
        beyond=tuple(beyond),
        most=f"{most:,}",
        alt=(
            f"Histogram of {one.column}: {whole.total:,} values from {number(low + half)} to "
            f"{number(high - half)}, at most {most:,} in a bar; limit {one.says}; "
            f"{verdict.failed:,} outside."
        ),
    )


def _limits(one: Distribution) -> list[tuple[str, float]]:
    """Each limit that is a number, by kind."""
    pairs = [
        (kind, value)
        for kind, given in one.bounds.items()
        for value in (given if isinstance(given, tuple) else (given,))
        if isinstance(value, int | float)
    ]
    return [(kind, float(value)) for kind, value in pairs[:12] if abs(value) <= _GREATEST]


def _trimmed(whole: Histogram) -> tuple[Histogram, int, int]:
    """Leave out a few values that are far from all others, and count them."""
    counts = np.array(whole.counts)
    few = whole.total * _TAIL
    start = int(np.searchsorted(np.cumsum(counts), few, side="right"))
    stop = len(counts) - int(np.searchsorted(np.cumsum(counts[::-1]), few, side="right"))
    room = stop - start
    if 4 * room > len(counts) or room < _SHAPE:  # none is far; or the others show no shape
        return whole, 0, 0
    near = np.flatnonzero(counts[max(0, start - room) : stop + room]) + max(0, start - room)
    start, stop = int(near[0]), int(near[-1]) + 1
    kept = Histogram(
        whole.exponent, whole.first + start, tuple(counts[start:stop].tolist()),
        whole.odd, whole.whole,
    )  # fmt: skip
    return kept, int(counts[:start].sum()), int(counts[stop:].sum())


def _axis(low: float, high: float, limits: list[float], half: float) -> _Axis:
    """Show all values, and every limit that leaves them at least a third of the room."""
    span = high - low
    if span < abs(low) * 0.01 or span < 1e-5:  # noqa: PLR2004  -- one value
        span = max(abs(low) * 0.2, 0.1)
    if half:  # a bar alone is no wide one
        span = max(span, 5.0)
    near = [value for value in limits if low - 2 * span <= value <= high + 2 * span]
    left, right = min([low, *(v - half for v in near)]), max([high, *(v + half for v in near)])
    room = max((right - left) * 0.04, (span - (right - left)) / 2)
    return _Axis(left - room, right + room)


def _bars(shown: Histogram, axis: _Axis, half: float) -> str:
    """One closed path per bar that has any value, never too thin or too low to be seen."""
    most = max(shown.counts)
    path = []
    for at, count in enumerate(shown.counts, shown.first):
        if count:
            left = axis.x(at * shown.width - half)
            width = max(axis.x((at + 1) * shown.width - half) - left - 0.5, 1.5)
            height = max(count / most * (_BASE - _TOP), 2)
            path.append(f"M{left:g} {_BASE:g}v{-height:.1f}h{width:.1f}v{height:.1f}z")
    return "".join(path)


def _outside(
    limits: list[tuple[str, float]], axis: _Axis, half: float
) -> tuple[tuple[float, float], ...]:
    """Where no value should be: left of a least, right of a greatest."""
    found = []
    for kind, value in limits:
        edge = min(max(_edge(kind, value, half), axis.low), axis.high)
        if kind in {"ge", "gt"}:
            found.append((_LEFT, axis.x(edge) - _LEFT))
        elif kind in {"le", "lt"}:
            found.append((axis.x(edge), _RIGHT - axis.x(edge)))
    return tuple((x, round(width, 1)) for x, width in found if width > 0)


def _ends(low: float, high: float, axis: _Axis) -> tuple[Mark, ...]:
    """Name the first and the last bar; together, where there is no room for two names."""
    left, right = axis.x(low), axis.x(high)
    low, high = (v if float(v).is_integer() else float(f"{v:.3g}") for v in (low, high))
    if right - left > 80:  # noqa: PLR2004
        return Mark(left, number(low), "start"), Mark(right, number(high), "end")
    middle = min(max((left + right) / 2, _LEFT + 40), _RIGHT - 40)
    names = dict.fromkeys([number(low), number(high)])
    return (Mark(round(middle, 1), " to ".join(names), "middle"),)


def _edge(kind: str, value: float, half: float) -> float:
    """Between the last whole number inside and the first outside, where they are whole."""
    return value + {"ge": -half, "lt": -half, "le": half, "gt": half}.get(kind, 0.0)


def _line(kind: str, value: float, axis: _Axis, half: float) -> Mark:
    x = axis.x(_edge(kind, value, half))
    left = kind in {"ge", "gt"}
    if kind in {"eq", "isin"}:
        anchor = "middle" if _LEFT + 30 < x < _RIGHT - 30 else "start" if x < WIDTH / 2 else "end"
    elif left:  # its name stands outside, where there is room
        anchor = "end" if x > _LEFT + 60 else "start"
    else:
        anchor = "start" if x < _RIGHT - 60 else "end"
    return Mark(x, f"{_SIGNS[kind]} {number(value)}", anchor)
