"""C891."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenRule, said


class ItemChangedInBatch(SeenRule):
    """
    Items that collate changes, or of which it gives a part to another item.

    Numbers of an item are looked for under their names, or in their places, and in the row of the
    batch that is the item's; all items may be in another order, as long as everything of each goes
    with it.  Padding of one value, stacking, fewer bits, channels that come first, bytes divided by
    255, a class as a vector of zeros and a one, masked tokens that their labels restore, and items
    one after another in one array are no changes.  Of what collate makes itself, such as ids of
    texts, nothing is known here: have the tokenizer before it.

    Why it matters:
        Pictures and labels that are sound one by one are learned with those of others, and no check
        of samples sees it.

    Remedy:
        Stack and pad in collate, and do what changes numbers in the transform.  Where a mixture of
        several samples is meant (mixup, cutmix), labels are those of no record: preview the
        pipeline without it, or say so with `ItemChangedInBatch(limit=…, because=…)` in *rules*.

    Source:
        Zhang et al. 2018, "mixup", arXiv:1710.09412; PyTorch, ``torch.utils.data.default_collate``.
    """

    code: ClassVar[str] = "C891"
    name: ClassVar[str] = "item-changed-in-batch"
    unit: ClassVar[str] = "items"
    table: ClassVar[str] = "collated"
    reads: ClassVar[tuple[str, ...]] = ("fault",)

    def wrong(self) -> pl.Expr:
        return pl.col("fault").is_not_null()

    def told(self) -> pl.Expr:
        return said("expected all of the item in its place in the batch, found {}", "fault")
