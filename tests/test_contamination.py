"""Contamination the whole way: what the catalogue plants, in files, beside an evaluation set."""

import gzip
import json
import re
import runpy

import pytest
from support import ROOT, needs_data, write_pictures

import datastd
from datastd.errors import UsageError
from datastd.measures.text.shared_8grams import shared_8grams
from datastd.measures.text.shared_ngrams import shared_ngrams
from datastd.rules.text.contamination_common_ngram_guard import ContaminationCommonNgramGuard
from datastd.rules.text.contamination_ngram import ContaminationNgram
from datastd.rules.text.contamination_ratio import ContaminationRatio

STANDARD = datastd.Standard(
    name="clean-of/1", about="Nothing of an evaluation set.", formats=("jsonl",),
    measures=(shared_ngrams, shared_8grams),
    rules=(ContaminationNgram(), ContaminationCommonNgramGuard(), ContaminationRatio()),
)  # fmt: skip


def of(ngram):
    rules = ContaminationNgram(ngram=ngram), ContaminationCommonNgramGuard(ngram=ngram)
    return datastd.Standard(
        name="clean-of/1", about="Nothing of an evaluation set.", formats=("jsonl",), measures=(shared_ngrams,), rules=rules
    )


def words(count, seed):
    """Words that no other seed has."""
    return " ".join(f"{chr(97 + n % 26)}{chr(97 + n // 26)}-{seed}x" for n in range(count)).replace("-", "")


ITEM, LICENCE, SHORT = words(40, "one"), words(20, "two"), words(5, "three")
DOCUMENTS = [words(60, f"{chr(97 + n)}filler") for n in range(20)]


@pytest.fixture
def check(tmp_path):
    def write(name, texts):
        (tmp_path / name).mkdir(exist_ok=True)
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        (tmp_path / name / f"{name}.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
        return tmp_path / name

    def run(*texts, items=(ITEM, LICENCE, SHORT), standard=STANDARD, **options):
        data, other = write("train", [*texts, *DOCUMENTS]), write("test", items)
        return datastd.check(data, standard, inputs={"evaluation": other}, **options)

    return run


def outcomes(report):
    return [str(report[code].outcome) for code in ("L310", "L311", "L312")]


def test_a_corpus_without_any_of_it_passes(check):
    report = check()
    assert outcomes(report) == ["pass", "pass", "pass"]
    assert report["L310"].checked == 20


def asked_by_key(tmp_path):
    """A corpus of texts, and an evaluation set whose texts are under another key; and a copy as CSV."""
    for name in ("train", "test", "tables"):
        (tmp_path / name).mkdir()
    lines = [json.dumps({"text": one}) for one in (f"So {ITEM}", *DOCUMENTS)]
    (tmp_path / "train/train.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "test/test.jsonl").write_text(json.dumps({"question": ITEM}) + "\n")
    (tmp_path / "tables/test.csv").write_text(f"question\n{ITEM}\n")
    return [tmp_path / name for name in ("train", "test", "tables")]


def test_the_format_of_an_input_stands_before_its_path(tmp_path):
    train, test, tables = asked_by_key(tmp_path)
    with pytest.raises(UsageError, match=r"--input evaluation.*F301 in test\.jsonl"):
        datastd.check(train, STANDARD, inputs={"evaluation": test})
    for given in (f"jsonl:question::{test}", f"csv:question::{tables}"):
        report = datastd.check(train, STANDARD, inputs={"evaluation": given})
        assert (report["L310"].failed, report.failing("L310")["key"].to_list()) == (1, ["train.jsonl#0"])
        assert [one.path for one in report.inputs] == [given]
    done = datastd.clean(train, tmp_path / "out", STANDARD, inputs={"evaluation": f"jsonl:question::{test}"})
    assert (dict(done.removed), done.outcome) == ({"L310": 1}, "pass")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("josnl::test", r"--input evaluation=josnl::test: expected one of .*, found josnl"),
        ("jsonl:a,b::test", r"--input evaluation=jsonl:a,b::test: expected one key"),
        ("::test", "expected FORMAT::PATH, found ::test"),
        ("jsonl::", "expected FORMAT::PATH, found jsonl::"),
        ("./jsonl::test", r"jsonl::test"),  # a path, of which there is none
    ],
)
def test_a_format_of_an_input_that_is_none_is_refused(given, said, tmp_path, monkeypatch):
    asked_by_key(tmp_path)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=said):
        datastd.check("train", STANDARD, inputs={"evaluation": given})


def test_datastd_toml_names_the_format_of_an_input_too(tmp_path, monkeypatch):
    asked_by_key(tmp_path)
    (tmp_path / "mine.py").write_text(
        "import datastd\nfrom datastd.measures.text.shared_ngrams import shared_ngrams\n"
        "from datastd.rules.text.contamination_ngram import ContaminationNgram\n"
        "standard = datastd.Standard(name='mine/1', about='x', formats=('jsonl',), measures=(shared_ngrams,),\n"
        "    rules=(ContaminationNgram(limit=1, because='one is known'),))\n"
    )
    (tmp_path / "datastd.toml").write_text(
        '[[dataset]]\npath = "train"\nstandard = "mine.py"\ninputs = {evaluation = "jsonl:question::test"}\n'
    )
    monkeypatch.chdir(tmp_path)
    assert datastd.check("train")["L310"].failed == 1
    datastd.certify("train", out="c.json")
    with pytest.raises(UsageError, match=r"c\.json: expected a place beside the dataset"):
        datastd.certify("train", out="test/c.json")
    from datastd.standard import load
    trust = tmp_path / "trust.toml"
    trust.write_text(f'[[standard]]\nname = "mine/1"\ndigest = "{load("mine.py").digest}"\n')
    datastd.open("train", certificate="c.json", standard="mine.py", trust=trust).close()
    (tmp_path / "test/test.jsonl").write_text(json.dumps({"question": LICENCE}) + "\n")
    with pytest.raises(datastd.NotCertified, match="input evaluation"):
        datastd.open("train", certificate="c.json", standard="mine.py", trust=trust)


