"""Question answering: spans in windows, the best of all of them, and SQuAD's scores."""

import json
import math
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_cases import WORDS, bert, close, learned, pieces
from sights import answered, found
from squad_files import sound
from support import SHARED, needs_data

torch = pytest.importorskip("torch")

import datastd
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.model import Outcome
from datastd.objectives.answering import Window
from datastd.objectives.known import Answering
from datastd.train import preview


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return pieces(tmp_path_factory.mktemp("pieces"))


def sample(answer, context=WORDS, question="Who is it?", at=None, **more):
    start = context.index(answer) if at is None and answer is not None else at
    answers = [] if answer is None else [{"text": answer, "answer_start": start}]
    return {"key": "q", "question": question, "context": context, "answers": answers, **more}


def task(path, length=48, stride=12, **more):
    return Answering(tokenizer=path, length=length, stride=stride, **more)


def span(item, context=WORDS):
    """The text that the span of a window is; none where it is the first token."""
    first, last = item["start_positions"][0], item["end_positions"][0]
    if (first, last) == (0, 0):
        return None
    return context[item["places"][first, 0] : item["places"][last, 1]]


@given(st.data(), st.integers(20, 90), st.integers(0, 10))
def test_the_span_of_a_window_is_the_answer_where_it_holds_it(path, data, length, stride):
    words = [*WORDS.split()]
    first = data.draw(st.integers(0, len(words) - 1))
    answer = " ".join(words[first : first + data.draw(st.integers(1, 3))])
    some = task(path, length, stride).item(sample(answer), None)
    start, stop = WORDS.index(answer), WORDS.index(answer) + len(answer)
    for item in some:
        there = item["places"][item["places"][:, 1] > item["places"][:, 0]]
        holds = there[0, 0] <= start and stop <= there[-1, 1]
        assert span(item) == (answer if holds else None)
        assert len(item["input_ids"]) <= length
    covered = np.zeros(len(WORDS), bool)
    for item in some:
        for a, b in item["places"]:
            covered[a:b] = True
    assert all(covered[n] or letter.isspace() for n, letter in enumerate(WORDS))


@pytest.mark.parametrize(("answer", "at", "expected"), [(" Paris ", 11, "Paris"), ("e town of Par", 2, "The town of Paris"), (None, None, None)])
def test_white_space_is_no_part_of_an_answer_and_tokens_are_whole(answer, at, expected, path):
    one, *_ = task(path, 128).item(sample(answer, at=at), None)
    assert span(one) == expected


def test_a_token_of_the_data_is_no_separator(path):
    one, *_ = task(path).item(sample("b", "a [SEP] b [CLS]"), None)
    assert (one["input_ids"] == 3).sum() == 2
    assert span(one, "a [SEP] b [CLS]") == "b"


def test_a_question_that_leaves_no_room_is_named_with_both_numbers(path):
    with pytest.raises(UsageError, match=r"q: expected room beside the question for more than the 8 of task.stride, found 7 of 16 tokens"):
        task(path, 16, 8).item(sample("Paris", question="who goes there by night ?"), None)


def batch_of(path, *samples, **how):
    made = task(path, **how)
    return made, made.collate([item for one in samples for item in made.item(one, None)])


def test_the_loss_is_that_of_transformers(path):
    made, batch = batch_of(path, sample("Paris"), sample("Rome"), length=128)
    model = bert("QuestionAnswering").eval()
    names = ("input_ids", "attention_mask", "token_type_ids")
    theirs = model(**{name: batch[name] for name in names}, start_positions=batch["start_positions"][:, 0],
                   end_positions=batch["end_positions"][:, 0]).loss.item()  # fmt: skip
    assert (batch["attention_mask"] == 1).all()
    assert made.weight(batch) == 2
    assert close(made.loss(model, batch).item(), 2 * theirs)


def test_parts_of_a_batch_add_up_to_it_whatever_is_padded(path):
    made = task(path)
    items = [item for one in (sample("Paris"), sample("b", "a b c"), sample(None)) for item in made.item(one, None)]
    model = bert("QuestionAnswering").eval()
    whole, some = made.collate(items), [made.collate([one]) for one in items]
    assert close(sum(made.loss(model, one).item() for one in some), made.loss(model, whole).item())
    one, other = made.judge(model, whole), [window for part in some for window in made.judge(model, part)]
    assert [(a.key, a.text) for a in one] == [(a.key, a.text) for a in other]
    np.testing.assert_allclose([a[1:4] for a in one], [a[1:4] for a in other], rtol=1e-4)


class Says(torch.nn.Module):
    """A model whose scores are high at two places of each window."""

    def __init__(self, *places, high=9.0):
        super().__init__()
        self.places, self.high = places, torch.nn.Parameter(torch.tensor(high))

    def forward(self, ids, attention_mask=None, token_type_ids=None):
        scores = torch.zeros(*ids.shape, 2)
        for row, (first, last) in enumerate(self.places):
            scores[row, first, 0] = scores[row, last, 1] = self.high
        return scores


def test_the_best_span_is_one_that_can_be(path):
    made, batch = batch_of(path, sample("Paris"), length=128)
    (first, last) = batch["start_positions"].item(), batch["end_positions"].item()
    for places in [(first, last), (first, first + 3)]:
        (window,) = made.judge(Says(places), batch)
        a, b = (batch["places"][0, place] for place in places)
        assert (window.text, window.best) == (WORDS[a[0] : b[1]], 18.0)
    for places in [(last + 1, first), (1, first), (first, first + 30)]:  # turned round, in the question, too long
        (window,) = made.judge(Says(places), batch)
        assert window.best <= 9.0
    assert made.judge(Says((first, first + 29)), batch)[0].best == 18.0


