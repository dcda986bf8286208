"""Pictures without a place for them, and places without a picture."""

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import Counts, Said
from datastd.measures.turns.in_words import media_gap_said


@measure("F623", "media-token-count", unit="places", words=media_gap_said)
def media_gap(said: Said, images: pl.Series, videos: pl.Series, audios: pl.Series) -> Counts:
    """
    Pictures, films and sounds that are listed and have no place, and places without one.

    Shape (N,), int64.  Places are ``<image>``, ``<video>`` and ``<audio>``; the
    differences are summed.

    Why it matters:
        LLaMA-Factory ends with an error, or shows the model another picture.

    Remedy:
        Write one place for each file that is listed.

    Source:
        LLaMA-Factory, data/README.md.
    """
    pairs = ((said.images, images), (said.videos, videos), (said.audios, audios))
    gaps = [
        np.abs(places - listed.fill_null(0).to_numpy()) if listed.count() else places
        for places, listed in pairs
    ]
    return np.asarray(np.sum(gaps, axis=0), np.int64)
