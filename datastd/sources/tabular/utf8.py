"""Bytes that should be text."""

import contextlib

import polars as pl


def decoded(given: pl.Series) -> pl.Series:
    """Bytes as strings; null where they are no UTF-8, or none."""
    with contextlib.suppress(pl.exceptions.ComputeError):
        return given.cast(pl.String)
    return pl.Series(given.name, [_text(one) for one in given], pl.String)


def _text(content: bytes | None) -> str | None:
    with contextlib.suppress(UnicodeDecodeError):
        return None if content is None else content.decode()
    return None
