"""The language of a document."""

import polars as pl

from datastd.languages import LANGUAGES
from datastd.measures import measure
from datastd.measures.text import Floats


@measure("Q398", "language-found-outside", unit="language")
def language_found(likely_language: Floats) -> pl.Series:
    """
    The likeliest language of each text, by fastText's model of 176 languages.

    Shape (N,), String: a code of ISO 639; null where the model is not installed.

    Why it matters:
        A corpus is put together by language, and what is read of each is set by it.

    Remedy:
        Look at the samples named.

    Source:
        Joulin et al. 2016, "FastText.zip: Compressing text classification models"; the model
        lid.176.ftz.
    """
    number = pl.Series(likely_language[:, 0]).fill_nan(None).cast(pl.Int64)
    return pl.Series(LANGUAGES).gather(number)
