"""
Every norm: a whole card that it passes, planted defects, boundaries and controls.

A plant is a change of the whole card, or of what is known of the data, after which the norm of
its code fails; a control is one after which it still passes.
"""

import copy
import datetime as dt
import hashlib
import inspect
import re
from importlib import import_module
from pkgutil import iter_modules

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.licenses import canonicalize_license_expression
from whole_card import SHA, whole

from datastd.card import Card
from datastd.card.fields import places
from datastd.model import Level, Measurement, Outcome
from datastd.rules import fold, norms
from datastd.rules.norms import Facts, Heard, Held, Look, Norm, lacking, looked, table
from datastd.rules.norms.countries import COUNTRIES
from datastd.rules.norms.licenses import alternatives, conflict, forbidden, is_expression

TODAY = dt.date(2026, 11, 27)
FILES = {
    "a.jsonl": Held("a" * 64, 100), "datacard.toml": Held("b" * 64, 50), "ATTRIBUTION.md": Held("c" * 64, 7),
    "_meta/bias.md": Held(SHA, 10), "_meta/params.toml": Held(SHA, 11), "_meta/domains.tsv": Held(SHA, 12),
    "_meta/revoked.txt": Held(SHA, 13), "_meta/guidelines.md": Held(SHA, 14), "_meta/LicenseRef-own.txt": Held(SHA, 15),
}  # fmt: skip


BEFORE = {"card_version": 1, "identity": {"version": "1.9.3"},
          "processing": {"splits": {"train": {"rows": 79, "record_digest": SHA}, "test": {"rows": 8, "record_digest": SHA}}}}  # fmt: skip


def seen(**failed):
    """What measures found, of 10,000 texts."""
    return {code: Measurement(observed=count, checked=10_000, failed=count) for code, count in failed.items()}


def earlier(version="1.9.3", **splits):
    """An earlier version, with these splits: how many records, and their digest."""
    rows = {name: {"rows": count, "record_digest": digest} for name, (count, digest) in splits.items()}
    return known("before", Card.of_tables({"card_version": 1, "identity": {"version": version}, "processing": {"splits": rows}}))


KNOWN = {"before": Card.of_tables(BEFORE), "found": seen(Q390=0, Q394=2, Q306=1), "digests": {"train": SHA, "test": "f" * 64},
         "files": FILES, "papers": ("manifest-sha256.txt", "datacard.toml"), "format": "jsonl", "splits": {"train": 80, "test": 8},
         "classes": ("spam", "ham"), "heard": Heard({"en": 60, "de": 36, "fr": 4}, 100),
         "sums": {"_meta/domains.tsv": (600, 60)}, "today": TODAY}  # fmt: skip


def put(path, value):
    """A change: the field at *path* is *value*; without one, it is gone."""

    def change(card, known):
        *above, last = path.split(".")
        here = card
        for part in above:
            here = here[int(part)] if part.isdigit() else here.setdefault(part, {})
        if value is GONE:
            here.pop(int(last) if last.isdigit() else last)
        elif last == "+":
            here.append(value)
        else:
            here[int(last) if last.isdigit() else last] = value

    return change


def known(name, value):
    def change(card, known):
        known[name] = value

    return change


def written(of=100, **count):
    """How some texts are written: so many of them show a sign."""
    return Heard({"en": 60, "de": 40}, of, count)


def both(*changes):
    def change(card, known):
        for one in changes:
            one(card, known)

    return change


GONE = object()
S, P, Q, W = "collection.sources.0", "collection.sources.1", "processing.steps", "processing.normalisation"
LATER = {"id": "later", "method": "download", "description": "More of it.", "license": "CC0-1.0", "uri": "https://example.org/a", "revision": "v1.0",
         "sha256": SHA, "bytes": 5, "retrieved_from": "2026-01-01", "retrieved_to": "2026-01-01", "personal_data": "no", "rows": 0,
         "origin_countries": ["FR"]}  # fmt: skip
MADE = {"id": "made", "method": "synthetic", "description": "What a model wrote.", "license": "CC0-1.0", "retrieved_from": "2026-01-01",
        "retrieved_to": "2026-01-01", "personal_data": "no", "rows": 5, "origin_countries": ["FR"],
        "generator": {"model": "m", "version": "1", "license": "MIT", "prompt_sha256": SHA, "rows": 5}}  # fmt: skip
USERS = {"id": "users", "method": "user", "user_data": True, "license": "CC0-1.0", "legal_basis": "consent"}


