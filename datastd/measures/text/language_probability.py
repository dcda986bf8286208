"""How likely a document is in the language of a standard."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from datastd.languages import LANGUAGES
from datastd.measures import measure
from datastd.measures.text import languages


@measure("Q399", "language-probability-outside", unit="probability")
def language_probability(
    language_vectors: NDArray[np.float32], language_model: str, in_language: str
) -> pl.Series:
    """
    How likely each text is in the language that the standard names.

    By fastText's model of 176 languages, whether or not another one is likelier.  Shape
    (N,), float64; null where the model is not installed.

    Why it matters:
        Documents in other languages take the compute that was meant for one.

    Remedy:
        Leave them out.

    Source:
        Joulin et al. 2016, "FastText.zip: Compressing text classification models"; the model
        lid.176.ftz.
    """
    found = languages.probability(language_vectors, language_model, LANGUAGES.index(in_language))
    return pl.Series(found).fill_nan(None)
