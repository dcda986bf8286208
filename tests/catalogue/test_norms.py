"""Norms that do not hold: those of cards that say all, and of datasets that have one."""

import copy
import json
import shutil
import tomllib

import pytest
from rules import test_file_norms, test_norms
from whole_card import put_card, whole

import datastd
from catalogue.planting import corpus
from catalogue.rows import rows
from datastd.card.written import whole as toml
from datastd.model import Outcome
from datastd.rules.norms import drop_rate_unexpected
from datastd.rules.norms.file_too_large import FileTooLarge
from datastd.rules.norms.folder_too_wide import FolderTooWide
from datastd.rules.norms.shard_size_out_of_band import ShardSizeOutOfBand
from datastd.rules.norms.too_many_files import TooManyFiles

CODES = {row.code for row in rows(("1.N",))}
PLANTS = {code: [*changes] for code, changes in test_norms.PLANTS.items() if code in CODES}
"""Changes of a card that says all, or of what is known of the data: planted in `rules/test_norms.py`,"""
for rule, table, observed, _ in test_file_norms.CASES:
    if observed and rule.code in CODES:
        PLANTS.setdefault(rule.code, []).append(table)
"""and listings of files: in `rules/test_file_norms.py`."""

RULE_DEFAULTS = {
    "N004": "all", "N203": f"{drop_rate_unexpected.TIMES}x", "N310": "0o002 clear",
    "N302": f"{FileTooLarge().most // 10**9} GB recommended, 500 GB hard",
    "N303": f"{TooManyFiles().most // 1000}k", "N304": f"{FolderTooWide().most // 1000}k",
    "N305": f"{ShardSizeOutOfBand().least // 10**6} MB .. {ShardSizeOutOfBand().most // 10**9} GB (HFD 500 MB, WDS ~1 GB, MDS 64 MiB raw)",
}  # fmt: skip


def changed(code):
    """The first change of a card that is planted for a norm, as the card is then; none where what is known is changed."""
    for change in PLANTS[code]:
        card, known = copy.deepcopy(whole()), dict(test_norms.KNOWN)
        if callable(change):
            change(card, known)
            if known == test_norms.KNOWN:
                return change
    return None


ON_CARDS = [code for code in PLANTS if changed(code) and code not in {"N203", "N207"}]
"""But for those whose first change is one of other numbers than these data have, and one of tokens."""


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    folder = corpus(tmp_path_factory.mktemp("norms") / "data")
    return put_card(folder, "jsonl", train=40)


def verdicts(folder):
    return {one.code: one for one in datastd.check(folder, "raw-text/1", profile="release").verdicts}


def test_most_norms_are_about_the_card():
    assert len(ON_CARDS) > 25 or not CODES


def test_a_dataset_whose_card_says_all_has_no_flaw(sound):
    found = verdicts(sound)
    # So few data are in shards that are small, of names without numbers, and whose language nothing may be there to tell.
    odd = {code for code, one in found.items() if one.outcome is not Outcome.PASS} - {"N068", "L199", "C099"}
    assert odd & CODES == set()


@pytest.mark.parametrize("code", ON_CARDS)
def test_a_card_that_is_not_so_turns_its_code_red(code, sound, tmp_path):
    folder = shutil.copytree(sound, tmp_path / "data")
    card = json.loads(json.dumps(tomllib.loads((folder / "datacard.toml").read_text()), default=str))
    changed(code)(card, dict(test_norms.KNOWN))
    (folder / "datacard.toml").write_text(toml(_without_none(card)))
    found = verdicts(folder)[code]
    assert found.outcome in {Outcome.FAIL, Outcome.WARN}
    assert found.failed >= 1


def _without_none(value):
    """TOML has no null: what a plant takes away is not there."""
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    return [*map(_without_none, value)] if isinstance(value, list) else value
