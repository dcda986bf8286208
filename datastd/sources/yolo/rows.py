"""The rows of label files: what each says, or why its file cannot be read."""

from collections.abc import Callable, Mapping, Sequence

import polars as pl

from datastd.sources import Defect
from datastd.sources.encoding import BOM
from datastd.sources.yolo.defects import (
    YoloClassNoInteger,
    YoloRowFields,
    YoloValueNonfinite,
    YoloValueNoNumber,
)

MOST = 8 << 20
"""bytes of a file: 100,000 boxes take 4,000,000."""

_BOX = 5  # fields: a class, a centre, a width and a height
_CORNERS = 7  # of the smallest polygon
_ROUNDED = 1e-6  # of a picture: centre and width have six decimals, which sides are made of

FIELDS = {
    "row": pl.Int64, "annotation": pl.String, "category": pl.Int64, "class_name": pl.String,
    "x_px": pl.Float64, "y_px": pl.Float64, "w_px": pl.Float64, "h_px": pl.Float64,
    "area_px": pl.Float64, "crowd": pl.Int64, "keypoints_stated": pl.Int64,
    "lowest": pl.Float64, "highest": pl.Float64, "repeats": pl.Boolean, "class_listed": pl.Boolean,
}  # fmt: skip
"""Columns of what `read` gives."""


def read(
    contents: Sequence[bytes], names: Mapping[int, str], points: tuple[int, int] | None
) -> tuple[pl.DataFrame, dict[int, Callable[[str, str], Defect]]]:
    """
    Read label files, of which *contents* are all, or more than may be.

    Args:
        contents: Each file's.
        names: What each number of a class is called.
        points: How many key points an object has, and how many numbers each; none, if none.

    Returns:
        One row per object, columns as `FIELDS`; ``row`` numbers the files.  Places and sizes
        are fractions of a picture still.  Beside it, by the number of a file that cannot be
        read, what makes a defect of its path and of its sample.
    """
    texts, bad = list[str | None](), dict[int, Callable[[str, str], Defect]]()
    for row, content in enumerate(contents):
        texts.append(None)
        if len(content) > MOST:
            bad[row] = _at(YoloRowFields, "", f"at most {MOST} bytes", "more")
            continue
        if content.startswith(BOM):
            bad[row] = _at(YoloRowFields, "byte 0", "UTF-8 without a mark", "a byte order mark")
            continue
        try:
            texts[-1] = content.decode()
        except UnicodeDecodeError as error:
            bad[row] = _at(YoloRowFields, f"byte {error.start}", "UTF-8", "other bytes")
    rows = _judged(_fields(texts), points)
    first = rows.filter(pl.col("wrong").is_not_null()).unique(
        "row", keep="first", maintain_order=True
    )
    wanted = f"a class and {points[0] * points[1] + 4} numbers" if points else _WANTED
    for row, line, wrong, count in first.select("row", "line", "wrong", "count").rows():
        kind, expected, found = _WRONG[wrong]
        said = found or f"{count} field{'s' * (count > 1)}"
        bad[row] = _at(kind, f"line {line + 1}", expected or wanted, said)
    sound = rows.filter(~pl.col("row").is_in([*bad]))
    return _objects(sound, names, points), bad


_WANTED = "a class and 4 numbers, or 6 and more, two by two; the same in each row"
_WRONG = {
    0: (YoloRowFields, "", ""),
    1: (YoloClassNoInteger, "a whole number as the class", "another word"),
    2: (YoloValueNoNumber, "numbers", "another word"),
    3: (YoloValueNonfinite, "finite numbers", "one that is not"),
}
"""Kinds of what is wrong in a row, with what was expected and found; the first that is."""


def _at(kind: type[Defect], at: str, expected: str, found: str) -> Callable[[str, str], Defect]:
    return lambda path, key: kind(path, at, expected, found, key)