def more(source, **changes):
    return put("collection.sources.+", {**source, **changes})


def removing(rows, of=100, called="clean"):
    """An earlier version of the first step, which removed so many."""
    step = {"id": called, "rows_in": of, "rows_out": 100 - rows}
    step = {name: value for name, value in step.items() if value is not None}
    return known("before", Card.of_tables({**BEFORE, "processing": {**BEFORE["processing"], "steps": [step]}}))


SAME = {"train": (80, SHA), "test": (8, "f" * 64)}
PLANTS = {
    "N004": [put("identity.url", GONE), put("identity.published", GONE), put("identity.parties.0.role", "funder"), put("storage.manifest", GONE)],
    "N005": [put("identity.task", []), put("identity.parties.1.role", "funder"), put("identity.created", GONE)],
    "N061": [put("identity.version", "1.9.3"), put("identity.version", "1.9.4"), put("identity.version", "1.8.0"), known("before", None),
             both(put("identity.version", "1.10.0"), earlier("1.9.3", train=(81, SHA))),
             both(put("identity.version", "1.10.0"), earlier("1.9.3", gone=(1, SHA))), earlier("one", **SAME),
             both(put("identity.version", "1.10.0"), earlier("1.9.3", **SAME)), earlier("2.0.0", **SAME)],
    "N063": [put("identity.use.codes", []), put("identity.use.codes", ["ai-evaluation"]), put("identity.use.codes", ["ai-evaluation", "research"])],
    "N108": [both(put(f"{P}.personal_data", "no"), known("found", seen(Q391=1))),
             both(put(f"{P}.personal_data", "noAssertion"), known("found", seen(Q390=0, Q395=7)))],
    "N205": [put(f"{Q}.0.thresholds", {"word": 50}), both(put(f"{Q}.1.metrics", ["lines"]), put(f"{Q}.0.thresholds", {"lines": 1}))],
    "N212": [put("processing.normalisation", GONE), put("processing.normalisation.lower_case", GONE), known("found", seen(Q306=2)),
             both(known("found", {}), known("heard", written(NFC=1))), both(put(f"{W}.unicode", "NFD"), known("heard", written(NFD=2))),
             known("heard", written(**{"lines that end in CRLF": 1})), both(put(f"{W}.line_endings", "crlf"), known("heard", written(**{"lines that end in LF": 1}))),
             both(put(f"{W}.lower_case", True), known("heard", written(capitals=1))), known("heard", written(**{"small letters": 100})),
             both(put(f"{W}.digits", True), known("heard", written(**{"digits from 1 on": 1}))),
             both(put(f"{W}.digits", GONE), known("heard", Heard({}, 0))), both(put(f"{W}.digits", GONE), known("heard", None))],
    "N269": [put("processing.content_safety", GONE), put("processing.content_safety.threshold", GONE)],
    "N361": [put(f"{Q}.0.params_sha256", "sha256"), put("processing.environment.lock_sha256", SHA[:40]), put(f"{S}.crawler.policy_sha256", "0" * 64),
             put("processing.tokenizer.files_sha256", SHA.upper())],
    "N001": [put("identity.license", GONE), put("identity.license", "NOASSERTION"), put("identity.license", "other"),
             put("identity.license", "CC BY 4.0"), put("identity.license", "")],
    "N002": [put("identity.license", "LicenseRef-own"), put("identity.license_files", ["nowhere.txt"]),
             both(put("identity.license", "LicenseRef-a AND LicenseRef-b"), put("identity.license_files", ["_meta/LicenseRef-own.txt"]))],
    "N003": [put(f"{S}.license", "cc-by-nc-4.0"), put(f"{S}.license", "(MIT AND (CC-BY-NC-4.0))"), put(f"{S}.license", "CC-BY-NC-4.0 WITH LLVM-exception"),
             put(f"{S}.license", "CC-BY-SA-4.0 OR CC-BY-NC-4.0"), both(put("identity.license", "CC0-1.0 OR CC-BY-NC-4.0"), put(f"{S}.license", "CC-BY-NC-4.0")),
             put(f"{S}.license", " OR ".join(["CC-BY-NC-4.0"] * 20)), put(f"{S}.license", "CC-BY-NC-4.0"), put(f"{S}.license", "CC-BY-ND-4.0"), put(f"{S}.license", "CC-BY-SA-4.0"),
             both(put("identity.license", "CC0-1.0"))],
    "N006": [put("identity.version", "v2-final"), put("identity.version", "1.0"), put("identity.version", "01.0.0"), put("identity.name", "Whole Card"),
             put("identity.name", "x" * 65), put("identity.previous_version", "one"), put("identity.version", GONE)],
    "N008": [both(put("identity.citation", GONE), put("identity.parties", [])), both(put("identity.citation", " "), put("identity.parties.0.role", "funder"))],
    "N009": [put("identity.languages.0", "english"), put("identity.languages.0", "en_UK"), put("identity.languages", [])],
    "N010": [put("identity.parties.0.contact", "\u200b\u2060"), put("identity.parties.0.name", " \ufeff"), put("identity.parties.0.contact", GONE), put("identity.parties", []), put("identity.parties.0.role", "funder")],
    "N062": [put("identity.description", "\u200bT\u200bO\u200bD\u200bO\u200b"), put("identity.description", "\uff34\uff22\uff24"), put("identity.description", "x\u2060" * 19),
             put("identity.description", "TODO: to be written by the team later on"), put("identity.description", "TODO"), put("identity.title", "TBD"), put("identity.description", "[More Information Needed]"),
             put("identity.use.intended", "Pretraining of text"), put("identity.use.known_limits", GONE), put("identity.use.out_of_scope", "Lorem ipsum dolor sit amet."),
             put("identity.description", "n/a"), put("identity.description", "to be written by the team later on")],
    "N064": [put("identity.published", "2026-12-01"), put("identity.created", "2026-05-02"), put("identity.previous_date", "2026-06-01"),
             put(f"{S}.content_from", "2026-02-01"), put(f"{S}.retrieved_to", "2025-12-31"), put(f"{S}.retrieved_to", "2026-04-02")],
    "N065": [put("identity.status", "withdrawn"), put("identity.status", "deprecated"), put("identity.status", GONE)],
    "N066": [put("identity.uuid", GONE), known("before", Card.of_tables({**BEFORE, "identity": {"uuid": whole()["identity"]["uuid"]}}))],
    "N067": [put("identity.use.bias_report", GONE), put("identity.use.bias_report", "nowhere.md"), put("identity.use.bias_report_sha256", "0" * 64),
             put("identity.use.bias_assessed", "2025-11-20"), put("identity.use.biases", GONE)],
    "N068": [put("identity.languages", ["en"]), put("identity.languages", ["en", "de", "it"]), known("heard", Heard({"en": 94, "de": 1, "fr": 6}, 101)),
             both(put("identity.languages", ["tlh"]), known("heard", Heard({"en": 6}, 100))),
             put("identity.languages", ["zxx"]), put("identity.languages", ["en", "und"])],
    "N102": [put(f"{S}.retrieved_from", GONE), put(f"{P}.retrieved_to", GONE)],
    "N103": [put(f"{S}.description", ""), put(f"{P}.method", GONE)],
    "N104": [put(f"{S}.crawler", GONE), put(f"{S}.crawler.robots", ""), put(f"{S}.crawler.policy_sha256", GONE)],
    "N105": [put(f"{P}.legal_basis", GONE), put(f"{P}.original_purpose", " "), put(f"{P}.data_classes", [])],
    "N106": [put(f"{P}.annotation", GONE), put(f"{P}.annotation.per_item", GONE), put(f"{P}.annotation.guidelines_sha256", "0" * 64)],
    "N107": [put(f"{P}.annotation.agreement", GONE), put(f"{P}.annotation.agreement_measure", GONE)],
    "N160": [put("collection.sources", []), put(f"{S}.id", GONE), put(f"{P}.id", "web"), put(f"{S}.rows", GONE), put(f"{P}.license", GONE)],
    "N161": [put(f"{Q}.0.inputs", ["web"]), put(f"{Q}.1.inputs", ["another"])],
    "N162": [put(f"{S}.license", "creative commons"), put(f"{P}.license", GONE)],
    "N163": [put(f"{S}.attribution", GONE), known("files", {"a.jsonl": Held("a" * 64, 1)})],
    "N164": [more(LATER, sha256=hashlib.sha256().hexdigest()), more(LATER, sha256=None), more(LATER, sha256="0" * 64), more(LATER, sha256="sha256"), more(LATER, bytes=None)],
    "N165": [more(LATER, revision="main"), more(LATER, revision=None), more(LATER, revision="Latest "), more(LATER, revision="refs/heads/main"), more(LATER, revision="origin/master"),
             more(LATER, revision="ma\u200bin"), more(LATER, uri=None)],
    "N166": [put(f"{S}.opt_out", []), put(f"{S}.opt_out.0.checked", "2026-02-02"), put(f"{S}.opt_out.0.evidence_sha256", GONE)],
    "N168": [put(f"{S}.opt_out.0.checked", "2025-10-01"), put(f"{S}.opt_out.0.removed", GONE)],
    "N169": [put(f"{S}.domains_file", GONE), put(f"{S}.domains_sha256", "f" * 64), put(f"{S}.bytes", 601), put(f"{S}.bytes", GONE),
             put(f"{S}.rows", 59), known("sums", {"_meta/domains.tsv": None}), known("sums", {}), known("sums", {"_meta/domains.tsv": (600, 61)})],
    "N170": [put(f"{S}.personal_data", GONE), put(f"{P}.personal_data", GONE)],
    "N171": [put(f"{P}.consent_uri", GONE), put(f"{P}.revocations_file", GONE), put(f"{P}.revocations_sha256", GONE)],
    "N172": [put(f"{P}.data_classes", ["phi"]), both(put(f"{P}.data_classes", ["spi"]), put(f"{P}.safeguard", "locked"), put("storage.retention_until", GONE))],
    "N173": [put(f"{S}.origin_countries.0", "UK"), put("storage.region", "FR"), put("storage.regions_forbidden", ["CH"]), put(f"{S}.origin_countries", [])],
    "N174": [more(MADE, generator=None), more(MADE, generator={**MADE["generator"], "rows": 6}), more(MADE, generator={"model": "m"})],
    "N175": [more(USERS, user_data=None), more(USERS, license=None), more(USERS, legal_basis=None)],
    "N177": [put(f"{S}.rows", 61), put(f"{Q}.0.rows_in", 99)],
    "N179": [put("processing.content_safety", GONE), put("processing.content_safety.lists_sha256", "none")],
    "N180": [put(f"{S}.personal_data", "noAssertion"), put(f"{P}.personal_data", "noAssertion")],
    "N201": [put(Q, []), put(f"{Q}.0.tool_version", GONE), put(f"{Q}.0.ended", "2026-02-01T00:00:00Z"), put(f"{Q}.1.rows_in", GONE),
             both(put(f"{Q}.0.params_sha256", GONE), put(f"{Q}.0.params", {}))],
    "N202": [put(f"{Q}.0.rows_out", 91), put(f"{Q}.1.rows_in", 89), put(f"{Q}.2.rows_out", 87), known("splits", {"train": 80, "test": 9}),
             both(put(f"{Q}.0.removed", {}), put(f"{Q}.0.rows_out", 101))],
    "N203": [put(f"{Q}.0.expected_removed", [0.11, 0.2]), put(f"{Q}.0.rows_out", 100), removing(31), removing(3), removing(0)],
    "N206": [put(f"{Q}.1.seed", GONE), put(f"{Q}.0.op", "sample")],
    "N207": [put("processing.tokenizer.eos", GONE), put("processing.tokenizer", GONE)],
    "N208": [put("processing.dedup", []), put("processing.dedup.0.scope", GONE), put("processing.dedup.0.threshold", GONE)],
    "N209": [put("processing.decontamination", []), put("processing.decontamination.0.against_sha256", GONE)],
    "N210": [put("processing.raw_preserved", False), put("processing.raw_preserved", GONE)],
    "N211": [put(f"{Q}.0.op", "augment")],
    "N260": [put(f"{Q}.0.inputs", ["cut"]), put(f"{Q}.1.id", "clean"), put(f"{Q}.1.inputs", ["web"]), put(f"{Q}.0.inputs", ["clean"])],
    "N261": [put(f"{Q}.0.params_sha256", "f" * 64), put(f"{Q}.1.params_file", "nowhere")],
    "N262": [put("processing.environment", GONE), put("processing.environment.lock_sha256", "")],
    "N263": [put(f"{Q}.2.actor", GONE), put(f"{Q}.2.why", "")],
    "N266": [put("processing.pii", GONE), put("processing.pii.entities", [])],
    "N267": [put("processing.labels", GONE), put("processing.labels.names", ["spam", "ham"]), put("processing.labels.closed", False),
             known("classes", ("ham", "spam", "eggs"))],
    "N274": [put("processing.splits.train.record_digest", "e" * 64),
             put("processing.splits.train.rows", 81), put("processing.splits.test", GONE), known("splits", {"train": 80}), put("processing.splits", {})],
    "N301": [known("papers", ("datacard.toml",))],
    "N311": [put("storage.retention_until", GONE), put("storage.retention_until", "2026-11-26"), put("storage.review_by", "2026-11-26"),
             put("storage.review_by", GONE), put("storage.deletion_method", GONE)],
    "N312": [put("processing.record_schema", GONE), put("processing.record_schema", "document")],
    "N313": [put("storage.encryption", "none"), put("storage.encryption", GONE), put("storage.region", GONE)],
    "N364": [put("storage.access", "green"), put("storage.access", "clear"), put("storage.access", GONE),
             both(put(f"{P}.personal_data", "no"), put("storage.access", "clear"), put("identity.license", "LicenseRef-own"))],
    "N366": [put("storage.files", 9), put("storage.bytes", 183), put("storage.files", GONE)],
    "N368": [put("storage.last_fixity", GONE), put("storage.last_fixity", "2026-08-28")],
    "N369": [put("identity.url", "https://me:secret@example.org"), put(f"{Q}.0.params", {"key": "ghp_" + "a1" * 18}), put("identity.description", "-----BEGIN RSA PRIVATE KEY-----"),
             put("x", {"mill": {"token": "AKIA" + "A1" * 8}})],
    "N370": [put("storage.format", "csv"), known("format", "parquet"), put("storage.format", GONE)],
}  # fmt: skip

