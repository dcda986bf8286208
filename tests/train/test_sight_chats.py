"""What a model gets of dialogues: whether answers end, and whether ids spell what is said."""

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given
from hypothesis import strategies as st
from sights import answered, found, texts, verdicts

from datastd.sight import spelling
from datastd.sight.raw import Raw
from datastd.sight.sequences import Tokens
from datastd.train import Pipeline

WORDS = ["where", "does", "the", "road", "go", "down", "to", "sea", "it", "goes", "and", "other", "one", "then", "that", "up", "hill"]
MASK = ord("_")


def talks(count=12, sides=("messages",)):
    """Dialogues whose answers are of 4 to 34 words; the columns that a chat has of them as well."""
    made = []
    for n in range(count):
        asked = f"Where does the road go, number {n}?"
        turns = {}
        for number, side in enumerate(sides):
            answer = " ".join(WORDS[(n + 3 * number + k) % len(WORDS)] for k in range(4 + n % 6 * 6)) + "."
            turns[side] = (("user", asked), ("assistant", answer))
        made.append(Raw(f"m#{n}", "train", {"prompt": asked, "response": answer}, messages=turns))
    return made


def written(turns):
    """As a template writes them: the bytes of each turn, and whether an assistant says it."""
    return [(one, turn["role"] == "assistant") for turn in turns for one in f"<{turn['role']}>{turn['content']}</s>".encode()]


def encoded(most=None, *, left=False, shift=0, side="messages", labels=True):
    """Bytes are ids, *shift* more than they are, and no more than so many of them."""

    def of(sample):
        pairs = written(sample[side])
        pairs = pairs[-most:] if most and left else pairs[:most]
        item = {"input_ids": torch.tensor([one + shift for one, _ in pairs])}
        return {**item, "labels": torch.tensor([one + shift if is_said else -100 for one, is_said in pairs])} if labels else item

    return of


def decode(ids):
    return bytes(min(max(one, 0), 255) for one in ids).decode(errors="replace")


def of_both(sample):
    return {f"{side}_input_ids": encoded(100, side=side)(sample)["input_ids"] for side in ("chosen", "rejected")}


def by_words(most=None):
    """Words are ids, and those that it does not know are one."""
    known = {word: n + 1 for n, word in enumerate(WORDS[:3])}

    def of(sample):
        ids = [known.get(word, 0) for turn in sample["messages"] for word in turn["content"].split()][:most]
        return {"input_ids": torch.tensor(ids), "labels": torch.tensor(ids)}

    return of


def padded(batch, most=None):
    """Collate that writes, cuts and pads by itself, as those of TRL do."""
    rows = [encoded(most)(one)["input_ids"] for one in batch]
    ids = torch.nn.utils.rnn.pad_sequence(rows, batch_first=True)
    return {"input_ids": ids, "labels": ids.masked_fill(ids == 0, -100), "attention_mask": (ids > 0).long()}


SOUND = {
    "whole": (encoded(), None), "cut from the left": (encoded(100, left=True), None), "without labels": (encoded(labels=False), None),
    "just whole": (encoded(max(len(written([{"role": r, "content": t} for r, t in one.messages["messages"]])) for one in talks())), None),
    "what asks alone": (lambda s: {"input_ids": torch.tensor([*s["prompt"].encode()])}, None),
    "unknown words": (by_words(), None), "written by collate": (None, padded),
    "from columns": (lambda s: {"input_ids": torch.tensor([*(s["prompt"] + " " + s["response"]).encode()])}, None),
}  # fmt: skip


@pytest.mark.parametrize(("tokenizer", "collate"), SOUND.values(), ids=[*SOUND])
def test_a_sound_pipeline_is_no_finding(tokenizer, collate, request):
    judged = verdicts(Pipeline(tokenizer=tokenizer, collate=collate, decode=None if "unknown" in request.node.name else decode), talks())
    assert {code: one.failed for code, one in judged.items() if code in {"C886", "C887"} and one.failed} == {}


CUT = {
    "answers": (encoded(120), None), "most of them": (encoded(60), None), "without labels": (encoded(120, labels=False), None),
    "by collate": (None, lambda batch: padded(batch, 120)), "unknown words": (by_words(20), None),
    "from columns": (lambda s: {"input_ids": torch.tensor([*(s["prompt"] + " " + s["response"]).encode()][:90])}, None),
}  # fmt: skip


@pytest.mark.parametrize(("tokenizer", "collate"), CUT.values(), ids=[*CUT])
def test_an_answer_that_is_cut_in_part_is_found(tokenizer, collate):
    judged = verdicts(Pipeline(tokenizer=tokenizer, collate=collate), talks())
    assert judged["C887"].outcome == "fail"
    assert 4 <= judged["C887"].failed <= 12 == judged["C887"].checked
    assert judged["C887"].examples[0].says == "expected other ids without the end of the last answer, found the same"
    assert "C886" not in judged  # nobody says what ids spell


