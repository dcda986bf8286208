"""
A dataset package of SPDX 3.0, as JSON-LD: what it is, who made it, and the digest of each file.

Source:
    SPDX Specification 3.0.1, profiles Core, Software, Dataset and SimpleLicensing.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from datastd.card import Card
from datastd.card.fields import places
from datastd.exchange.objects import Object
from datastd.exchange.parcel import File, Parcel
from datastd.exchange.spelling import json_of
from datastd.exchange.walk import by_term

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
_VERSION = "3.0.1"
_INFO = "_:creation"

_KINDS: Mapping[str, str] = {
    "image": "image", "text": "text", "tokens": "text", "tabular": "structured", "audio": "audio",
    "video": "video",
}  # fmt: skip
"""Types of datasets, by what the samples are."""

_AVAILABLE = frozenset(
    {"directDownload", "registration", "clickthrough", "query", "scrapingScript"}
)

_TEXTS = ("summary", "name", "software_packageVersion", "dataset_dataCollectionProcess",
          "dataset_datasetUpdateMechanism", "dataset_intendedUse")  # fmt: skip
"""Properties that hold one text,"""

_MANY = ("dataset_dataPreprocessing", "dataset_knownBias", "dataset_anonymizationMethodUsed")
"""and those that hold any number."""

_DAYS = ("builtTime", "releaseTime")
_ASKED = ("identity.name", "identity.license", "identity.parties", "identity.created",
          "identity.published", "identity.url", "identity.modality")  # fmt: skip
"""What the profile requires of a dataset, and the card may not state."""

_NOT = frozenset({"", "licenseText", "software_primaryPurpose"})
"""
Terms under which nothing of the card is written: of no field, of a text that the card does not
hold, and what says of any dataset that it is data.
"""

_BESIDE = frozenset({"identity.parties[].role", "identity.parties[].contact"})

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")


def write(parcel: Parcel) -> bytes:
    """The dataset as a document of SPDX."""
    parcel.lacks("SPDX", _ASKED)
    parcel.leaves("SPDX", {one.path for one in places() if one.terms.spdx not in _NOT} | _BESIDE)
    card = parcel.card
    base = f"urn:uuid:{card.identity.uuid}" if card.identity.uuid else f"urn:sha256:{parcel.digest}"
    agents = [*_agents(base, card)]
    package = _package(parcel, base, [one["spdxId"] for one in agents])
    files = [_file(base, number, one) for number, one in enumerate(parcel.files)]
    tool = {"type": "SoftwareAgent", "spdxId": f"{base}#datastd", "name": "datastd"}
    elements = [tool, *agents, package, *files, *_licence(parcel, base), *_holds(base, files)]
    document = {
        "type": "SpdxDocument", "spdxId": f"{base}#document",
        "name": card.identity.name or "dataset",
        "profileConformance": ["core", "software", "dataset", "simpleLicensing"],
        "rootElement": [package["spdxId"]], "element": [one["spdxId"] for one in elements],
    }  # fmt: skip
    info = {
        "type": "CreationInfo", "@id": _INFO, "specVersion": _VERSION,
        "created": _moment(datetime.now(UTC)), "createdBy": [tool["spdxId"]],
    }  # fmt: skip
    whole = [info, *({**one, "creationInfo": _INFO} for one in (document, *elements))]
    return json_of({"@context": CONTEXT, "@graph": whole})


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def _hashed(sha256: str) -> list[Object]:
    return [{"type": "Hash", "algorithm": "sha256", "hashValue": sha256}]


def _agents(base: str, card: Card) -> Iterator[Object]:
    """Who answers for the dataset: the card does not say whether a person or an organisation."""
    for number, party in enumerate(card.identity.parties):
        known = {"name": party.name, "comment": party.role}
        mail = {"type": "ExternalIdentifier", "externalIdentifierType": "email"}
        found: Object = {key: one for key, one in known.items() if one is not None}
        if party.contact is not None:
            found["externalIdentifier"] = [mail | {"identifier": party.contact}]
        yield {"type": "Agent", "spdxId": f"{base}#party-{number}", **found}


def _package(parcel: Parcel, base: str, agents: list[str]) -> Object:
    """The dataset itself."""
    card = parcel.card
    texts = {key: [*map(str, said)] for key, said in by_term(card, "spdx").items()}
    found: Object = {key: "\n".join(texts[key]) for key in _TEXTS if key in texts}
    found |= {key: texts[key] for key in _MANY if key in texts}
    found |= {key: f"{texts[key][0]}T00:00:00Z" for key in _DAYS if key in texts}
    for url in texts.get("software_downloadLocation", ()):
        if _URI.fullmatch(url):
            found["software_downloadLocation"] = url
        else:
            parcel.notes.append("SPDX has no place for a URL that is none: identity.url")
    if agents:
        found["originatedBy"] = agents
    if card.storage.access is not None:
        found["dataset_confidentialityLevel"] = card.storage.access
    if (availability := card.storage.availability) in _AVAILABLE:
        found["dataset_datasetAvailability"] = availability
    elif availability is not None:
        parcel.notes.append(f"SPDX has no word for storage.availability {availability}")
    if stated := texts.get("dataset_hasSensitivePersonalInformation"):
        found["dataset_hasSensitivePersonalInformation"] = _worst(stated)
    kinds = [_KINDS[one] for one in card.identity.modality]
    return {
        "type": "dataset_DatasetPackage", "spdxId": f"{base}#dataset", **found,
        "dataset_datasetType": [*dict.fromkeys(kinds)] or ["noAssertion"],
        "dataset_datasetSize": sum(one.bytes for one in parcel.files),
        "software_primaryPurpose": "data", "verifiedUsing": _hashed(parcel.digest),
    }  # fmt: skip


def _worst(stated: list[str]) -> str:
    """Whether there are personal data in any source."""
    if "yes" in stated:
        return "yes"
    return "noAssertion" if "noAssertion" in stated else "no"


def _file(base: str, number: int, file: File) -> Object:
    return {
        "type": "software_File", "spdxId": f"{base}#file-{number}", "name": file.path,
        "verifiedUsing": _hashed(file.sha256),
    }  # fmt: skip


def _licence(parcel: Parcel, base: str) -> Iterator[Object]:
    """The licence, and that the dataset is under it."""
    licence = parcel.card.identity.license
    try:
        stated = canonicalize_license_expression(licence) if licence is not None else None
    except InvalidLicenseExpression:
        parcel.notes.append("SPDX has no place for a licence that is no expression of its own")
        return
    if stated is not None:
        called = f"{base}#licence"
        yield {
            "type": "simplelicensing_LicenseExpression", "spdxId": called,
            "simplelicensing_licenseExpression": stated,
        }  # fmt: skip
        yield _relation(base, "hasDeclaredLicense", [called])


def _holds(base: str, files: list[Object]) -> Iterator[Object]:
    if files:
        yield _relation(base, "contains", [one["spdxId"] for one in files])


def _relation(base: str, kind: str, to: list[str]) -> dict[str, Any]:
    return {
        "type": "Relationship", "spdxId": f"{base}#{kind}", "relationshipType": kind,
        "from": f"{base}#dataset", "to": to,
    }  # fmt: skip
