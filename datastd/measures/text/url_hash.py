"""Where a document is from, however its address is written."""

import numpy as np
import polars as pl

from datastd.measures import kernel, measure
from datastd.measures.text import utf8
from datastd.measures.text.normal import Hashes, mixed
from datastd.measures.text.pieces import Bytes, Numbers, keyed
from datastd.model import Level


@measure("L399", "doc-url-hash", unit="64-bit hash", level=Level.WARN)
def url_hash(url: pl.Series) -> pl.Series:
    """
    Hash of each document's address, without what one page has in many forms.

    Left out are ``http://``, ``https://`` and ``www.`` behind it, a query from
    ``?utm_``, ``?ref`` or ``?feed`` on, and slashes at the end.  Shape (N,), uint64; null
    where there is no address.

    Why it matters:
        A page that was crawled twice differs by its advertisements, and hardly in its address.

    Remedy:
        None: it is compared, and not judged.

    Source:
        ``normalize_url`` of the C4 of TensorFlow Datasets.
    """
    plain = url.str.replace_all(r"https?://(www\.)?", "").str.replace_all(
        r"\?(utm_|ref|feed).*", ""
    )
    hashes = pl.Series(_hashes(*utf8(plain.str.strip_chars_end("/"))), dtype=pl.UInt64)
    return hashes.zip_with(url.is_not_null(), pl.Series([None], dtype=pl.UInt64))


@kernel
def _hashes(content: Bytes, offsets: Numbers) -> Hashes:
    found = np.empty(len(offsets) - 1, np.uint64)
    for n in range(len(found)):
        found[n] = mixed(keyed(content, offsets[n], offsets[n + 1]))
    return found
