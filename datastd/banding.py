"""How near duplicates of documents are looked for, which a standard states once."""

from pydantic import Field

from datastd.model import Model


class Banding(Model):
    """
    MinHash: which runs of words are hashed, and how the hashes are put into bands.

    Two documents whose sets of runs have a Jaccard similarity of s agree in one band at
    least with probability 1 - (1 - s^rows)^bands: with 14 bands of 8, 0.57 at 0.7, 0.77 at
    0.75, 0.92 at 0.8, 0.99 at 0.85.

    Attributes:
        words: Words of a run; what has fewer has none, and is like nothing.
        bands: How many bands there are.
        rows: Hashes of a band.
    """

    words: int = Field(default=5, ge=1, le=64)
    bands: int = Field(default=14, ge=1, le=1024)
    rows: int = Field(default=8, ge=1, le=64)
