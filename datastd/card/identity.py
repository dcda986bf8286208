"""The first part of the card: what the dataset is, and what it may be used for."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from datastd.card.terms import Terms
from datastd.model import Model

Status = Literal["active", "maintained", "limited", "deprecated", "withdrawn"]
PartyRole = Literal["creator", "publisher", "curator", "maintainer", "funder", "contact"]
Modality = Literal["image", "text", "tokens", "tabular", "audio", "video"]

UseCode = Literal[
    "ai-pre-training", "ai-alignment", "ai-evaluation", "ai-synthetic", "ai-embedding",
    "ai-retrieval", "research", "teaching", "non-commercial", "commercial",
]  # fmt: skip
"""What data may be used for; those that begin with ``ai-`` are the codes of the D&TA."""


class Party(Model):
    """
    A person or an organisation that answers for the dataset.

    Attributes:
        name: What it is called.
        role: What it does: create, publish, curate, maintain, fund, or answer.
        contact: An address of mail or of a page.
    """

    name: Annotated[
        str | None, Terms(croissant="creator.name", spdx="Agent.name", hf="curated_by")
    ] = None
    role: Annotated[PartyRole | None, Terms(croissant="creator, publisher", hf="curated_by")] = None
    contact: Annotated[str | None, Terms(croissant="creator.email", private=True)] = None


class Use(Model):
    """
    What the dataset may be used for.

    Attributes:
        codes: Kinds of use that it is for.
        intended: What it was made for.
        out_of_scope: What it must not be used for.
        known_limits: What it cannot tell.
        biases: How it is skewed, as far as is known.
        bias_report: File of the assessment of bias and gaps, below the dataset's folder.
        bias_report_sha256: SHA-256 of that file.
        bias_assessed: Day of the assessment.
        terms: Terms of use, of DUO or ODRL.
    """

    codes: Annotated[
        tuple[UseCode, ...],
        Terms(rai="dataUseCases", dta="use.intended-purpose", spdx="software_primaryPurpose"),
    ] = ()
    intended: Annotated[
        str | None,
        Terms(rai="dataUseCases", spdx="dataset_intendedUse", hf="direct_use", eu="Art. 10(2)(d)"),
    ] = None
    out_of_scope: Annotated[
        str | None, Terms(rai="dataLimitations", hf="out_of_scope_use", eu="Art. 10(2)(h)")
    ] = None
    known_limits: Annotated[
        str | None, Terms(rai="dataLimitations", hf="bias_risks_limitations", eu="Art. 10(2)(h)")
    ] = None
    biases: Annotated[
        str | None,
        Terms(
            rai="dataBiases",
            spdx="dataset_knownBias",
            hf="bias_risks_limitations",
            eu="Art. 10(2)(f)",
        ),
    ] = None
    bias_report: Annotated[str | None, Terms(eu="Art. 10(2)(f)")] = None
    bias_report_sha256: str | None = None
    bias_assessed: date | None = None
    terms: Annotated[tuple[str, ...], Terms(croissant="usageInfo", hf="extra_gated_prompt")] = ()


class Identity(Model):
    """
    What the dataset is.

    Attributes:
        uuid: Its identifier, for ever; another than its parent's.
        name: Its short name: small letters, digits, ``.``, ``_`` and ``-``.
        version: Its version, MAJOR.MINOR.PATCH: PATCH for the same data, MINOR where all data of
            the version before are in it, MAJOR where data changed or went.
        previous_version: The version before; none for the first.
        previous_date: Day on which that was published.
        status: Whether it is kept up.
        title: Its name, for people.
        description: What is in it.
        license: What may be done with it: an SPDX expression.
        license_files: Files that hold the text of each ``LicenseRef-`` in it.
        parties: Who answers for it.
        modality: What its samples are.
        task: Tasks that it is for, as Hugging Face calls them.
        languages: Languages of its texts, by BCP 47.
        use: What it may be used for.
        created: Day on which it was finished.
        published: Day on which it was published.
        citation: How to cite it.
        url: Its page on the web.
    """

    uuid: Annotated[UUID | None, Terms(croissant="identifier", dta="source.id", spdx="spdxId")] = (
        None
    )
    name: Annotated[
        str | None, Terms(croissant="name", dta="source.title", spdx="name", hf="repository")
    ] = None
    version: Annotated[
        str | None, Terms(croissant="version", spdx="software_packageVersion", hf="revision")
    ] = None
    previous_version: Annotated[str | None, Terms(croissant="isBasedOn")] = None
    previous_date: Annotated[date | None, Terms(dta="provenance.previous-date")] = None
    status: Annotated[
        Status | None,
        Terms(rai="dataReleaseMaintenancePlan", spdx="dataset_datasetUpdateMechanism"),
    ] = None
    title: Annotated[
        str | None, Terms(croissant="alternateName", dta="source.title", hf="pretty_name")
    ] = None
    description: Annotated[
        str | None,
        Terms(
            croissant="description", dta="source.description", spdx="summary",
            hf="dataset_description", eu="1.3",
        ),
    ] = None  # fmt: skip
    license: Annotated[
        str | None,
        Terms(
            croissant="license", dta="use.license", spdx="hasDeclaredLicense", hf="license",
            eu="2.2.1",
        ),
    ] = None  # fmt: skip
    license_files: Annotated[tuple[str, ...], Terms(spdx="licenseText", hf="license_link")] = ()
    parties: Annotated[
        tuple[Party, ...],
        Terms(
            croissant="creator, publisher", dta="source.issuer", spdx="originatedBy",
            hf="curated_by", eu="1.1",
        ),
    ] = ()  # fmt: skip
    modality: Annotated[
        tuple[Modality, ...],
        Terms(croissant="dataType", dta="provenance.format", spdx="dataset_datasetType", eu="1.3"),
    ] = ()
    task: Annotated[tuple[str, ...], Terms(croissant="keywords", hf="task_categories")] = ()
    languages: Annotated[
        tuple[str, ...], Terms(croissant="inLanguage", hf="language", eu="1.3")
    ] = ()
    use: Use = Use()
    created: Annotated[
        date | None, Terms(croissant="dateCreated", dta="provenance.date", spdx="builtTime")
    ] = None
    published: Annotated[date | None, Terms(croissant="datePublished", spdx="releaseTime")] = None
    citation: Annotated[str | None, Terms(croissant="citeAs", hf="citation")] = None
    url: Annotated[
        str | None,
        Terms(croissant="url", dta="source.location", spdx="software_downloadLocation"),
    ] = None
