"""
The 94 norms of ``norms_security.md``, section A3, and what each of them is here.

Where the catalogue of rules speaks of the same thing there is one rule, with the catalogue's
code and the stricter definition of both.  What a norm is about that no rule can see says so.
"""

from typing import NamedTuple


class Named(NamedTuple):
    """
    What a norm of A3 is here.

    Attributes:
        codes: The rules that it is; none where it is not built.
        why: Why it is these, where they are not its own; or why it is not built.
    """

    codes: tuple[str, ...]
    why: str = ""


def _is(codes: str, why: str = "") -> Named:
    return Named(tuple(codes.split()), why)


_KEYS = "the trainer's gate asks it, where certificates and trust are"

NAMED: dict[str, Named] = {
    "I01": _is("N060"),
    "I02": _is("N006", "one rule for name and version: the catalogue asks for the version"),
    "I03": _is("N061"),
    "I04": _is("N001", "an expression that is valid is one that says something"),
    "I05": _is("N001", "a licence that says nothing is none"),
    "I06": _is("N002", "the text of a licence that no list has is the link that the hub asks for"),
    "I07": _is("N010", "who made it, and whom to ask to take something out, are its parties"),
    "I08": _is("N062"),
    "I09": _is("N063"),
    "I10": _is("N064"),
    "I11": _is("N065", "the list of withdrawn digests is the trainer's: its gate reads it"),
    "I12": _is("N066", "the parent's is that of the input `reference`"),
    "I13": _is("N009 N068 Q381 Q382", "tags are the card's; texts are heard"),
    "I14": _is("N067"),
    "C01": _is("N160 N102", "the days of retrieval are a rule of their own in the catalogue"),
    "C02": _is("N161 N101", "steps are asked by the card; records are asked for a source"),
    "C03": _is("N162"),
    "C04": _is("N003", "one table of licences"),
    "C05": _is("N163"),
    "C06": _is("N164"),
    "C07": _is("N165"),
    "C08": _is("N104", "one rule for how a crawl behaved, A3's list of what is stated"),
    "C09": _is("N166"),
    "C10": _is("", "needs the archived rules of each site, for which there is no input yet"),
    "C11": _is("N168"),
    "C12": _is("N169"),
    "C13": _is("N170 N180", "unstated warns from the start; `noAssertion` blocks a release alone"),
    "C14": _is("N105", "the catalogue's basis of consent is any legal basis"),
    "C15": _is("N171"),
    "C16": _is("N172"),
    "C17": _is("N173"),
    "C18": _is("N106 N107", "the catalogue parts the protocol from the agreement"),
    "C19": _is("N174"),
    "C20": _is("N175"),
    "C21": _is("N176 C721", "of records that have a `time`: in its period, and not in the future"),
    "C22": _is("N177"),
    "C23": _is("N160", "each method belongs to one section of the template, and is one of ten"),
    "C24": _is("N179"),
    "P01": _is("N260"),
    "P02": _is("N201", "one rule for what is stated of a step"),
    "P03": _is("N261"),
    "P04": _is("N202", "one rule for numbers of records"),
    "P05": _is("N206", "a step that draws without a seed does not give the same again"),
    "P06": _is("N262"),
    "P07": _is("N263"),
    "P08": _is("N208 L101 L301 L706", "declared on the card; measured as exact copies"),
    "P09": _is("L103 L303 L107", "near copies are measured by the method of the standard"),
    "P10": _is("L102 L313 L502 L701", "copies across splits, by content and by id"),
    "P11": _is("L703", "the standard names the column: the card never chooses what is judged"),
    "P12": _is("N209", "one rule for what is stated of evaluation sets"),
    "P13": _is("L310 L311 L199", "repeated against the input `evaluation`"),
    "P14": _is("N266 Q390 Q391 Q392", "the step is declared; what is left is measured"),
    "P15": _is("Q394", "one measure of secrets"),
    "P16": _is("N267"),
    "P17": _is("N207 C401 C402 C405", "the tokenizer is declared; ids are read"),
    "P18": _is("N212 Q306 F014", "forms are declared, and measured"),
    "P19": _is("N269"),
    "P20": _is("", "needs the program of the step: `clean` is the only one that can be run again"),
    "P21": _is("N271"),
    "P22": _is("N101 N174", "a record is synthetic where the source that it names is"),
    "P23": _is("", "ISO/IEC 5259-2 is not at hand: its headings are not given from memory"),
    "S01": _is("C001 C002", "digest and presence of each file that the manifest states"),
    "S02": _is("C003 N367", "data that are not listed, and papers that are not"),
    "S03": _is("N360"),
    "S04": _is(
        "N372 F001 F098",
        "hard links out, asked from `team` on, where `clean` no longer links what it writes; "
        "what is no file, and empty folders, are defects",
    ),
    "S05": _is("F005 F006", "unsafe paths are defects; names that do not travel are a rule"),
    "S06": _is("F004 F008 N308", "by the first bytes, and by the suffix"),
    "S07": _is("F003 N309", "decoded sizes are bounded where the source reads"),
    "S08": _is("N305", "the catalogue's band, 50 MB to 2 GB"),
    "S09": _is("N303 N304", "the catalogue counts files and folders apart"),
    "S10": _is("N307 C005", "names of shards, and gaps in their numbers"),
    "S11": _is("C004 C413 N274", "counts that files, indices and the card state"),
    "S12": _is("C007 F003", "one schema over all shards; checksums of pages are compared"),
    "S13": _is("F040 F043 F046", "members of a WebDataset"),
    "S14": _is("N361"),
    "S15": _is("N362"),
    "S16": _is("N310", "what everybody may write, the training user may"),
    "S17": _is("", "a recipe names a certificate, which is bound to a digest, not a name"),
    "S18": _is("N364"),
    "S19": _is("N313", "one rule for what restricted data need"),
    "S20": _is("N311", "one rule for how long data are kept"),
    "S21": _is("", "a version that was deleted is not there to be checked"),
    "S22": _is("N366 N371", "what the card states, and what a bag does"),
    "S23": _is("N367"),
    "S24": _is("N368"),
    "S25": _is("N369"),
    "A01": _is("", f"N401 is kept for it: {_KEYS}"),
    "A02": _is("", f"N402 is kept for it: {_KEYS}"),
    "A03": _is("", f"N403 is kept for it: {_KEYS}"),
    "A04": _is("", f"N404 is kept for it: {_KEYS}"),
    "A05": _is("", f"N405 is kept for it: {_KEYS}"),
    "A06": _is("", f"N406 is kept for it: {_KEYS}"),
    "A07": _is("", f"N407 is kept for it: {_KEYS}"),
    "A08": _is("", f"N408 is kept for it: {_KEYS}"),
}  # fmt: skip
"""Each norm of A3 by its name there."""
