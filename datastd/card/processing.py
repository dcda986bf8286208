"""The third part of the card: what was done to the data, step by step, and what that left."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import NonNegativeFloat, NonNegativeInt, PositiveInt

from datastd.card.terms import Terms
from datastd.model import FrozenMapping, Model

Op = Literal[
    "extract", "normalise", "filter", "dedup", "pii", "label", "split", "tokenise", "shard",
    "decontaminate", "augment", "merge", "sample", "shuffle", "manual",
]  # fmt: skip
Form = Literal["NFC", "NFD", "NFKC", "NFKD", "none"]


class Step(Model):
    """
    One step: from what, by what, to what.

    Attributes:
        id: Its short name; a number where it has none.
        inputs: Sources and earlier steps that it read, by their ids; the step before, if none.
        op: What it does.
        tool: The program that did it.
        tool_version: Its exact version.
        code: Commit, or digest, of the code.
        params: What the program was told, where that is short.
        params_file: File of what it was told, below the dataset's folder.
        params_sha256: SHA-256 of that.
        metrics: Names of the numbers that it gave of each record.
        thresholds: By which of these it, or a later step, chose; with the limit of each.
        seed: Where chance begins.
        rows_in: Records that it read.
        rows_out: Records that it gave.
        removed: Records that it left out, by reason.
        bytes_out: Bytes that it gave.
        inputs_sha256: Digest of what it read.
        outputs_sha256: Digest of what it gave.
        expected_removed: The least and the most of all records that it should leave out, as
            shares of them.
        standard: The standard by which it chose.
        report_sha256: SHA-256 of the report by which it chose.
        started: When it began.
        ended: When it ended.
        actor: Who ran it.
        why: Why, where a person did it by hand.
    """

    id: Annotated[str | None, Terms(croissant="@id", openlineage="job.name")] = None
    inputs: Annotated[tuple[str, ...], Terms(croissant="prov:used", openlineage="inputs")] = ()
    op: Annotated[
        Op | None,
        Terms(
            croissant="prov:wasGeneratedBy", rai="dataPreprocessingProtocol",
            spdx="dataset_dataPreprocessing", openlineage="JobTypeJobFacet.jobType",
            eu="Art. 10(2)(c)",
        ),
    ] = None  # fmt: skip
    tool: Annotated[
        str | None,
        Terms(rai="dataManipulationProtocol", openlineage="ProcessingEngineRunFacet.name"),
    ] = None
    tool_version: Annotated[str | None, Terms(openlineage="ProcessingEngineRunFacet.version")] = (
        None
    )
    code: Annotated[
        str | None, Terms(openlineage="SourceCodeLocationJobFacet.version", private=True)
    ] = None
    params: Annotated[
        FrozenMapping[str, Any], Terms(rai="dataPreprocessingProtocol", private=True)
    ] = {}  # noqa: RUF012  -- frozen as it is validated
    params_file: Annotated[str | None, Terms(private=True)] = None
    params_sha256: str | None = None
    metrics: tuple[str, ...] = ()
    thresholds: Annotated[FrozenMapping[str, float], Terms(rai="dataPreprocessingProtocol")] = {}  # noqa: RUF012
    seed: int | None = None
    rows_in: Annotated[
        NonNegativeInt | None,
        Terms(openlineage="InputStatisticsInputDatasetFacet.rowCount", unit="records"),
    ] = None
    rows_out: Annotated[
        NonNegativeInt | None,
        Terms(openlineage="OutputStatisticsOutputDatasetFacet.rowCount", unit="records"),
    ] = None
    removed: Annotated[FrozenMapping[str, NonNegativeInt], Terms(unit="records")] = {}  # noqa: RUF012
    bytes_out: Annotated[
        NonNegativeInt | None,
        Terms(openlineage="OutputStatisticsOutputDatasetFacet.size", unit="bytes"),
    ] = None
    inputs_sha256: Annotated[str | None, Terms(openlineage="DatasetVersionDatasetFacet")] = None
    outputs_sha256: Annotated[str | None, Terms(openlineage="DatasetVersionDatasetFacet")] = None
    expected_removed: Annotated[
        tuple[NonNegativeFloat, NonNegativeFloat] | None, Terms(unit="share of records")
    ] = None
    standard: str | None = None
    report_sha256: str | None = None
    started: Annotated[datetime | None, Terms(croissant="prov:startedAtTime")] = None
    ended: Annotated[datetime | None, Terms(croissant="prov:endedAtTime")] = None
    actor: Annotated[str | None, Terms(croissant="prov:wasAssociatedWith", private=True)] = None
    why: Annotated[str | None, Terms(eu="Art. 10(2)(c)")] = None


class Split(Model):
    """
    A split, as it is stated.

    Attributes:
        rows: Records in it.
        bytes: Bytes of its files.
        record_digest: Digest of its records, in order.
        purpose: What it is for.
    """

    rows: Annotated[
        NonNegativeInt | None, Terms(croissant="cr:Split", hf="num_examples", unit="records")
    ] = None
    bytes: Annotated[NonNegativeInt | None, Terms(hf="num_bytes", unit="bytes")] = None
    record_digest: str | None = None
    purpose: Annotated[str | None, Terms(croissant="cr:Split")] = None


class Dedup(Model):
    """
    How records that stand twice were taken out.

    Attributes:
        method: exact, minhash, suffix-array, phash, or another.
        threshold: From which likeness on they were the same.
        scope: Among what they were looked for: a dump, a split, everything.
        removed: Records that were taken out.
    """

    method: Annotated[str | None, Terms(rai="dataPreprocessingProtocol")] = None
    threshold: NonNegativeFloat | None = None
    scope: str | None = None
    removed: Annotated[NonNegativeInt | None, Terms(unit="records")] = None


class Decontamination(Model):
    """
    What was looked for of an evaluation set, and what became of it.

    Attributes:
        against: The evaluation set.
        against_sha256: Digest of it.
        method: ngram, minhash, exact, or another.
        ngram: Words in a run, where it was by runs of words.
        threshold: From which share on a record counted.
        action: What was done with it.
        hits: Records that counted.
        report_sha256: SHA-256 of the report.
    """

    against: str | None = None
    against_sha256: str | None = None
    method: str | None = None
    ngram: Annotated[PositiveInt | None, Terms(unit="words")] = None
    threshold: NonNegativeFloat | None = None
    action: str | None = None
    hits: Annotated[NonNegativeInt | None, Terms(unit="records")] = None
    report_sha256: str | None = None


class Pii(Model):
    """
    How personal data were looked for, and what was done with them.

    Attributes:
        tool: The program that looked for them.
        version: Its version, as exact as can be.
        entities: Kinds that it looked for.
        action: What it did with them.
        report_sha256: SHA-256 of its report.
    """

    tool: Annotated[
        str | None,
        Terms(dta="use.privacy-enhancing", spdx="dataset_anonymizationMethodUsed"),
    ] = None
    version: str | None = None
    entities: tuple[str, ...] = ()
    action: Annotated[
        str | None,
        Terms(dta="use.privacy-enhancing", spdx="dataset_anonymizationMethodUsed"),
    ] = None
    report_sha256: str | None = None


class ContentSafety(Model):
    """
    How illegal or harmful content was looked for.

    Attributes:
        method: How it was looked for.
        threshold: From which score on a record was taken out.
        lists_sha256: SHA-256 of the lists.
        removed: Records that were taken out.
    """

    method: Annotated[str | None, Terms(eu="3.2")] = None
    threshold: Annotated[NonNegativeFloat | None, Terms(eu="3.2")] = None
    lists_sha256: Annotated[str | None, Terms(eu="3.2")] = None
    removed: Annotated[NonNegativeInt | None, Terms(eu="3.2", unit="records")] = None


class Labels(Model):
    """
    What labels mean.

    Attributes:
        names: The classes, in the order of their numbers.
        map_file: File of them, below the dataset's folder.
        map_sha256: SHA-256 of it.
        closed: Whether there are no others.
    """

    names: Annotated[
        tuple[str, ...], Terms(croissant="cr:Label, sc:Enumeration", hf="class_label.names")
    ] = ()
    map_file: str | None = None
    map_sha256: str | None = None
    closed: bool | None = None


class Tokenizer(Model):
    """
    What made ids of text.

    Attributes:
        name: What it is called.
        revision: Which version of it.
        files_sha256: SHA-256 of its files.
        vocab_size: Ids that it knows.
        dtype: Element type of the stored ids.
        eos: The id that ends a text.
        specials: Ids that stand for no text, by name.
    """

    name: str | None = None
    revision: str | None = None
    files_sha256: str | None = None
    vocab_size: Annotated[PositiveInt | None, Terms(unit="ids")] = None
    dtype: str | None = None
    eos: NonNegativeInt | None = None
    specials: FrozenMapping[str, NonNegativeInt] = {}  # noqa: RUF012


class Environment(Model):
    """
    Where the steps ran.

    Attributes:
        lock_sha256: SHA-256 of the list of packages.
        image_digest: Digest of the container's image.
    """

    lock_sha256: str | None = None
    image_digest: str | None = None


class Normalisation(Model):
    """
    How texts were made alike.

    Attributes:
        unicode: The form of Unicode that they are in.
        line_endings: What ends a line.
        lower_case: Whether capitals became small letters.
        digits: Whether digits were replaced.
    """

    unicode: Form | None = None
    line_endings: Literal["lf", "crlf", "mixed"] | None = None
    lower_case: bool | None = None
    digits: bool | None = None


class Processing(Model):
    """
    What was done to the data.

    Attributes:
        steps: Each step, after those that it reads.
        splits: The splits that are left, by name.
        group_key: The field whose values are in one split each.
        raw_preserved: Whether the data as they came are kept, or the ids of each record in them.
        dedup: How records that stand twice were taken out.
        decontamination: How evaluation sets were kept out.
        pii: How personal data were looked for.
        content_safety: How illegal or harmful content was.
        normalisation: How texts were made alike.
        labels: What labels mean.
        tokenizer: What made ids of text.
        environment: Where the steps ran.
        record_schema: Name of the schema that each record has, and its version.
    """

    steps: Annotated[
        tuple[Step, ...],
        Terms(
            croissant="prov:wasGeneratedBy", rai="dataPreprocessingProtocol",
            spdx="dataset_dataPreprocessing", openlineage="RunEvent", eu="Art. 10(2)(c)",
        ),
    ] = ()  # fmt: skip
    splits: Annotated[FrozenMapping[str, Split], Terms(croissant="cr:Split", hf="splits")] = {}  # noqa: RUF012
    group_key: str | None = None
    raw_preserved: bool | None = None
    dedup: tuple[Dedup, ...] = ()
    decontamination: tuple[Decontamination, ...] = ()
    pii: Pii | None = None
    content_safety: ContentSafety | None = None
    normalisation: Normalisation | None = None
    labels: Labels | None = None
    tokenizer: Tokenizer | None = None
    environment: Environment | None = None
    record_schema: Annotated[str | None, Terms(croissant="schemaVersion")] = None
