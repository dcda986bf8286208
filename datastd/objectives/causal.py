"""Causal language modelling: each token from those before it."""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import PrivateAttr

from datastd.certificate import Certified
from datastd.loading import Feed
from datastd.loading.texts import Item, windows
from datastd.objectives import Random
from datastd.objectives.texts import Texts


class Causal(Texts):
    """
    The next token, in files of ids or in documents.

    Of ids a sample is what its file has as one, a document or a block; nothing stands before its
    first id, which is no target.  A document of text stands between two ends of text: each of its
    tokens is a target, and that it ends.  Windows follow one another and share one id, the last
    target of one and what the next begins with; the last window is shorter.

    Attributes:
        join: Put the documents of a batch one behind the other, in rows of *length*: fewer places
            are padding, but what is said of a document depends on those before it in the batch.
    """

    takes: ClassVar[tuple[str, ...]] = ("tokens|text",)
    rules: ClassVar[tuple[str, ...]] = ("C401|F303",)
    needs: ClassVar[tuple[str, ...]] = ("eos_token",)

    name: Literal["causal"] = "causal"
    join: bool = False
    _rows: dict[str, int] = PrivateAttr(default_factory=dict)

    def vocabulary(self, data: Certified, feed: Feed) -> int:
        if "tokens" not in feed.first.columns:
            return super().vocabulary(data, feed)
        name = data.certificate.digest
        if name not in self._rows:  # to read every id once is little beside learning from it
            shards = (shard for split in data.splits for shard in data.shards(split))
            blocks: Any = (one.columns["tokens"] for shard in shards for one in data.read(shard))
            self._rows[name] = 1 + max(int(one.values.max(initial=0)) for one in blocks)
        return self._rows[name]

    def items(
        self, samples: Iterable[dict[str, Any]], randoms: Iterable[Random | None]
    ) -> Iterator[list[Item]]:
        del randoms
        some = [*samples]
        texts = [one["text"] for one in some if one.get("tokens") is None]
        made = iter(self.encoder.encode_batch(texts, add_special_tokens=False) if texts else ())
        for one in some:
            if (ids := one.get("tokens")) is None:
                ids = [end := self.known.eos_token_id, *next(made).ids, end]
            yield [*windows(np.array(ids, np.int64), self.length)]

    def collate(self, items: list[Item]) -> dict[str, Any]:
        if self.join:
            whole = {name: np.concatenate([one[name] for one in items]) for name in items[0]}
            items = [
                {name: row[n : n + self.length] for name, row in whole.items()}
                for n in range(0, len(whole["labels"]), self.length)
            ]
        return super().collate(items)
