"""C103."""

import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any, ClassVar, Self

import polars as pl
from pydantic import Field

from datastd.model import FrozenMapping, Level
from datastd.rules import RowRule


class KnownBadListHit(RowRule):
    """
    Samples that somebody has published as defective.

    A sample is on a list by the name of its file (the last part of its path), or as
    ``<split>#<position>`` where samples have positions and no names.

    Attributes:
        listed: What is wrong, by name or position.  `of` takes the lists that ship with
            datastd, ``schemas/known_bad.toml``.

    Why it matters:
        Others have stumbled over these samples already: loaders break on them, or they
        punish the right answer.

    Remedy:
        Leave them out, or state how many are tolerated and why.

    Source:
        The list's own, stated beside it: TF-slim's for ImageNet, label-errors' for MNIST.
    """

    code: ClassVar[str] = "C103"
    name: ClassVar[str] = "known-bad-list-hit"
    reads: ClassVar[tuple[str, ...]] = ()

    level: Level = Level.WARN
    listed: FrozenMapping[str, str] = Field(min_length=1)

    @classmethod
    def of(cls, *lists: str, **fields: Any) -> Self:  # noqa: ANN401  -- checked by the model
        """
        Build the rule from lists that ship with datastd.

        Raises:
            KeyError: There is no list of that name.
        """
        known = shipped()
        every = {key: known[name]["what"] for name in lists for key in known[name]["samples"]}
        return cls(listed=every, **fields)

    def failing(self, rows: pl.DataFrame) -> pl.DataFrame:
        key = pl.col("key")
        name = key.str.replace(r"#\d+$", "").str.split("/").list.last()
        position = pl.concat_str("split", pl.lit("#"), key.str.extract(r"#(\d+)$"))
        listed = pl.DataFrame({"on": [*self.listed], "detail": [*self.listed.values()]})
        what = [place.replace_strict(listed["on"], listed["detail"], default=None,
                                     return_dtype=pl.String)
                for place in (name, position)]  # fmt: skip
        found = rows.select("key", "split", observed=pl.lit(1.0), detail=pl.coalesce(what))
        said = pl.lit("expected a sample on no list of known defects, found ") + pl.col("detail")
        return found.drop_nulls("detail").with_columns(detail=said)

    def bound(self) -> str:
        return "on no list of known defects"


def shipped() -> Mapping[str, Mapping[str, Any]]:
    """The lists that ship with datastd: what is wrong, by whom it was found, which samples."""
    text = resources.files("datastd.schemas").joinpath("known_bad.toml").read_bytes()
    return tomllib.loads(text.decode())
