"""N062."""

import re
from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Level, Profile
from datastd.names import folded
from datastd.rules.norms import Facts, Look, Norm, expected

_SHORTEST = 20  # characters
_PLACEHOLDER = re.compile(
    r"[\[(<{]?\s*(todo|tbd|fixme|xxx+|n/?a|none|unknown|more information needed|to be .*"
    r"|\.*|-*|\?*|(todo|tbd|fixme)\s*[:!-].*)\s*[\])>}]?[.:!]?",
    re.IGNORECASE,
)


class TextPlaceholder(Norm):
    """
    A text of the card that is missing, or stands for one that somebody meant to write.

    Those are title, description, and intended use, use that is out of scope, and known limits.
    None has less than 20 characters, the title aside, and none is TODO, TBD, n/a, ``[More
    Information Needed]`` or Lorem ipsum.

    Why it matters:
        A card that was never filled in looks like one that was.

    Remedy:
        Write what is true; a sentence is enough.

    Source:
        Hugging Face's template for dataset cards; A3's I08.
    """

    code: ClassVar[str] = "N062"
    name: ClassVar[str] = "card-text-placeholder"

    level: Level = Level.WARN
    error_from: Profile | None = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        identity = facts.card.identity
        texts = {
            "identity.title": (identity.title, 1),
            "identity.description": (identity.description, _SHORTEST),
            "identity.use.intended": (identity.use.intended, _SHORTEST),
            "identity.use.out_of_scope": (identity.use.out_of_scope, _SHORTEST),
            "identity.use.known_limits": (identity.use.known_limits, _SHORTEST),
        }
        for place, (text, least) in texts.items():
            bare = " ".join(folded(text or "").split())
            if _PLACEHOLDER.fullmatch(bare) or "lorem ipsum" in bare.lower():
                yield Look(place, expected("a text", "a placeholder" if bare else "nothing"))
            else:
                short = f"{len(bare)} characters"
                wrong = (
                    "" if len(bare) >= least else expected(f"at least {least} characters", short)
                )
                yield Look(place, wrong)
