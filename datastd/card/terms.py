"""What a field of the card is called elsewhere, in what unit it is, and whether it may be shown."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Vocabulary: TypeAlias = Literal["croissant", "rai", "dta", "spdx", "hf", "eu", "openlineage"]


@dataclass(frozen=True, slots=True)
class Terms:
    """
    Names of a field in other vocabularies; empty where they have none.

    Attributes:
        croissant: Croissant 1.1, schema.org's terms without a prefix.
        rai: Croissant RAI 1.0.
        dta: Data & Trust Alliance, Data Provenance Standards 1.0.0.
        spdx: SPDX 3.0, Dataset profile.
        hf: The metadata of a Hugging Face dataset card.
        eu: The section of the European Commission's template for training content.
        openlineage: The facet of OpenLineage.
        unit: Unit of the values.
        private: Whether the public view of the card leaves it out.
    """

    croissant: str = ""
    rai: str = ""
    dta: str = ""
    spdx: str = ""
    hf: str = ""
    eu: str = ""
    openlineage: str = ""
    unit: str = ""
    private: bool = False
