"""A data card with nothing missing, and datasets that have one: what a release asks for."""

import datetime as dt
import json

from datastd.card.written import whole as toml
from datastd.describing import publish_manifest
from datastd.digest import of_bytes

SHA = "0123456789abcdef" * 4
SIDE = ("bias.md", "params.toml", "domains.tsv", "revoked.txt", "guidelines.md")
"""What lies below ``_meta/`` beside it."""


def whole():
    """A card with nothing missing, of data that were crawled, and of data that people gave."""
    crawl = {
        "id": "web", "method": "crawl", "description": "Pages of a thousand sites.", "license": "CC-BY-4.0",
        "attribution": "Their authors.", "retrieved_from": "2026-01-01", "retrieved_to": "2026-02-01",
        "content_from": "2020-01-01", "content_to": "2026-01-31", "origin_countries": ["CH", "DE"],
        "crawler": {"name": "spider 1.2", "agent": "spider", "robots": "obeyed", "captcha": "left", "paywall": "left", "policy_sha256": SHA},
        "opt_out": [{"protocol": "robots", "checked": "2026-01-15", "evidence_sha256": SHA, "on_unknown": "remove", "removed": 3}],
        "domains_file": "_meta/domains.tsv", "domains_sha256": SHA, "personal_data": "no", "rows": 60, "bytes": 600,
    }  # fmt: skip
    people = {
        "id": "people", "method": "human", "description": "What people wrote for us.", "license": "CC0-1.0",
        "retrieved_from": "2026-01-01", "retrieved_to": "2026-02-01", "origin_countries": ["US"], "personal_data": "yes",
        "data_classes": ["pii"], "legal_basis": "Consent", "original_purpose": "To train on.", "consent_uri": "https://example.org/consent",
        "revocations_file": "_meta/revoked.txt", "revocations_sha256": SHA,
        "annotation": {"platform": "our own", "guidelines": "_meta/guidelines.md", "guidelines_sha256": SHA, "per_item": 3,
                       "agreement": 0.8, "agreement_measure": "alpha"},
        "rows": 40, "bytes": 400,
    }  # fmt: skip
    step = {"tool": "tool", "tool_version": "1.0", "code": "abc123", "params_sha256": SHA, "params_file": "_meta/params.toml",
            "started": "2026-03-01T00:00:00Z", "ended": "2026-03-01T01:00:00Z", "actor": "we"}  # fmt: skip
    return {
        "card_version": 1,
        "identity": {
            "uuid": "0190b5a2-8a57-7c31-9b6a-2f1de0f5b9c3", "name": "whole.card", "version": "2.0.0", "previous_version": "1.9.3",
            "previous_date": "2025-01-01", "status": "active", "title": "Whole", "description": "A dataset about which all is said.",
            "license": "CC-BY-4.0", "parties": [{"name": "A. Weaver", "role": "creator", "contact": "weaver@example.org"}, {"name": "The Mill", "role": "publisher"}],
            "modality": ["text"], "task": ["text-generation"], "languages": ["en", "de-CH"],
            "use": {"codes": ["ai-pre-training"], "intended": "Pretraining of language models.", "out_of_scope": "Evaluation of language models.",
                    "known_limits": "There are few old texts.", "biases": "Leans to what is online.", "bias_report": "_meta/bias.md",
                    "bias_report_sha256": SHA, "bias_assessed": "2026-06-01"},
            "created": "2026-04-01", "published": "2026-05-01", "citation": "Weaver 2026", "url": "https://example.org/whole",
        },
        "collection": {"sources": [crawl, people]},
        "processing": {
            "steps": [
                {**step, "id": "clean", "op": "filter", "rows_in": 100, "rows_out": 90, "removed": {"short": 10}, "expected_removed": [0.05, 0.2],
                 "metrics": ["words"], "thresholds": {"words": 50.0}},
                {**step, "id": "cut", "op": "split", "seed": 0, "inputs": ["clean"], "rows_in": 90, "rows_out": 90},
                {**step, "id": "by-hand", "op": "manual", "why": "Two were garbled.", "rows_in": 90, "rows_out": 88, "removed": {"garbled": 2}},
            ],
            "splits": {"train": {"rows": 80}, "test": {"rows": 8}},
            "raw_preserved": True,
            "dedup": [{"method": "minhash", "threshold": 0.8, "scope": "everything", "removed": 0}],
            "decontamination": [{"against": "gsm8k", "against_sha256": SHA, "method": "ngram", "ngram": 13, "action": "removed", "hits": 0}],
            "pii": {"tool": "finder", "version": "1", "entities": ["email"], "action": "masked"},
            "content_safety": {"method": "lists", "threshold": 0.9, "lists_sha256": SHA, "removed": 0},
            "normalisation": {"unicode": "NFC", "line_endings": "lf", "lower_case": False, "digits": False},
            "labels": {"names": ["ham", "spam"], "closed": True},
            "tokenizer": {"name": "t", "revision": "1", "files_sha256": SHA, "vocab_size": 9, "dtype": "uint16", "eos": 0},
            "environment": {"lock_sha256": SHA},
            "record_schema": "document/1",
        },
        "storage": {
            "manifest": "manifest-sha256.txt", "files": 8, "bytes": 182, "format": "jsonl", "compression": "none", "access": "red",
            "region": "CH", "regions_allowed": ["CH", "DE"], "encryption": "at-rest", "retention_until": "2027-01-01",
            "deletion_method": "shredded", "review_by": "2027-01-01", "last_fixity": "2026-11-01",
        },
    }  # fmt: skip


def put_card(folder, form, **splits):
    """Write a card with nothing missing into a dataset of this format, of so many records a split; return the folder."""
    (folder / "_meta").mkdir(exist_ok=True)
    for name in SIDE:
        (folder / "_meta" / name).write_bytes(b"said\n")
    (folder / "ATTRIBUTION.md").write_text("Those who made it.\n")
    card = json.loads(json.dumps(whole()).replace(SHA, of_bytes(b"said\n")))
    count, today = sum(splits.values()), dt.datetime.now(dt.UTC).date()
    later = (today + dt.timedelta(days=300)).isoformat()
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != "manifest-sha256.txt"]
    card["identity"]["use"]["bias_assessed"] = card["storage"]["last_fixity"] = today.isoformat()
    card["storage"] |= {"files": len(files), "format": form, "retention_until": later, "review_by": later}
    crawl, people = card["collection"]["sources"]
    crawl["rows"], people["rows"] = count + 12 - 40, 40
    domains = f"example.org\t{crawl['bytes'] - 9}\t{crawl['rows']}\nexample.com\t9\t0\n".encode()
    (folder / "_meta/domains.tsv").write_bytes(domains)
    crawl["domains_sha256"] = of_bytes(domains)
    card["storage"]["bytes"] = sum(path.stat().st_size for path in files)
    for step, rows in zip(card["processing"]["steps"], ((12, 2), (2, 2), (2, 0)), strict=True):
        step |= {"rows_in": count + rows[0], "rows_out": count + rows[1]}
    card["processing"]["steps"][0]["expected_removed"] = [0.0, 1.0]
    card["processing"]["splits"] = {name: {"rows": rows} for name, rows in splits.items()}
    del card["processing"]["labels"]
    if form == "idx":
        card["identity"] |= {"modality": ["image"], "languages": []}
    (folder / "datacard.toml").write_text(toml(card))
    publish_manifest(folder)
    return folder