CONTROLS = {
    "N061": [both(put("identity.version", "1.9.4"), earlier("1.9.3", **SAME)), put("identity.version", "1.10.0"),
             both(put("identity.version", "2.0.0"), earlier("1.9.3", train=(81, SHA)))],
    "N063": [put("identity.use.codes", ["ai-evaluation", "ai-alignment"]), put("identity.use.codes", ["research"])],
    "N068": [put("identity.languages", ["eng", "de_CH", "fr"]), put("identity.languages", ["und"]), put("identity.languages", ["en", "mul"]), put("identity.languages", []),
             known("heard", Heard({"en": 94, "de": 1, "fr": 5}, 100)), both(put("identity.languages", ["tlh"]), known("heard", Heard({"en": 5}, 100))),
             both(put("identity.modality", ["image"]), known("heard", Heard({"en": 60, "de": 40}, 100)))],
    "N108": [both(put(f"{P}.personal_data", "no"), known("found", seen(Q390=0))), known("found", {}), known("found", seen(Q391=9))],
    "N205": [put(f"{Q}.1.thresholds", {"words": 60}), put(f"{Q}.0.thresholds", {})],
    "N212": [both(put("identity.modality", ["image"]), put("processing.normalisation", GONE)), known("found", {}),
             both(put("processing.normalisation.unicode", "none"), known("found", seen(Q306=9))),
             both(put(f"{W}.unicode", "NFD"), known("heard", written(NFD=0))), known("heard", written(of=20_000, NFC=2, **{"lines that end in CRLF": 2, "lines that end in LF": 9})),
             both(put(f"{W}.line_endings", "mixed"), known("heard", written(**{"lines that end in CRLF": 9, "lines that end in LF": 9}))),
             both(put(f"{W}.lower_case", True), known("heard", written(**{"small letters": 100}))), known("heard", written(**{"small letters": 99})),
             known("heard", written(**{"small letters": 1000, "capitals": 1})), known("heard", written(**{"digits from 1 on": 100})),
             both(put(f"{W}.digits", True), known("heard", written()))],
    "N361": [put(f"{Q}.0.params", {"sha256": "none"}), put("x", {"mill": {"sha256": "none"}}), put(f"{S}.revision", "sha256")],
    "N001": [put("identity.license", "MIT OR Apache-2.0"), put("identity.license", "LicenseRef-own")],
    "N002": [both(put("identity.license", "LicenseRef-own"), put("identity.license_files", ["_meta/LicenseRef-own.txt"]))],
    "N003": [put(f"{S}.license", "CC0-1.0"), put(f"{S}.license", "CC0-1.0 OR CC-BY-NC-4.0"), put("identity.license", "CC-BY-4.0 AND CC-BY-NC-4.0"),
             both(put("identity.license", "CC-BY-NC-4.0"), put(f"{S}.license", "cc-by-nc-4.0 OR LicenseRef-own")), put(f"{S}.license", "LicenseRef-unknown"), put("identity.license", "CC-BY-NC-4.0"),
             both(put(f"{S}.license", "CC-BY-SA-4.0"), put(f"{P}.license", "CC-BY-SA-4.0"), put("identity.license", "CC-BY-SA-4.0"))],
    "N006": [put("identity.version", "0.0.0"), put("identity.version", "1.0.0-rc.1+build"), put("identity.name", "x" * 64), put("identity.previous_version", GONE)],
    "N008": [put("identity.citation", GONE), put("identity.parties", [])],
    "N009": [both(put("identity.modality", ["image"]), put("identity.languages", [])), put("identity.languages.0", "und")],
    "N062": [put("identity.description", "Todo lists of people, as they wrote them."), put("identity.use.intended", "Pretraining of texts"), put("identity.title", "T")],
    "N064": [put("identity.published", "2026-11-28"), put("identity.created", "2026-05-01"), put("identity.published", GONE)],
    "N065": [put("identity.status", "limited")],
    "N067": [put("identity.use.bias_assessed", "2025-11-26")],
    "N104": [put("collection.sources.0.method", "api")],
    "N105": [both(put(f"{P}.personal_data", "no"), put(f"{P}.legal_basis", GONE))],
    "N106": [both(put(f"{P}.method", "api"), put(f"{P}.annotation", GONE)), put(f"{P}.annotation.guidelines", GONE)],
    "N107": [both(put(f"{P}.annotation.per_item", 1), put(f"{P}.annotation.agreement", GONE))],
    "N161": [put(f"{Q}.0.inputs", ["web", "people"]), put(f"{Q}.1.inputs", ["clean", SHA])],
    "N163": [put(f"{P}.license", "CC0-1.0")],
    "N164": [more(LATER), more(LATER, sha256=hashlib.sha256().hexdigest(), bytes=0)],
    "N165": [more(LATER), more(LATER, revision="refs/tags/v1.0"), more(LATER, revision="origin/v1.0")], "N174": [more(MADE)], "N175": [more(USERS)],
    "N166": [put(f"{S}.opt_out.0.checked", "2026-01-01"), put(f"{S}.opt_out.0.checked", "2026-02-01")],
    "N168": [put(f"{S}.opt_out.0.checked", "2025-11-02")],
    "N171": [both(put(f"{P}.legal_basis", "contract"), put(f"{P}.consent_uri", GONE))],
    "N172": [both(put(f"{P}.data_classes", ["phi"]), put(f"{P}.safeguard", "locked"))],
    "N173": [put("storage.region", "DE"), put("storage.regions_allowed", [])],
    "N177": [both(put(f"{Q}.0.inputs", ["web"]), put(f"{Q}.0.rows_in", 60)), put(f"{S}.rows", GONE)],
    "N202": [known("splits", {}), both(put(f"{Q}.0.op", "augment"), put(f"{Q}.0.removed", {}), put(f"{Q}.0.rows_in", 45))],
    "N203": [put(f"{Q}.0.expected_removed", [0.1, 0.1]), put(f"{Q}.0.expected_removed", GONE), removing(30), removing(4),
             removing(31, called="another"), removing(31, of=None)],
    "N207": [put("processing.tokenizer.specials", {})],
    "N208": [put("processing.dedup", [{"method": "none"}]), put("processing.dedup", [{"method": "exact", "scope": "all", "removed": 0}])],
    "N211": [put(f"{Q}.2.op", "augment")],
    "N260": [put(f"{Q}.1.inputs", [])],
    "N262": [both(put("processing.environment.lock_sha256", GONE), put("processing.environment.image_digest", "sha256:abc"))],
    "N266": [both(put(f"{P}.personal_data", "no"), put("processing.pii", GONE))],
    "N267": [both(put("processing.labels", GONE), known("classes", ()))],
    "N311": [put("storage.retention_until", "2026-11-27"), put("storage.review_by", "2026-11-27"),
             both(put(f"{P}.personal_data", "no"), put("storage.retention_until", GONE))],
    "N313": [both(put("storage.access", "green"), put("storage.encryption", GONE))],
    "N364": [both(put(f"{P}.personal_data", "no"), put("storage.access", "clear")), put("storage.access", "amber")],
    "N368": [put("storage.last_fixity", "2026-08-29")],
    "N369": [put("identity.url", "https://example.org:8080/a@b"), put("identity.description", "The private key is not here, nor is ghp_short.")],
}  # fmt: skip


