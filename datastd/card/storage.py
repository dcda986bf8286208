"""The fourth part of the card: how the dataset is kept, by whom it may be read, and until when."""

from datetime import date
from typing import Annotated, Literal

from pydantic import NonNegativeInt

from datastd.card.terms import Terms
from datastd.model import Model

Access = Literal["clear", "green", "amber", "red"]
"""Who may read it, by the traffic light protocol: everyone, the community, those who need, few."""

Availability = Literal[
    "directDownload", "registration", "clickthrough", "query", "scrapingScript", "internal",
]  # fmt: skip


class Shards(Model):
    """
    Files of one kind, among which the records are shared out.

    Attributes:
        pattern: What they are called.
        count: How many there are.
        min_bytes: The least that one takes, the last aside.
        max_bytes: The most that one takes.
    """

    pattern: Annotated[str | None, Terms(croissant="cr:FileSet.includes")] = None
    count: NonNegativeInt | None = None
    min_bytes: Annotated[NonNegativeInt | None, Terms(unit="bytes")] = None
    max_bytes: Annotated[NonNegativeInt | None, Terms(unit="bytes")] = None


class Storage(Model):
    """
    How the dataset is kept.

    Attributes:
        manifest: File of all digests, below the dataset's folder.
        files: Files, the manifest and the card not counted.
        bytes: Bytes of them.
        format: Their format, as `datastd list formats` calls it.
        compression: The codec around it.
        shards: Files among which the records are shared out.
        access: Who may read it.
        availability: How it can be got.
        region: Country in which it lies, by ISO 3166.
        regions_allowed: Countries in which it may; none means all.
        regions_forbidden: Countries in which it may not.
        encryption: How it is encrypted where it lies.
        retention_until: Last day on which it may be kept.
        deletion_method: How it is deleted then.
        review_by: Day by which somebody looks at this card again.
        immutable: What keeps it as it is.
        last_fixity: Day on which all digests were last compared.
    """

    manifest: Annotated[str | None, Terms(croissant="distribution")] = None
    files: Annotated[NonNegativeInt | None, Terms(unit="files")] = None
    bytes: Annotated[
        NonNegativeInt | None,
        Terms(croissant="contentSize", spdx="dataset_datasetSize", unit="bytes"),
    ] = None
    format: Annotated[
        str | None,
        Terms(
            croissant="encodingFormat", dta="provenance.format",
            openlineage="StorageDatasetFacet.fileFormat",
        ),
    ] = None  # fmt: skip
    compression: Annotated[
        str | None,
        Terms(croissant="encodingFormat", openlineage="StorageDatasetFacet.storageLayer"),
    ] = None
    shards: Annotated[Shards | None, Terms(croissant="cr:FileSet")] = None
    access: Annotated[
        Access | None, Terms(dta="use.classification", spdx="dataset_confidentialityLevel")
    ] = None
    availability: Annotated[
        Availability | None, Terms(spdx="dataset_datasetAvailability", hf="gated")
    ] = None
    region: Annotated[str | None, Terms(dta="use.storage-allowed", private=True)] = None
    regions_allowed: Annotated[tuple[str, ...], Terms(dta="use.storage-allowed")] = ()
    regions_forbidden: Annotated[tuple[str, ...], Terms(dta="use.storage-forbidden")] = ()
    encryption: Literal["none", "at-rest", "client-side"] | None = None
    retention_until: date | None = None
    deletion_method: str | None = None
    review_by: date | None = None
    immutable: Literal["none", "chmod", "object-lock", "fs-verity"] | None = None
    last_fixity: date | None = None
