"""Failing pictures as thumbnails: decoded pixels written anew, never the bytes of a dataset."""

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from datastd.model import Verdict
from datastd.report import Report
from datastd.report.evidence import Finding, Pixels, findings

SHOWN = 24  # pictures of a rule
SIDE = 128  # pixels of the longer side, at most
_SMALL = 64  # up to this side every pixel counts, and is written without loss
_PAGE = 12 << 20  # bytes of all pictures of a page


@dataclass(frozen=True, slots=True)
class Thumbnail:
    """
    A picture to be shown.

    Attributes:
        source: A ``data:`` URI; empty where there is nothing to show.
        width: On the page, in pixels.
        height: As *width*.
        says: What the picture is like, such as ``28 × 28``; or why there is none.
    """

    source: str = ""
    width: int = SIDE
    height: int = SIDE
    says: str = "no longer there, or no longer the same"


class Picture(NamedTuple):
    """One sample of a gallery: the failing row, and how it looks."""

    finding: Finding
    image: Thumbnail


class Gallery:
    """
    The pictures of one page, read in one go, and of bounded size together.

    Args:
        report: What is shown.
        verdicts: Those that have pictures, the most important in front.
    """

    def __init__(self, report: Report, verdicts: Sequence[Verdict]) -> None:
        known = report.evidence
        self._found = {
            verdict.code: findings(report, verdict, SHOWN)
            for verdict in verdicts
            if known and verdict.code in known.pictured
        }
        wanted = dict.fromkeys(one.key for some in self._found.values() for one in some)
        self._shown: dict[str, Thumbnail] = {}
        self._left = left = _PAGE
        for key, pixels in known.pictures([*wanted]) if known and wanted else ():
            self._shown[key] = made = _made(pixels)
            left -= len(made.source)
            if left <= 0:
                break

    def of(self, verdict: Verdict) -> list[list[Picture]]:
        """The first failing pictures of a verdict, those about each other in one list."""
        found = self._found.get(verdict.code, [])
        if not any(one.key in self._shown for one in found):
            return []  # of a rule about classes, or of data without pictures
        pictures = enumerate(Picture(one, self._image(one.key)) for one in found)
        by = groupby(pictures, lambda at: at[1].finding.group or at[0])
        return [[picture for _, picture in group] for _, group in by]

    def _image(self, key: str) -> Thumbnail:
        image = self._shown.get(key, _GONE)
        self._left -= len(image.source)
        return image if self._left > 0 else _FULL


_GONE = Thumbnail()
_FULL = Thumbnail(says="the page is full")


def _made(pixels: Pixels) -> Thumbnail:
    height, width = pixels.shape[:2]
    try:
        image = thumbnail(pixels)
        kind, options = ("PNG", {}) if max(image.size) <= _SMALL else ("JPEG", {"quality": 80})
        stream = io.BytesIO()
        image.save(stream, kind, **options)
    except (ValueError, TypeError, OSError):  # of a shape or type that nobody can look at
        return Thumbnail(says="nothing that can be shown")
    source = f"data:image/{kind.lower()};base64,{base64.b64encode(stream.getvalue()).decode()}"
    larger = max(1, SIDE // max(image.size))  # small pictures are shown larger, by a whole number
    return Thumbnail(source, image.width * larger, image.height * larger, f"{width} × {height}")


def thumbnail(pixels: Pixels) -> Image.Image:
    """
    Make a picture of at most `SIDE` pixels of an array (H, W, C), C from 1 to 4.

    Transparent parts are shown on white; numbers that are no bytes are stretched from
    the least to the greatest.

    Raises:
        ValueError: No such array.
    """
    if pixels.ndim != 3 or not 1 <= pixels.shape[2] <= 4 or not pixels.size:  # noqa: PLR2004
        msg = f"expected (H, W, C), C from 1 to 4, found {pixels.shape}"
        raise ValueError(msg)
    seen = _bytes(pixels)
    image = Image.fromarray(seen[..., 0] if seen.shape[2] == 1 else seen)
    image.thumbnail((SIDE, SIDE))
    if seen.shape[2] in {2, 4}:
        ground = Image.new("RGBA", image.size, "white")
        ground.alpha_composite(image.convert("RGBA"))
        return ground.convert("RGB")
    return image


def _bytes(pixels: Pixels) -> NDArray[np.uint8]:
    if pixels.dtype == np.uint8:
        return np.ascontiguousarray(pixels, np.uint8)
    numbers = pixels.astype(np.float64)
    finite = np.isfinite(numbers)
    low = numbers.min(initial=np.inf, where=finite)
    high = numbers.max(initial=-np.inf, where=finite)
    with np.errstate(over="ignore", invalid="ignore"):
        stretched = (numbers - low) / (high - low) * 255 if high > low else numbers * 0 + 128
    return np.nan_to_num(stretched, nan=0, posinf=255, neginf=0).clip(0, 255).astype(np.uint8)