def every():
    found = []
    for module in iter_modules(norms.__path__):
        for one in vars(import_module(f"datastd.rules.norms.{module.name}")).values():
            if inspect.isclass(one) and issubclass(one, Norm) and one.__module__.endswith(module.name):
                found += [one()]
    return sorted(found, key=lambda one: one.code)


NORMS = {one.code: one for one in every()}


def verdict(code, *changes):
    card, known = copy.deepcopy(whole()), dict(KNOWN)
    for change in changes:
        change(card, known)
    rows = table(looked([NORMS[code]], Facts(Card.of_tables(card), **known)))
    return NORMS[code].judge(fold(NORMS[code], [rows]), Level.ERROR)


def test_each_norm_has_plants_and_only_norms_have():
    assert {*PLANTS} == {*NORMS}
    assert {*CONTROLS} <= {*NORMS}


@pytest.mark.parametrize("code", NORMS)
def test_a_whole_card_passes(code):
    found = verdict(code)
    assert found.outcome is Outcome.PASS, found.examples
    assert found.checked


@pytest.mark.parametrize(("code", "change"), [(code, change) for code, some in PLANTS.items() for change in some])
def test_a_planted_defect_fails_and_is_named(code, change):
    if code == "N207":
        change = both(change, known("format", "megatron"))
    found = verdict(code, change)
    assert found.outcome is Outcome.FAIL
    (first, *_) = found.examples
    assert first.key
    assert first.detail.startswith("expected ")
    assert ", found " in first.detail


