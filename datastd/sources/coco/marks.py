"""The annotations of some pictures, read from all files of their split: a frame of columns."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.sources.coco import judge
from datastd.sources.coco.fields import (
    ANY,
    BOX,
    REAL,
    REALS,
    RUNS,
    SHAPE,
    TEXT,
    WHOLE,
    Fields,
)
from datastd.sources.coco.layout import Categories, File, whole
from datastd.sources.encoding import Numbers

FIELDS = (
    ("id", WHOLE), ("image_id", WHOLE), ("category_id", WHOLE), ("iscrowd", WHOLE),
    ("num_keypoints", WHOLE), ("area", REAL), ("score", REAL), ("segmentation", SHAPE),
    ("keypoints", REALS), ("caption", TEXT), ("ignore", ANY), ("bbox", BOX),
)  # fmt: skip
(
    _ID, _IMAGE, _CATEGORY, _CROWD, _STATED, _AREA, _SCORE, _SHAPE, _KEYPOINTS, _CAPTION, _IGNORE,
    _BOX,
) = range(len(FIELDS))  # fmt: skip


def _bits(*fields: int) -> int:
    return sum(1 << one for one in fields)


_OBJECT = _bits(_ID, _IMAGE, _CATEGORY, _BOX, _AREA, _CROWD)
_WORDS = _bits(_ID, _IMAGE, _CAPTION)
_RESULT = _bits(_IMAGE, _CATEGORY, _SCORE)

SCHEMA: dict[str, pl.DataType] = {
    "row": pl.Int64(), "annotation": pl.String(), "category": pl.Int64(), "class_name": pl.String(),
    "x_px": pl.Float64(), "y_px": pl.Float64(), "w_px": pl.Float64(), "h_px": pl.Float64(),
    "area_px": pl.Float64(), "crowd": pl.Int64(), "shape": pl.Int8(),
    "points": pl.List(pl.Float64), "rings": pl.List(pl.Int64), "counts": pl.List(pl.Int64),
    "mask_height": pl.Int64(), "mask_width": pl.Int64(), "keypoints": pl.List(pl.Float64),
    "keypoints_stated": pl.Int64(), "keypoints_wanted": pl.Int64(), "ignored": pl.Boolean(),
    "caption": pl.String(), "score": pl.Float64(),
}  # fmt: skip
"""The columns of annotations."""


@dataclass(frozen=True, slots=True)
class Known:
    """
    What is known of categories by their ids, each once; shape (N,).

    Attributes:
        id: The ids, in order.
        name: What people call each.
        keypoints: How many points it has.
    """

    id: Numbers
    name: pl.Series
    keypoints: Numbers

    @classmethod
    def of(cls, some: Sequence[Categories]) -> "Known":
        """Those of some files; of what stands twice, the last, as pycocotools has it."""
        names, points = dict[int, str](), dict[int, int]()
        for one in some:
            names |= dict(zip(one.id, one.name, strict=True))
            points |= dict(zip(one.id, one.keypoints, strict=True))
        ids = sorted(names)
        return cls(
            np.array(ids, np.int64), pl.Series([names[one] for one in ids], dtype=pl.String),
            np.array([points[one] for one in ids], np.int64),
        )  # fmt: skip

    def among(self, ids: Numbers, there: NDArray[np.bool_]) -> tuple[pl.Series, pl.Series]:
        """The name and number of points of each of these, null where nobody knows them."""
        place = np.searchsorted(self.id, ids)
        place = np.minimum(place, max(len(self.id) - 1, 0))
        is_one = there & (self.id[place] == ids) if len(self.id) else np.zeros(len(ids), np.bool_)
        at = pl.Series(place).set(pl.Series(~is_one), None)
        return self.name.gather(at), pl.Series(self.keypoints, dtype=pl.Int64).gather(at)


def _lists(values: NDArray[np.generic], until: Numbers) -> pl.Series:
    """Lists that stand one behind the other; nothing is copied."""
    import pyarrow as pa  # noqa: PLC0415

    used = values[: until[-1]]
    return pl.Series(pa.LargeListArray.from_arrays(pa.array(until), pa.array(used)))


def _where(there: NDArray[np.bool_], values: NDArray[np.generic]) -> pl.Series:
    """Values, null where there are none."""
    column = pl.Series(values)
    return column if there.all() else column.set(pl.Series(~there), None)


def sound(made: Fields, items: judge.Items, *, is_list: bool) -> NDArray[np.bool_]:
    """Which annotations are what their record asks for."""
    has = made.has
    if is_list:
        complete = has & _RESULT == _RESULT
    else:
        # With a category it is an object, whatever somebody says of it.
        is_caption = (has & _bits(_CAPTION, _BOX, _CATEGORY)) == _bits(_CAPTION)
        complete = np.where(is_caption, has & _WORDS == _WORDS, has & _OBJECT == _OBJECT)
    found: NDArray[np.bool_] = whole(made, items) & complete
    return found


def frame(  # noqa: PLR0913, PLR0917
    file: File, part: int, items: judge.Items, made: Fields, number: Numbers, known: Known
) -> pl.DataFrame:
    """
    Put annotations into the columns of `SCHEMA`, but for ``row``.

    Args:
        file: Theirs.
        part: Its number among those of its split.
        items: Their bytes.
        made: Their fields.
        number: What number each has in the file.
        known: What is known of categories.
    """
    own = made.wholes
    name = pl.Series(number if file.is_list else own[_ID]).cast(pl.String)
    category = made.there(_CATEGORY)
    class_name, wanted = known.among(own[_CATEGORY], category)
    boxed = made.there(_BOX)
    box = {f"{n}_px": _where(boxed, made.reals[_BOX + k]) for k, n in enumerate("xywh")}
    masked = made.shape >= RUNS
    columns = {
        "annotation": pl.select(pl.lit(f"{part}.") + name).to_series() if part else name,
        "category": _where(category, own[_CATEGORY]), "class_name": class_name, **box,
        "area_px": _where(made.there(_AREA), made.reals[_AREA]), "crowd": own[_CROWD],
        "shape": made.shape,
        "points": _lists(made.points, made.until[0]), "rings": _lists(made.rings, made.until[1]),
        "counts": _lists(made.runs, made.until[2]),
        "mask_height": _where(masked, made.ends[_SHAPE]),
        "mask_width": _where(masked, own[_SHAPE]),
        "keypoints": _lists(made.keypoints, made.until[3]),
        "keypoints_stated": _where(made.there(_STATED), own[_STATED]),
        "keypoints_wanted": wanted, "ignored": made.there(_IGNORE),
        "caption": made.texts(items.line, _CAPTION),
        "score": _where(made.there(_SCORE), made.reals[_SCORE]),
    }  # fmt: skip
    return pl.DataFrame(columns)


def nothing() -> pl.DataFrame:
    """No annotations."""
    return pl.DataFrame(schema=SCHEMA)