def test_the_answer_of_each_side_is_looked_at():
    judged = verdicts(Pipeline(tokenizer=of_both), talks(sides=("chosen", "rejected")))
    assert {one.key.partition("@")[2] for one in judged["C887"].examples} == {"chosen", "rejected"}
    assert judged["C887"].checked == 24


def test_what_is_cut_wholly_counts_where_others_are_seen():
    judged = verdicts(Pipeline(tokenizer=encoded(55)), talks())["C887"]
    assert judged.failed == judged.checked == 12
    prompts = verdicts(Pipeline(tokenizer=lambda s: {"input_ids": torch.tensor([*s["prompt"].encode()])}), talks())
    assert "C887" not in prompts


def test_an_answer_of_a_user_or_of_one_character_is_not_looked_at():
    some = [Raw("m#0", "train", messages={"messages": (("user", "Where does it go?"),)}), Raw("m#1", "train", messages={"messages": (("user", "Yes?"), ("assistant", "Y"))})]
    assert "C887" not in verdicts(Pipeline(tokenizer=encoded()), some)


def test_a_pipeline_that_an_altered_answer_ends_says_nothing_of_it():
    known = {one.values["response"] for one in talks()}

    def strict(sample):
        assert sample["response"] in known
        return encoded(120)(sample)

    assert "C887" not in verdicts(Pipeline(tokenizer=strict), talks())


SPELLED = {
    "ids shifted": encoded(shift=1), "another order": lambda s: {"input_ids": encoded()(s)["input_ids"].flip(0)},
    "of another tokenizer": lambda s: {"input_ids": torch.tensor([one ^ 5 for one, _ in written(s["messages"])])},
    "of another record": lambda s: {"input_ids": torch.tensor([*b"Nothing of what is said in here was ever there"])},
}  # fmt: skip


@pytest.mark.parametrize("tokenizer", SPELLED.values(), ids=[*SPELLED])
def test_ids_that_spell_another_text_are_found(tokenizer):
    judged = verdicts(Pipeline(tokenizer=tokenizer, decode=decode), talks())["C886"]
    assert (judged.outcome, judged.failed) == ("fail", 12)
    assert judged.examples[0].says.startswith("expected at least 0.3 of the text in what its ids spell, found 0")


def test_ids_that_nobody_can_decode_do_not_pass():
    def fails(ids):
        raise ValueError(ids)

    judged = verdicts(Pipeline(tokenizer=encoded(), decode=fails), talks())["C886"]
    assert (judged.outcome, judged.failed) == ("fail", 12)


def masked(sample):
    """Of every fifth token a model has to say what it was, as BERT does."""
    ids = torch.tensor([*sample["text"].encode()])
    hidden = torch.arange(len(ids)) % 5 == 0
    return {"input_ids": torch.where(hidden, MASK, ids), "labels": torch.where(hidden, ids, -100)}


def attended(sample):
    made = masked(sample)
    return {**made, "attention_mask": torch.ones_like(made["input_ids"])}


PLAIN = {
    "texts": (lambda s: {"input_ids": torch.tensor([*s["text"].encode()])}, texts(*["A road that goes down to the sea, and another one."] * 4)),
    "in small letters": (lambda s: {"input_ids": torch.tensor([*s["text"].lower().encode()])}, texts(*["A ROAD THAT GOES DOWN TO THE SEA"] * 4)),
    "a masked language model": (masked, texts(*["A road that goes down to the sea, and another one."] * 4)),
    "with attention": (attended, texts(*["A road that goes down to the sea, and another one."] * 4)),
    "a long template": (lambda s: {"input_ids": torch.tensor([*(b"You are a model of language, and say what is asked. " * 9 + s["text"].encode())])}, texts(*["A road that goes down"] * 4)),
    "windows": (lambda s: [{"input_ids": torch.tensor([*s["context"].encode()][n : n + 20])} for n in (0, 20)], answered(*[("It is a road that goes to the sea, down there.", None)] * 4)),
    "too short to tell": (lambda s: {"input_ids": torch.tensor([*b"Noneofit"])}, texts(*["Yes."] * 4)),
}  # fmt: skip


@pytest.mark.parametrize(("tokenizer", "raws"), PLAIN.values(), ids=[*PLAIN])
def test_ids_that_spell_what_a_record_says_are_no_finding(tokenizer, raws):
    assert "C886" not in found(Pipeline(tokenizer=tokenizer, decode=decode, leaves=("answer",)), raws)


@given(st.text(st.characters(max_codepoint=0x24F), min_size=20, max_size=60), st.integers(0, 30), st.integers(0, 30))
def test_whatever_is_cut_off_a_text_the_rest_of_it_is_alike(text, start, stop):
    """A law: of any part of a text, with anything around it, all runs are in it or too few are there."""
    part = text[start : max(start, len(text) - stop)]
    share = spelling.alike(texts(text)[0], Tokens(torch.tensor([1, 2]).numpy()), Pipeline(decode=lambda _: part))
    assert share in {1.0, -1.0} or share > 0.5  # marks that join letters may go with the one that is cut


def test_what_decode_is_has_to_be_called():
    with pytest.raises(Exception, match="decode"):
        Pipeline(decode=7)
