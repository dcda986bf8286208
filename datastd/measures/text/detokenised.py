"""What comes back of a text that was made ids of."""

import polars as pl

from datastd.measures import measure
from datastd.measures.text import Utf8
from datastd.tokenizer import Tokenizer, chosen

_BYTES = 2048


@measure("C490", "detokenised", unit="fraction lost")
def detokenised(utf8: Utf8, tokenizer: Tokenizer) -> pl.DataFrame:
    """
    Whether some texts come back from their ids, by the input ``tokenizer``.

    A table ``row``, ``lost`` (0 where the text came back, 1 where another or none did) and
    ``found``, which says in words what came back.  Of the documents that are read together,
    4 MiB or less, 32 are looked at: those of the lowest hash of their length and first 32
    bytes; and of each the first 2 KiB, no character cut.

    Why it matters:
        A model learns what the ids say, and not what the text does.

    Remedy:
        Normalise the text as the tokenizer does, or take another tokenizer.

    Source:
        datastd's own definition, for C411.
    """
    content, offsets = utf8
    rows, _ = chosen(content, offsets)
    found = list[str]()
    for start, stop in zip(offsets[rows].tolist(), offsets[rows + 1].tolist(), strict=True):
        head = content[start : min(stop, start + _BYTES)].tobytes()
        text = head.decode(errors="ignore")  # the last character may be cut
        found.append(_unlike(text, tokenizer.again(text)))
    said = pl.Series("found", found, pl.String)
    return pl.DataFrame({"row": rows, "lost": (said != "").cast(pl.Float64), "found": said})


def _unlike(text: str, again: str | None) -> str:
    """Where another text is another; nothing where it is not."""
    if again is None:
        return "a text that the tokenizer makes no ids of"
    if again == text:
        return ""
    both = zip(text, again, strict=False)
    at = next((n for n, (a, b) in enumerate(both) if a != b), min(len(text), len(again)))
    here, there = (f"U+{ord(one[at]):04X}" if at < len(one) else "none" for one in (text, again))
    return f"another from character {at} on, {there} for {here}"