def test_the_loss_of_a_sure_answer_is_small(path):
    made, batch = batch_of(path, sample("Paris"), length=128)
    places = (batch["start_positions"].item(), batch["end_positions"].item())
    assert made.loss(Says(places, high=40.0), batch).item() < 1e-6


def window(key="a", none=0.0, best=1.0, text="x", golds=("x",), may_lack=False, loss=1.0):
    return Window(key, loss, none, best, text, golds, may_lack)


@pytest.mark.parametrize(
    ("windows", "threshold", "right"),
    [
        ([window(text="x", best=1), window(text="y", best=2)], 0, 0.0),
        ([window(text="x", best=3), window(text="y", best=2)], 0, 1.0),
        ([window(none=9, text="x")], 0, 1.0),  # where each question has an answer, none is none
        ([window(none=9, may_lack=True)], 0, 0.0),
        ([window(none=9, may_lack=True, golds=())], 0, 1.0),
        ([window(none=9, may_lack=True, golds=())], 8, 0.0),
        ([window(none=9, may_lack=True, golds=()), window(none=0, may_lack=True, golds=())], 0, 0.0),  # the lowest counts
        ([window(best=-math.inf, text="")], 0, 0.0),
        ([window(text="The X!")], 0, 1.0),
    ],
)
def test_an_answer_is_the_best_of_all_windows(windows, threshold, right, path):
    scores = task(path, threshold=threshold).scores(windows)
    assert (scores["exact_match"], scores["loss"]) == (right, 1.0)


def test_scores_are_means_over_questions_and_the_loss_one_over_windows(path):
    scores = task(path).scores([window("a", loss=1), window("a", loss=2), window("b", loss=6, text="x z", golds=("x y",))])
    assert scores == {"loss": 3.0, "exact_match": 0.5, "f1": 0.75}


def test_a_few_steps_find_the_answers(path):
    context = "The king of Rome had two sons and a river."
    asked = [sample("Rome", context, "Where?"), sample("sons", context, "Who?") | {"key": "another"}]
    made, batch = batch_of(path, *asked, length=48)
    model = bert("QuestionAnswering")
    before, after = learned(made, model, [batch], 60, rate=3e-3)
    assert after < before / 4
    assert made.scores(made.judge(model.eval(), batch))["exact_match"] == 1.0


def test_a_model_that_tells_no_texts_apart_gets_no_kinds(path):
    import transformers

    config = transformers.DistilBertConfig(vocab_size=400, dim=32, n_layers=1, n_heads=2, hidden_dim=32, max_position_embeddings=128)
    made, batch = batch_of(path, sample("Paris"))
    for model in (transformers.DistilBertForQuestionAnswering(config), bert("QuestionAnswering", type_vocab_size=1)):
        assert made.loss(model, batch).item() > 0


def test_without_a_first_token_of_its_own_no_answer_is_the_first_of_the_question(path, tmp_path):
    known = json.loads(Path(path, "tokenizer.json").read_bytes())
    known["post_processor"] = None
    (tmp_path / "tokenizer.json").write_text(json.dumps(known))
    made = task(str(tmp_path), 48, 8)
    raws = answered((WORDS, "Paris"), (WORDS, None))
    assert found(made.pipeline(bert("QuestionAnswering"), 4), raws) == set()


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_what_is_made_of_questions_passes_a_preview(version, path, tmp_path):
    folder = sound(tmp_path / "squad", version)
    datastd.certify(folder, f"squad-{version}/1", out=tmp_path / "c.json")
    with datastd.open(folder, certificate=tmp_path / "c.json") as data:
        made, feed = task(path, 64, 16), Feed(data, "train")
        model = bert("QuestionAnswering")
        made.refuse_unfit(data, feed)
        made.begin(model, data, feed)
        report = preview(data, made.pipeline(model, 4))
        assert report.passed, str(report)
        assert {"C893", "C892", "F894", "F892"} <= {one.code for one in report.verdicts}
        (first, *_) = next(feed.parts(None, 3))().raws
        assert made.item(first.sample(), None)[0]["may_lack"] is (version == "2.0")


def test_a_span_that_is_moved_is_found_by_the_preview(path):
    made = task(path, 64, 16)
    raws = answered((WORDS, "Paris"), (WORDS, None), (WORDS, "three"))
    sound_one = made.pipeline(bert("QuestionAnswering"), 4)
    assert found(sound_one, raws) == set()

    def moved(one):
        items = made.item(one, None)
        for item in items:
            item["start_positions"] = item["start_positions"] + 1
        return items

    assert "C893" in found(replace(sound_one, transform=moved), raws)


@needs_data
def test_real_questions_pass_a_preview(tmp_path):
    folder = tmp_path / "squad"
    folder.mkdir()
    with zipfile.ZipFile(SHARED / "squad" / "dev-v1.1.json.zip") as archive:
        archive.extract("dev-v1.1.json", folder)
    whole = json.loads((folder / "dev-v1.1.json").read_bytes())
    text = " ".join(one["context"] for article in whole["data"] for one in article["paragraphs"])
    datastd.certify(folder, "squad-1.1/1", out=tmp_path / "c.json")
    with datastd.open(folder, certificate=tmp_path / "c.json") as data:
        made, model = task(pieces(tmp_path / "t", text[:300_000], 3000), 96, 32), bert("QuestionAnswering", size=3000)
        made.begin(model, data, Feed(data, "val"))
        report = preview(data, made.pipeline(model, 8), 300)
        assert report.outcome is Outcome.PASS, str(report)