def test_without_the_input_nobody_is_asked(tmp_path, check):
    check()
    report = datastd.check(tmp_path / "train", STANDARD)
    assert {one.code: one.needs for one in report.not_asked} == dict.fromkeys(["L310", "L311", "L312"], "evaluation")


@pytest.mark.parametrize("unseen", ["\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad"])
@pytest.mark.parametrize("place", [1, 4])
def test_an_item_does_not_hide_behind_what_nobody_sees(check, unseen, place):
    pasted = " ".join(one[:place] + unseen + one[place:] + unseen for one in ITEM.split())
    assert outcomes(check(pasted)) == ["fail", "warn", "pass"]
    items = (ITEM.replace("o", f"o{unseen}"), LICENCE, SHORT)  # nor does it where the set has them
    assert outcomes(check(ITEM, items=items)) == ["fail", "warn", "pass"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_pasted_item_is_found_and_both_places_are_named(check, jobs):
    question = f"Ünlike  that: {ITEM.upper().replace(' ', ', ')}!"
    report = check("nothing of it", question, jobs=jobs)
    assert outcomes(report) == ["fail", "warn", "pass"]
    (found,) = report["L310"].examples
    assert (found.key, found.observed) == ("train.jsonl.gz#1", 28)
    start, stop, other_start, other_stop = map(int, re.findall(r" (\d+)(?= to|,| of)", found.detail))
    assert question.encode()[start:stop].decode() == ITEM.upper().replace(" ", ", ")
    assert ITEM[other_start:other_stop] == ITEM
    assert found.detail.endswith("test.jsonl.gz#0")
    assert ITEM.split()[0].upper() not in found.detail.upper()


@pytest.mark.parametrize(("count", "outcome"), [(12, "pass"), (13, "fail")])
def test_so_many_words_in_a_row_are_one_run(check, count, outcome):
    assert str(check(" ".join(ITEM.split()[5 : 5 + count]))["L310"].outcome) == outcome


@pytest.mark.parametrize("ngram", [8, 10, 13])
def test_the_standard_chooses_how_many(check, ngram):
    for count, outcome in ((ngram - 1, "pass"), (ngram, "fail")):
        assert str(check(" ".join(ITEM.split()[:count]), standard=of(ngram))["L310"].outcome) == outcome


def test_what_one_rule_leaves_aside_another_lists():
    with pytest.raises(ValueError, match="L312: expected the common of the other rules, found another"):
        datastd.Standard(
            name="a/1", about="b", formats=("jsonl",), measures=(shared_ngrams,),
            rules=(ContaminationNgram(), ContaminationCommonNgramGuard(common=9)),
        )  # fmt: skip


@pytest.mark.parametrize(("runs", "outcome"), [(23, "pass"), (24, "warn")])  # of 33: 0.697 and 0.727
def test_most_of_an_item_is_too_much(check, runs, outcome):
    assert str(check(" ".join(ITEM.split()[: runs + 7]))["L311"].outcome) == outcome


@pytest.mark.parametrize(("copies", "expected"), [(10, ["fail", "warn", "pass"]), (11, ["pass", "pass", "warn"])])
def test_what_many_documents_have_does_not_count_and_is_listed(check, copies, expected):
    report = check(*(f"{text} {LICENCE}" for text in DOCUMENTS[:copies]))
    assert outcomes(report) == expected
    assert max(report["L310"].failed, report["L312"].failed) == copies


def test_an_item_of_a_few_words_counts_as_a_whole(check):
    assert outcomes(check(f"and so {SHORT} it went")) == ["pass", "warn", "pass"]
    assert outcomes(check(" ".join(SHORT.split()[:4]))) == ["pass", "pass", "pass"]


def test_an_evaluation_set_of_short_items_alone_leaves_it_unknown(check):
    assert outcomes(check(items=[SHORT])) == ["unknown", "pass", "unknown"]
    assert outcomes(check(items=["!"])) == ["unknown", "unknown", "unknown"]


@needs_data
def test_real_evaluation_sets_are_found(monkeypatch):
    monkeypatch.syspath_prepend(ROOT / "tests" / "bench")
    bench = runpy.run_path(str(ROOT / "tests" / "bench" / "contamination.py"))
    found = bench["report"](*bench["contexts"]())
    assert [found[code].failed for code in ("L310", "L311", "L312")] == [240, 240, 0]
    train, test = bench["questions"]("train"), bench["questions"]("test")
    assert bench["sharing"](train, test, 13) == bench["sharing_sets"](*map(bench["words"], (train, test)), 13) == 7
    assert bench["sharing_sets"](*map(bench["plain"], (train, test)), 13) == bench["CATALOGUE"][13]


def test_an_evaluation_set_without_a_text_is_refused(tmp_path, check):
    check()
    write_pictures(tmp_path / "pictures")
    with pytest.raises(UsageError, match="--input evaluation: expected data of format jsonl, found image-folder"):
        datastd.check(tmp_path / "train", STANDARD, inputs={"evaluation": tmp_path / "pictures"})
