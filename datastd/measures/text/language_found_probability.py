"""How sure a model is of the language of a document."""

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Floats


@measure("Q396", "language-found-probability-outside", unit="probability")
def language_found_probability(likely_language: Floats) -> pl.Series:
    """
    How likely the likeliest language of each text is, by fastText's model of 176 languages.

    Shape (N,), float64; null where the model is not installed.

    Why it matters:
        Of a few words, and of tables and code, no model knows the language.

    Remedy:
        Look at the samples named.

    Source:
        Joulin et al. 2016, "FastText.zip: Compressing text classification models"; the model
        lid.176.ftz.
    """
    return pl.Series(likely_language[:, 1]).fill_nan(None)