@pytest.mark.parametrize(("code", "change"), [(code, change) for code, some in CONTROLS.items() for change in some])
def test_a_control_passes(code, change):
    found = verdict(code, change)
    assert found.outcome is Outcome.PASS, found.examples


@pytest.mark.parametrize("code", NORMS)
def test_a_card_of_nothing_has_a_verdict(code):
    facts = Facts(Card(card_version=1), today=TODAY)
    assert NORMS[code].judge(fold(NORMS[code], [table(looked([NORMS[code]], facts))])).checked >= 1 or lacking(looked([NORMS[code]], facts))


SECRET = "A1b2C3d4E5f6G7h8"
ODD = {
    "identity.license": SECRET, f"{S}.license": SECRET, f"{P}.sha256": SECRET, "identity.version": f"{SECRET}", "identity.name": SECRET,
    "storage.format": SECRET, "storage.region": SECRET, f"{S}.domains_sha256": SECRET, f"{S}.origin_countries.0": SECRET, "identity.languages.0": SECRET,
    "processing.splits": {SECRET: {"rows": 1, "record_digest": SECRET}}, f"{Q}.0.params": {"key": f"sk-live-{SECRET}{SECRET}", SECRET: f"sk-live-{SECRET}{SECRET}"},
    f"{Q}.0.thresholds": {SECRET: 1.0}, f"{Q}.1.inputs": [SECRET], "x": {SECRET: {SECRET: f"sk-live-{SECRET}{SECRET}"}},
}  # fmt: skip


