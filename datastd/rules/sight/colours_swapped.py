"""C888."""

from typing import ClassVar

import polars as pl

from datastd.rules.sight import SeenShare, said


class ColoursSwapped(SeenShare):
    """
    Share of the pictures whose colours come out of the pipeline in another order.

    Some samples are followed by three that are made: all red, all green, all blue.  Of each channel
    that comes out it is looked which of them makes it another than the other two.  Where that can
    not be told, as of a picture that is made grey, nothing is said.

    Why it matters:
        A network trained on red, green and blue is given blue, green and red: it is some points
        worse, and nothing says why.

    Remedy:
        OpenCV reads blue first: ``cv2.cvtColor(image, cv2.COLOR_BGR2RGB)``, once.  Where the
        model wants it so, say so: `Pipeline.channels`.

    Source:
        OpenCV, ``imread``: "the decoded images will have the channels stored in B G R order".
    """

    code: ClassVar[str] = "C888"
    name: ClassVar[str] = "colours-swapped"
    table: ClassVar[str] = "colours"
    reads: ClassVar[tuple[str, ...]] = ("order", "expected")

    limit: float = 0.9
    because: str = "an augmentation may turn hues, or permute channels, at random"

    def wrong(self) -> pl.Expr:
        return pl.col("order") != pl.col("expected")

    def told(self) -> pl.Expr:
        return said("expected {} (Pipeline.channels), found {}", "expected", "order")