def _fields(texts: Sequence[str | None]) -> pl.DataFrame:
    """The rows of each file that are not blank: its number, the line's, and its fields."""
    text = pl.col("text")
    lines = pl.DataFrame(
        {"row": range(len(texts)), "text": texts}, {"row": pl.Int64, "text": pl.String}
    )
    lines = lines.drop_nulls().with_columns(text.str.replace_all("\r\n?", "\n").str.split("\n"))
    lines = lines.with_columns(line=pl.int_ranges(0, text.list.len())).explode("text", "line")
    words = text.str.extract_all(r"\S+")
    return lines.with_columns(words=words).drop("text").filter(pl.col("words").list.len() > 0)


def _judged(rows: pl.DataFrame, points: tuple[int, int] | None) -> pl.DataFrame:
    """The rows with their values as numbers, and what is wrong with each; null for nothing."""
    count, words, values = pl.col("count"), pl.col("words"), pl.col("values")
    rows = rows.with_columns(
        count=words.list.len().cast(pl.Int64),
        category=words.list.first().cast(pl.Int64, strict=False),
        values=words.cast(pl.List(pl.Float64), strict=False),
    )
    a_polygon = (count >= _CORNERS) & (count % 2 == 1)
    if points:
        fits = count == _BOX + points[0] * points[1]
    else:
        first = count.first().over("row")
        fits = ((count == _BOX) & (first == _BOX)) | (a_polygon & (first >= _CORNERS))
    others = values.list.slice(1)
    wrong = (
        pl.when(~fits).then(0)
        .when(pl.col("category").is_null()).then(1)
        .when(others.list.eval(pl.element().is_null()).list.any()).then(2)
        .when(~others.list.eval(pl.element().is_finite()).list.all()).then(3)
    )  # fmt: skip
    return rows.with_columns(wrong=wrong)


def _objects(
    rows: pl.DataFrame, names: Mapping[int, str], points: tuple[int, int] | None
) -> pl.DataFrame:
    """Boxes of rows in which nothing is wrong, columns as `FIELDS`."""
    of = pl.col("values").list.slice(1)
    is_box, fractions = pl.col("count") == _BOX, of
    if points:  # whose third number says whether it is seen
        is_box, later = pl.lit(value=True), of.list.slice(4)
        places = [later.list.gather_every(points[1], n) for n in range(2)]
        fractions = pl.concat_list(of.list.head(4), *places)
    x, y, w, h = (of.list.get(place) for place in range(4))
    across, down = of.list.gather_every(2), of.list.gather_every(2, 1)
    left = pl.when(is_box).then(_at_edge(x - w / 2, 0)).otherwise(across.list.min())
    top = pl.when(is_box).then(_at_edge(y - h / 2, 0)).otherwise(down.list.min())
    right = pl.when(is_box).then(_at_edge(x + w / 2, 1)).otherwise(across.list.max())
    bottom = pl.when(is_box).then(_at_edge(y + h / 2, 1)).otherwise(down.list.max())
    return rows.select(
        "row",
        annotation=pl.int_range(pl.len()).over("row").cast(pl.String),
        category="category",
        class_name=pl.col("category").replace_strict(
            [*names], [*names.values()], default=None, return_dtype=pl.String
        ),
        x_px=left,
        y_px=top,
        w_px=right - left,
        h_px=bottom - top,
        area_px=pl.lit(None, pl.Float64),
        crowd=pl.lit(0, pl.Int64),
        keypoints_stated=pl.lit(None, pl.Int64),
        lowest=fractions.list.min(),
        highest=fractions.list.max(),
        repeats=~pl.struct(
            "row", pl.col("values").cast(pl.List(pl.String)).list.join(" ")
        ).is_first_distinct(),
        class_listed=pl.col("category").is_in([*names]),
    )


def _at_edge(place: pl.Expr, edge: int) -> pl.Expr:
    """A side of a box; one that is a millionth away from the picture's edge is at it."""
    return pl.when((place - edge).abs() <= _ROUNDED).then(float(edge)).otherwise(place)