@pytest.mark.parametrize("place", ODD)
def test_no_finding_says_again_what_the_card_says(place):
    card = copy.deepcopy(whole())
    put(place, ODD[place])(card, {})
    rows = table(looked(NORMS.values(), Facts(Card.of_tables(card), **KNOWN))).filter(pl.col("wrong") != "")
    assert rows.height
    assert SECRET not in "".join([*rows["key"], *rows["wrong"]])


NO_TEXT = known("heard", Heard({}, 0))
MUTE = {"no look": known("heard", None), "no model": known("heard", Heard(None, 9)), "no text": NO_TEXT}
NOTHING = {
    "N068": [both(put("identity.modality", [kind]), NO_TEXT, known("tokens", kind == "tokens")) for kind in ("tokens", "image", "tabular")]
            + [both(NO_TEXT, known("tokens", True))],
    "N108": [both(put(f"{P}.personal_data", said), known("found", seen(Q306=1))) for said in ("no", "noAssertion", GONE)],
    "N212": [NO_TEXT, known("heard", None), both(put(f"{W}.unicode", "none"), NO_TEXT)],
}  # fmt: skip


@pytest.mark.parametrize("change", MUTE.values(), ids=MUTE)
def test_languages_that_nothing_can_measure_are_unknown_and_what_it_takes_is_said(change):
    found = verdict("N068", change)
    assert found.outcome is Outcome.UNKNOWN
    assert found.examples[0].detail.startswith("expected ")


