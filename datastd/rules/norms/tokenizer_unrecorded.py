"""N207."""

from collections.abc import Iterator
from typing import ClassVar

from datastd.model import Profile
from datastd.rules.norms import Facts, Look, Norm, stated

_TOKENS = frozenset({"nanogpt", "llmc", "megatron", "datatrove", "dolma"})


class TokenizerUnrecorded(Norm):
    """
    Token ids without the tokenizer that made them: name, revision, SHA-256 of its files, number
    of ids, element type, and the id that ends a text.

    Looked at are datasets of token files.

    Why it matters:
        Ids of another tokenizer are noise that a model learns without complaint.

    Remedy:
        State `processing.tokenizer`.

    Source:
        datatrove's metadata; llm.c's magic number for each tokenizer; A3's P17.
    """

    code: ClassVar[str] = "N207"
    name: ClassVar[str] = "tokenizer-not-recorded"

    asked_from: Profile = "team"

    def looks(self, facts: Facts) -> Iterator[Look]:
        from datastd.card.processing import Tokenizer  # noqa: PLC0415  -- there is a card

        if facts.format not in _TOKENS and "tokens" not in facts.card.identity.modality:
            return
        known = facts.card.processing.tokenizer or Tokenizer()
        for name in ("name", "revision", "files_sha256", "vocab_size", "dtype", "eos"):
            yield stated(
                f"processing.tokenizer.{name}", getattr(known, name), f"the tokenizer's {name}"
            )
