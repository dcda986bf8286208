"""Pictures without a place for them, and places without a picture."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import REJECTED, Counts, Said
from datastd.measures.turns.in_words import media_gap_said


@measure("F623", "media-token-count", unit="places", version=2, words=media_gap_said)
def media_gap(
    said: Said, annotations: pl.DataFrame, images: pl.Series, videos: pl.Series, audios: pl.Series
) -> Counts:
    """
    Pictures, films and sounds that are listed and have no place, and places without one.

    Shape (N,), int64.  Places are ``<image>``, ``<video>`` and ``<audio>``; the differences are
    summed.  Where files are listed, parts of messages that show something are places, too, of
    whatever kind is left; where none is, they have with them what they show.

    Why it matters:
        LLaMA-Factory ends with an error, or shows the model another picture.

    Remedy:
        Write one place for each file that is listed.

    Source:
        LLaMA-Factory, data/README.md; for parts TRL, "Dataset formats and types".
    """
    pairs = ((said.images, images), (said.videos, videos), (said.audios, audios))
    if not any(listed.count() for _, listed in pairs):
        return np.asarray(sum(places for places, _ in pairs), np.int64)
    files = np.array([listed.fill_null(0).to_numpy() for _, listed in pairs], np.int64)
    left = files - np.array([places for places, _ in pairs])
    turns = annotations.filter(pl.col("media") > 0, pl.col("side") != REJECTED)
    row, shown = turns.get_column("row").to_numpy(), turns.get_column("media").to_numpy()
    parts = np.bincount(row, shown, len(images)).astype(np.int64) * files.any(axis=0)
    without = np.maximum(left, 0).sum(axis=0)
    return np.asarray(np.maximum(-left, 0).sum(axis=0) + np.abs(without - parts), np.int64)