@pytest.mark.parametrize("change", MUTE.values(), ids=MUTE)
def test_who_states_no_language_is_not_asked_for_one(change):
    assert verdict("N068", change, put("identity.languages", ["und"])).outcome is Outcome.PASS


@pytest.mark.parametrize(("code", "change"), [(code, change) for code, some in NOTHING.items() for change in some])
def test_what_nothing_measures_does_not_pass_and_is_not_asked(code, change):
    card, about = copy.deepcopy(whole()), dict(KNOWN)
    change(card, about)
    facts = Facts(Card.of_tables(card), **about)
    assert lacking(looked(NORMS.values(), facts)).get(code) in {"texts", "personal data"}
    assert verdict(code, change).outcome in {Outcome.UNKNOWN, Outcome.PASS}  # which no report says


@pytest.mark.parametrize("code", NORMS)
def test_of_a_whole_card_nothing_is_lacking(code):
    assert lacking(looked([NORMS[code]], Facts(Card.of_tables(whole()), **KNOWN))) == {}


@given(st.permutations([Look("a"), Look("b", "expected 1, found 2"), Look("c", "expected a model, found none", seen=False)]))
def test_what_was_not_seen_is_unknown_unless_something_else_fails(looks):
    class Told(NORMS["N068"].__class__):
        def looks(self, facts):
            yield from looks

    def outcome():
        return Told().judge(fold(Told(), [*table(looked([Told()], facts)).iter_slices(1)]), Level.ERROR).outcome

    facts = Facts(Card(card_version=1))
    assert outcome() is Outcome.FAIL
    looks = [one for one in looks if one.place != "b"]
    assert outcome() is Outcome.UNKNOWN


