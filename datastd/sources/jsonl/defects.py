"""What makes a line of JSON lines no record, each defect with its code."""

from collections.abc import Mapping

from datastd.sources import Defect
from datastd.sources.encoding import Utf8Invalid
from datastd.sources.jsonl.grammar import (
    BLANK,
    NO_OBJECT,
    NONFINITE,
    SURROGATE,
    SYNTAX,
    TWICE,
    UTF8,
)


class JsonlInvalidLine(Defect):
    """
    A line that is not JSON as RFC 8259 has it, or longer than 16 MiB.

    Lines end with a line feed, byte 0A, and with nothing else.  Objects and arrays may
    lie inside each other 128 times, and a record may have a million keys.

    Why it matters:
        A loader ends at it in the middle of an epoch, or skips it; one parser's leniency
        is another's error.

    Remedy:
        Write records with a JSON library, one a line.

    Source:
        RFC 8259; the parsers of HF datasets, data-juicer and datatrove differ on it.
    """

    code, name, unit = "F010", "jsonl-invalid-line", "samples"


class JsonlNotObject(Defect):
    """
    A line whose JSON is a number, a string, an array or a literal, and no object.

    Why it matters:
        A record is a mapping from names to values; a loader fails at the first key.

    Remedy:
        Write each record as an object.

    Source:
        OpenAI cookbook, "Data preparation": ``data_type``.
    """

    code, name, unit = "F011", "jsonl-not-object", "samples"


class JsonDuplicateKey(Defect):
    """
    An object in which a key stands twice, at any depth; escapes make no other key.

    Why it matters:
        Python keeps the last value, others the first: what was checked is not what is
        trained on.

    Remedy:
        Write records with a JSON library from a mapping.

    Source:
        RFC 8259, section 4: names should be unique.
    """

    code, name, unit = "F012", "json-duplicate-key", "samples"


class JsonNonfiniteNumber(Defect):
    """
    NaN or Infinity, which JSON has not, or a number that becomes infinite as float64.

    Why it matters:
        Python's parser takes all three, others refuse the line; an infinite weight or
        score spoils every mean.

    Remedy:
        Write null, or leave the key out.

    Source:
        RFC 8259, section 6.
    """

    code, name, unit = "F013", "json-nonfinite-number", "samples"


class JsonLoneSurrogate(Defect):
    """
    An escape from D800 to DFFF without the other half of its pair.

    Why it matters:
        ``json.loads`` takes it, and a tokenizer that encodes the string raises later.

    Remedy:
        Repair the text where it was cut: between the halves of one character.

    Source:
        RFC 8259, section 8.2.
    """

    code, name, unit = "F014", "json-lone-surrogate", "samples"


WRONG: Mapping[int, tuple[type[Defect], str, str]] = {
    BLANK: (JsonlInvalidLine, "JSON", "nothing"),
    SYNTAX: (JsonlInvalidLine, "JSON", "what is none"),
    NO_OBJECT: (JsonlNotObject, "an object", "another value"),
    TWICE: (JsonDuplicateKey, "each key once", "one that stood before"),
    NONFINITE: (JsonNonfiniteNumber, "a finite number", "one that is not"),
    SURROGATE: (JsonLoneSurrogate, "both halves of a pair", "one of them"),
    UTF8: (Utf8Invalid, "UTF-8", "other bytes"),
}
"""What a line of JSON is named for: the defect, what was expected, and what was found."""
