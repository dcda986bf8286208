"""The second part of the card: where the data come from, and on what grounds."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt

from datastd.card.terms import Terms
from datastd.model import Model

Method = Literal[
    "download", "crawl", "api", "licensed", "user", "sensor", "human", "synthetic", "simulation",
    "derived",
]  # fmt: skip
Presence = Literal["yes", "no", "noAssertion"]
DataClass = Literal["pi", "pci", "pfi", "pii", "phi", "spi"]
OnUnknown = Literal["keep", "remove"]


class Crawler(Model):
    """
    Who fetched pages, and how it behaved.

    Attributes:
        name: The program, with its version.
        agent: The user agent that it sent.
        robots: How it obeyed robots.txt, RFC 9309.
        captcha: What it did before a captcha.
        paywall: What it did before a paywall.
        policy_sha256: SHA-256 of the archived robots.txt files and terms of use.
    """

    name: Annotated[str | None, Terms(croissant="prov:wasAssociatedWith", eu="2.3")] = None
    agent: Annotated[str | None, Terms(eu="2.3")] = None
    robots: Annotated[str | None, Terms(eu="2.3")] = None
    captcha: Annotated[str | None, Terms(eu="2.3")] = None
    paywall: Annotated[str | None, Terms(eu="2.3")] = None
    policy_sha256: Annotated[str | None, Terms(eu="3.1")] = None


class OptOut(Model):
    """
    A protocol by which holders of rights can say no, and what was read of it.

    Attributes:
        protocol: robots, tdmrep, aipref, ai.txt, or another.
        checked: Day on which it was read.
        evidence_sha256: SHA-256 of what was read.
        on_unknown: What became of data about which nothing was said.
        removed: Records that were removed because of it.
    """

    protocol: Annotated[str | None, Terms(eu="3.1")] = None
    checked: Annotated[date | None, Terms(eu="3.1")] = None
    evidence_sha256: Annotated[str | None, Terms(eu="3.1")] = None
    on_unknown: Annotated[OnUnknown | None, Terms(eu="3.1")] = None
    removed: Annotated[NonNegativeInt | None, Terms(eu="3.1", unit="records")] = None


class Annotation(Model):
    """
    How people labelled the data.

    Attributes:
        platform: Where they worked.
        guidelines: File of what they were told, below the dataset's folder.
        guidelines_sha256: SHA-256 of it.
        per_item: Labels of each sample.
        agreement: How far they agreed, from 0 to 1.
        agreement_measure: How that was measured, such as Krippendorff's alpha.
        pay: What they were paid.
        demographics: Who they were.
    """

    platform: Annotated[str | None, Terms(rai="dataAnnotationPlatform", hf="annotators")] = None
    guidelines: Annotated[
        str | None, Terms(rai="dataAnnotationProtocol", hf="annotation_process")
    ] = None
    guidelines_sha256: Annotated[str | None, Terms(rai="dataAnnotationProtocol")] = None
    per_item: Annotated[
        NonNegativeInt | None, Terms(rai="annotationsPerItem", unit="labels per sample")
    ] = None
    agreement: Annotated[NonNegativeFloat | None, Terms(rai="dataAnnotationAnalysis")] = Field(
        default=None, le=1
    )
    agreement_measure: Annotated[str | None, Terms(rai="dataAnnotationAnalysis")] = None
    pay: Annotated[str | None, Terms(rai="dataAnnotationPlatform")] = None
    demographics: Annotated[str | None, Terms(rai="annotatorDemographics")] = None


class Generator(Model):
    """
    What made synthetic data.

    Attributes:
        model: The model that made them.
        version: Its version, or the digest of its weights.
        license: Its licence, or terms: an SPDX expression.
        prompt_sha256: SHA-256 of the prompts.
        rows: Records that it made.
    """

    model: Annotated[str | None, Terms(croissant="name", eu="2.5")] = None
    version: Annotated[str | None, Terms(eu="2.5")] = None
    license: Annotated[str | None, Terms(eu="2.5")] = None
    prompt_sha256: str | None = None
    rows: Annotated[NonNegativeInt | None, Terms(unit="records")] = None


class Provenance(Model):
    """
    One source of the data.

    Attributes:
        id: Its short name, by which steps and records refer to it.
        method: How the data were got.
        description: What it is.
        license: What may be done with it: an SPDX expression.
        license_url: Where the licence stands.
        attribution: Who has to be named, as the licence asks.
        uri: Where it was got.
        revision: Which version: a commit, a DOI, a digest.
        sha256: SHA-256 of what was got, taken when it was.
        retrieved_from: First day on which it was got.
        retrieved_to: Last day on which it was got.
        content_from: First day that the data are about.
        content_to: Last day that they are about.
        origin_countries: Countries that the data are from, by ISO 3166.
        crawler: Who fetched it.
        opt_out: Protocols of reservation that were read.
        domains_file: File of domains, with bytes and rows of each, below the dataset's folder.
        domains_sha256: SHA-256 of it.
        personal_data: Whether there are personal data in it.
        data_classes: Of what kinds.
        safeguard: How data of special categories are kept safe.
        legal_basis: On what grounds personal data are processed.
        original_purpose: What they were collected for.
        consent_uri: Where the text of the consent stands.
        revocations_file: File of identifiers that are revoked, below the dataset's folder.
        revocations_sha256: SHA-256 of it.
        user_data: Whether it is of users of a product.
        annotation: How it was labelled.
        generator: What made it, where it is synthetic.
        rows: Records in it.
        bytes: Bytes in it.
    """

    id: Annotated[str | None, Terms(croissant="@id")] = None
    method: Annotated[
        Method | None,
        Terms(
            rai="dataCollectionType", dta="provenance.generation-method",
            spdx="dataset_dataCollectionProcess", hf="language_creators", eu="2.1 to 2.6",
        ),
    ] = None  # fmt: skip
    description: Annotated[
        str | None,
        Terms(rai="dataCollection", spdx="dataset_dataCollectionProcess", hf="source_data"),
    ] = None
    license: Annotated[
        str | None, Terms(croissant="FileObject.license", dta="use.license", eu="2.2")
    ] = None
    license_url: Annotated[str | None, Terms(croissant="FileObject.license")] = None
    attribution: Annotated[str | None, Terms(croissant="creditText")] = None
    uri: Annotated[
        str | None,
        Terms(
            croissant="contentUrl", dta="provenance.source", hf="source_datasets", eu="2.1",
            private=True,
        ),
    ] = None  # fmt: skip
    revision: Annotated[str | None, Terms(croissant="version")] = None
    sha256: Annotated[str | None, Terms(croissant="sha256")] = None
    retrieved_from: Annotated[
        date | None,
        Terms(rai="dataCollectionTimeframe", dta="provenance.generation-period", eu="1.3"),
    ] = None
    retrieved_to: Annotated[
        date | None,
        Terms(rai="dataCollectionTimeframe", dta="provenance.generation-period", eu="1.3"),
    ] = None
    content_from: Annotated[date | None, Terms(croissant="temporalCoverage")] = None
    content_to: Annotated[date | None, Terms(croissant="temporalCoverage")] = None
    origin_countries: Annotated[
        tuple[str, ...], Terms(croissant="spatialCoverage", dta="provenance.origin-geography")
    ] = ()
    crawler: Annotated[Crawler | None, Terms(croissant="prov:wasGeneratedBy", eu="2.3")] = None
    opt_out: Annotated[tuple[OptOut, ...], Terms(eu="3.1")] = ()
    domains_file: Annotated[str | None, Terms(eu="2.3")] = None
    domains_sha256: Annotated[str | None, Terms(eu="2.3")] = None
    personal_data: Annotated[
        Presence | None,
        Terms(
            rai="personalSensitiveInformation", dta="use.classification",
            spdx="dataset_hasSensitivePersonalInformation", hf="personal_and_sensitive_information",
        ),
    ] = None  # fmt: skip
    data_classes: Annotated[
        tuple[DataClass, ...],
        Terms(rai="personalSensitiveInformation", dta="use.classification", eu="Art. 10(5)"),
    ] = ()
    safeguard: Annotated[str | None, Terms(eu="Art. 10(5)")] = None
    legal_basis: Annotated[str | None, Terms(dta="use.consents", eu="Art. 10(2)(b)")] = None
    original_purpose: Annotated[str | None, Terms(eu="Art. 10(2)(b)")] = None
    consent_uri: Annotated[str | None, Terms(dta="use.consents", private=True)] = None
    revocations_file: Annotated[str | None, Terms(private=True)] = None
    revocations_sha256: str | None = None
    user_data: Annotated[bool | None, Terms(eu="2.4")] = None
    annotation: Annotated[
        Annotation | None, Terms(rai="dataAnnotationProtocol", hf="annotations_creators")
    ] = None
    generator: Annotated[Generator | None, Terms(croissant="prov:wasAttributedTo", eu="2.5")] = None
    rows: Annotated[NonNegativeInt | None, Terms(hf="num_examples", eu="1.3", unit="records")] = (
        None
    )
    bytes: Annotated[
        NonNegativeInt | None,
        Terms(croissant="contentSize", spdx="dataset_datasetSize", eu="1.3", unit="bytes"),
    ] = None


class Collection(Model):
    """
    Where the data come from.

    Attributes:
        sources: Each place that some of them are from.
    """

    sources: Annotated[
        tuple[Provenance, ...], Terms(croissant="prov:wasDerivedFrom", dta="provenance", eu="2")
    ] = ()