PATHS = {one.path.replace("[]", "").replace("{}", "") for one in places()}


@pytest.mark.parametrize("code", NORMS)
def test_places_are_fields_of_the_card_or_files(code):
    for facts in (Facts(Card.of_tables(whole()), **KNOWN), Facts(Card(card_version=1))):
        for key in table(looked([NORMS[code]], facts)).get_column("key"):
            field = ".".join(part for part in key.split(".") if not part.isdigit())
            field = field.removesuffix(".train.rows").removesuffix(".test.rows").removesuffix(".train").removesuffix(".test")
            is_known = field in PATHS or field in {*FILES, "datacard.toml", "manifest-sha256.txt"}
            assert is_known or code == "N369", key


@given(st.sampled_from(["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-4.0", "CC0-1.0", "MIT", "ODbL-1.0", "x"]),
       st.sampled_from(["CC-BY-4.0", "CC-BY-SA-4.0", "CC-BY-NC-4.0", "CC-BY-ND-4.0", "CC-BY-NC-SA-4.0", "CC0-1.0", "MIT", "ODbL-1.0", "x"]))  # fmt: skip
def test_a_licence_conflicts_with_none_that_is_the_same_or_forbids_nothing(own, source):
    if own == source or forbidden(source) == frozenset():
        assert not conflict(own, source)
    elif conflict(own, source):
        assert forbidden(source)


EXPRESSIONS = st.recursive(
    st.sampled_from(["MIT", "cc-by-4.0", "CC-BY-SA-4.0", "LicenseRef-x", "Apache-2.0 WITH LLVM-exception", "()", "(MIT"]),
    lambda one: st.tuples(one, st.sampled_from(["AND", "OR", ""]), one).map(" ".join) | one.map("({})".format), max_leaves=24,
)  # fmt: skip


@given(EXPRESSIONS)
def test_choices_of_an_expression_are_those_of_its_truth(text):
    """An expression is true of some licences exactly where all of one choice are among them."""
    found = alternatives(text)
    assert bool(found) == is_expression(text)
    names = sorted({one for every in found for one in every})
    if text.count("OR") > 8 or not found or "(" in names or "" in names:
        return
    plain = re.sub(r" WITH [^\s()]+", "", str(canonicalize_license_expression(text)))
    for drawn in range(1 << min(len(names), 5)):
        held = {one for n, one in enumerate(names) if drawn >> n & 1}
        said = re.sub(r"[^\s()]+", lambda one: one[0].lower() if one[0] in {"AND", "OR"} else str(one[0] in held), plain)
        assert any(every <= held for every in found) == eval(said)


@given(EXPRESSIONS, EXPRESSIONS)
def test_of_any_expressions_a_conflict_is_said_in_words(own, source):
    assert conflict(own, source) == "" or conflict(own, source).startswith("expected ")
    assert conflict(own, own) == ""


def test_there_are_as_many_countries_as_iso_has():
    assert len(COUNTRIES) == 249
    assert all(len(code) == 2 and code.isalpha() and code.isupper() for code in COUNTRIES)
