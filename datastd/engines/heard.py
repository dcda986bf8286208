"""
In which languages the texts of a dataset are, and how they are written: a look at some of them,
from all over it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from datastd.languages import LID_176
from datastd.measures import evaluate
from datastd.measures.text.language_found import language_found
from datastd.measures.text.language_found_probability import language_found_probability
from datastd.rules.norms import SIGNS, Heard
from datastd.sources import Batch, Shard, Source
from datastd.sources.chat.words import BY_ASSISTANT, BY_USER

MOST = 1 << 16
"""Texts that are heard, in equal parts of every shard; of more shards, one of each."""

_CAPTION = "caption"
_SURE = 0.65  # probability from which on a language counts, as FineWeb has it
_SHORTEST = 20  # bytes of a text whose language can be told
_BY = (BY_USER, BY_ASSISTANT)  # whose turns are in a language: what tools answer is in none


def heard(
    source: Source, shards: Sequence[Shard], form: str | None = None, *, tells: bool = True
) -> Heard:
    """
    Hear some texts of each shard.

    A text is the text of a document, what is said in a turn or of a picture, or a value of a
    record without any; shorter than 20 bytes, or one word of ASCII, it tells nothing and is
    left out.

    Args:
        source: The dataset.
        shards: All of it.
        form: The form of Unicode that the texts are compared with; none where it is no matter.
        tells: Whether their languages are asked for.
    """
    found: Counter[str] = Counter()
    written = Counter(dict.fromkeys([form] if form else [], 0))
    texts = 0
    for shard in _spread(shards, MOST) if _speaks(source) else ():
        said = _said(source, shard, max(MOST // len(shards), 1))
        if not len(said):
            continue
        texts += len(said)
        for counts in _written(said, form):
            written.update(counts)
        if tells:
            given = {"text": said, "language_model": LID_176}
            values = evaluate((language_found, language_found_probability), given)
            sure = pl.Series(values["language_found_probability"]) >= _SURE
            found.update(pl.Series(values["language_found"]).filter(sure).to_list())
            tells = not sure.null_count()  # there is no model
    return Heard(found if tells else None, texts, written)


def _speaks(source: Source) -> bool:
    """Say whether samples may have words; of pictures, those that have captions."""
    return not source.isolated or _CAPTION in source.annotates


def _written(texts: pl.Series, form: str | None) -> Iterator[dict[str, int]]:
    """How many of some texts show each of `SIGNS`, and how many are not in a form of Unicode."""
    yield {name: int(texts.str.contains(one).sum()) for name, one in SIGNS.items()}
    if form:
        odd = texts.filter(texts.str.contains(r"[^\x00-\x7F]"))  # ASCII is in every form
        yield {form: int((odd != odd.str.normalize(form)).sum())}  # type: ignore[arg-type]


def _spread(shards: Sequence[Shard], most: int) -> Iterator[Shard]:
    """At most so many shards, evenly from first to last."""
    at = np.linspace(0, len(shards) - 1, min(len(shards), most)).astype(np.int64)
    yield from (shards[number] for number in at)


def _said(source: Source, shard: Shard, most: int) -> pl.Series:
    """The first texts of a shard, at most so many, that a language can be told of."""
    some: list[pl.Series] = []
    for read in source.words(shard):
        if isinstance(read, Batch):
            some += [_telling(one) for one in _texts(read)]
            if sum(map(len, some)) >= most:
                break
    return pl.concat([pl.Series([], dtype=pl.String), *some]).head(most)


def _texts(batch: Batch) -> Iterator[pl.Series]:
    """What a batch says in words."""
    said = batch.annotations
    if said is not None and "speaker" in said.columns:
        yield said.filter(pl.col("speaker").is_in(_BY)).get_column("text")
        return
    if said is not None and _CAPTION in said.columns:
        yield said.get_column(_CAPTION).drop_nulls()
        return
    known = batch.columns
    for one in [known["text"]] if "text" in known else known.values():
        if isinstance(one, pl.Series) and one.dtype == pl.String:
            yield one


def _telling(texts: pl.Series) -> pl.Series:
    """Those of some texts that a language can be told of."""
    words = texts.str.contains(" ", literal=True) | texts.str.contains(r"[^\x00-\x7F]")
    return texts.filter((texts.str.len_bytes() >= _SHORTEST) & words)
