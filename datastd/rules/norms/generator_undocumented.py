"""N174."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, expected, stated


class GeneratorUndocumented(Norm):
    """
    Synthetic data of which model, version, licence, prompts or share are not stated.

    The share is `generator.rows` of all records of the sources.

    Why it matters:
        Models that learn from models forget the tails, and the terms of many forbid it.

    Remedy:
        State `collection.sources[].generator`.

    Source:
        Regulation (EU) 2024/1689, Art. 53(1)(d), template section 2.5; A3's C19.
    """

    code: ClassVar[str] = "N174"
    name: ClassVar[str] = "synthetic-source-undocumented"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.collection import Generator  # noqa: PLC0415  -- there is a card

        for number, one in enumerate(facts.card.collection.sources):
            if one.method != "synthetic" and one.generator is None:
                continue
            at, made = f"collection.sources.{number}.generator", one.generator or Generator()
            for name in ("model", "version", "license", "prompt_sha256"):
                yield stated(f"{at}.{name}", getattr(made, name), f"the generator's {name}")
            yield stated(f"{at}.rows", made.rows, "how many records it made")
            if made.rows is not None and one.rows is not None:
                more = made.rows > one.rows
                wrong = expected(f"at most the {one.rows} of the source", made.rows) if more else ""
                yield Look(f"{at}.rows", wrong)
