"""How much of a document every site has."""

import re

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.text import Floats
from datastd.model import Level

_POLICIES = (
    "terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies",
    "use cookies", "privacy overview", "privacy & cookies policy", "privacy and cookies policy",
    "necessary cookies are absolutely essential",
    "any cookies that may not be particularly necessary",
    "continue to browse this site without changing your cookie settings",
)  # fmt: skip
_POLICY = "(?i-u:" + "|".join(map(re.escape, _POLICIES)) + ")"
_LOREM = "(?i-u:lorem ipsum)"
_SIGN = "(?i-u:cookie|privacy|terms of use|lorem ipsum)"
"""One of these is in each phrase; for so few, the engine has a fast way."""

_SPACE = "".join(filter(str.isspace, map(chr, range(0x3001))))


@measure("Q370", "nemo-boilerplate-paragraphs", unit="fraction", level=Level.WARN)
def boilerplate_paragraph_fraction(text: pl.Series) -> Floats:
    r"""
    Paragraphs of each text that speak of its terms of use, its privacy or its cookies, as a share.

    Paragraphs are parted by ``\n\n`` and are not blank.  What makes one boilerplate is a phrase
    of C4 or NeMo Curator, such as ``privacy policy``, in either case of ASCII.  1 for a text
    with ``lorem ipsum``, 0 of a blank one.  Shape (N,), float64.  Default: at most 0.4.

    Why it matters:
        Notices are the same on every site, and no part of what the page says.

    Remedy:
        Cut the paragraphs, or leave out documents that are little else.

    Source:
        NeMo Curator, BoilerPlateStringFilter, of whose long notices the first words stand here;
        Raffel et al. 2020, "Exploring the Limits of Transfer Learning", C4.
    """
    found = np.zeros(len(text))
    signs = text.str.contains(_SIGN).fill_null(value=False)
    paragraphs = (
        pl.DataFrame({"row": signs.arg_true(), "text": text.filter(signs)})
        .filter(pl.col("text").str.contains(f"{_POLICY}|{_LOREM}"))
        .with_columns(pl.col("text").str.split("\n\n"))
        .explode("text")
        .filter(pl.col("text").str.strip_chars(_SPACE) != "")
        .group_by("row")
        .agg(
            policies=pl.col("text").str.contains(_POLICY).mean(),
            lorem=pl.col("text").str.contains(_LOREM).any(),
        )
        .select("row", share=pl.when("lorem").then(1.0).otherwise("policies"))
    )
    found[paragraphs["row"]] = paragraphs["share"]
    return found
