"""Rules about boxes of objects in pictures, and about the files that they are written in."""

import polars as pl

IDS = ("image_id",)
"""What a rule about ids asks for: formats that state none have none that could be wrong."""


def whole(number: pl.Expr) -> pl.Expr:
    """The numbers that texts are; null where one is none."""
    return number.cast(pl.Int64, strict=False)
