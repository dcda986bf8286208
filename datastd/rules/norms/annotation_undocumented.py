"""N106."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.rules.norms import Facts, Look, Norm, hashed, stated


class AnnotationUndocumented(Norm):
    """
    Labels that people gave, and nobody says where, by what instructions, or how many of them.

    The instructions are a file of the dataset whose SHA-256 the card states, or that digest
    alone where they are kept elsewhere.

    Why it matters:
        What annotators were told is what the labels mean.

    Remedy:
        State `collection.sources[].annotation`.

    Source:
        Croissant RAI 1.0, dataAnnotationProtocol, annotationsPerItem; A3's C18.
    """

    code: ClassVar[str] = "N106"
    name: ClassVar[str] = "annotation-protocol-missing"

    level: Level = Level.WARN
    error_from: Profile | None = "release"
    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.collection import Annotation  # noqa: PLC0415  -- there is a card

        for number, one in enumerate(facts.card.collection.sources):
            if one.method != "human" and one.annotation is None:
                continue
            at, labelled = f"collection.sources.{number}.annotation", one.annotation or Annotation()
            yield stated(f"{at}.platform", labelled.platform, "where they worked")
            yield stated(f"{at}.per_item", labelled.per_item, "labels of each sample")
            told = f"{at}.guidelines_sha256"
            yield stated(told, labelled.guidelines_sha256, "SHA-256 of what they were told")
            if labelled.guidelines:
                sha256 = labelled.guidelines_sha256
                yield hashed(facts, f"{at}.guidelines", labelled.guidelines, sha256)
