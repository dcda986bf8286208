"""What objectives of language share: their tokenizer comes from disk, and fits the model, or is refused."""

import json
import shutil
from pathlib import Path

import pytest
from language_cases import WORDS, Bigrams, bert, byte_pairs, gpt, pieces

from datastd.errors import UsageError
from datastd.objectives.known import Answering, Causal, Instruction, Masked, Preference


@pytest.fixture(scope="module")
def places(tmp_path_factory):
    place = tmp_path_factory.mktemp("tokenizers")
    return {"pieces": pieces(place / "pieces"), "pairs": byte_pairs(place / "pairs")}


def test_a_folder_or_its_file_is_read(places):
    for path in (places["pieces"], f"{places['pieces']}/tokenizer.json"):
        assert Masked(tokenizer=path).known.mask_token_id == 4


def test_roles_can_be_said(places, tmp_path):
    shutil.copy(f"{places['pieces']}/tokenizer.json", tmp_path)
    with pytest.raises(UsageError, match="expected one with a mask_token, found none"):
        Masked(tokenizer=str(tmp_path)).known
    assert Masked(tokenizer=str(tmp_path), special={"mask_token": "[MASK]"}).known.mask_token_id == 4


@pytest.mark.parametrize("name", ["", "bert-base-uncased", "gpt2", "some/where", "pieces/tokenizer_config.json"])
def test_what_is_not_on_the_disk_is_nowhere(name, places, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    pieces(tmp_path / "pieces")
    with pytest.raises(UsageError, match=r"tokenizer: expected a folder with a tokenizer.json, or that file, found"):
        Masked(tokenizer=name or str(tmp_path)).known


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"model": {"type": "BPE"}}', "\0"])
def test_a_file_that_is_no_tokenizer_is_one_line(content, tmp_path):
    (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(UsageError, match="tokenizer: expected a folder") as error:
        Causal(tokenizer=str(tmp_path)).known
    assert "\n" not in str(error.value)


def test_no_code_beside_a_tokenizer_is_run(places, tmp_path):
    pieces(tmp_path)
    config = json.loads((tmp_path / "tokenizer_config.json").read_text())
    evil = {"tokenizer_class": "Evil", "auto_map": {"AutoTokenizer": ["evil.Evil", "evil.Evil"]}}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config | evil))
    (tmp_path / "config.json").write_text(json.dumps({"auto_map": {"AutoConfig": "evil.Evil"}, "model_type": "evil"}))
    (tmp_path / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass Evil: ...")
    assert Masked(tokenizer=str(tmp_path)).known.mask_token_id == 4
    assert not (tmp_path / "ran").exists()


def test_what_a_file_says_of_lengths_and_padding_is_left_aside(places, tmp_path):
    known = json.loads(Path(places["pairs"], "tokenizer.json").read_bytes())
    known["truncation"] = {"direction": "Right", "max_length": 4, "strategy": "LongestFirst", "stride": 0}
    known["padding"] = {"strategy": {"Fixed": 64}, "direction": "Right", "pad_to_multiple_of": None,
                        "pad_id": 0, "pad_type_id": 0, "pad_token": "!"}  # fmt: skip
    (tmp_path / "tokenizer.json").write_text(json.dumps(known))
    mine, plain = (Causal(tokenizer=path, special={"eos_token": "<|endoftext|>"}) for path in (str(tmp_path), places["pairs"]))
    for text in ("a", WORDS):
        (one,), (other,) = (task.item({"key": "k", "text": text}, None) for task in (mine, plain))
        assert one["input_ids"].tolist() == other["input_ids"].tolist()


def test_control_tokens_in_data_are_text(places):
    task = Causal(tokenizer=places["pairs"], length=64)
    (item,) = task.item({"key": "k", "text": "a <|endoftext|> b <|im_start|>"}, None)
    assert not {*item["input_ids"][1:].tolist()} & {0, 1, 2}
    assert item["input_ids"][0] == item["labels"][-1] == 0
    assert task.known.decode(item["input_ids"][1:]) == "a <|endoftext|> b <|im_start|>"


class Given:
    """As much of data and of a feed as objectives of text look at before they begin."""

    first = type("First", (), {"columns": {"text": None}})


@pytest.mark.parametrize(
    ("make", "model"),
    [
        (Masked, lambda **how: bert("MaskedLM", **how)), (Answering, lambda **how: bert("QuestionAnswering", **how)),
        (Causal, gpt), (Instruction, gpt), (Preference, gpt),
    ],
)  # fmt: skip
def test_a_model_that_is_too_small_is_refused_with_both_numbers(make, model, places):
    path = places["pieces" if make in {Masked, Answering} else "pairs"]
    more = {"stride": 16} if make is Answering else {}
    task = make(tokenizer=path, length=64, **more)
    size = len(task.known)
    task.begin(model(size=size), Given, Given)
    assert task.pipeline(model(size=size), 3).vocabulary == size
    with pytest.raises(UsageError, match=f"model: expected a row for each of {size} ids, found {size - 1}"):
        task.begin(model(size=size - 1), Given, Given)
    with pytest.raises(UsageError, match=r"model: expected 129 places, as task.length asks, found 128"):
        make(tokenizer=path, length=129, **more).begin(model(size=size), Given, Given)


def test_a_model_of_nobodys_library_is_asked_for_its_rows(places):
    task = Causal(tokenizer=places["pairs"])
    task.begin(Bigrams(len(task.known)), Given, Given)
    with pytest.raises(UsageError, match="a row for each of"):
        task.begin(Bigrams(len(task.known) - 1), Given, Given)


def test_a_model_of_nobodys_library_that_takes_no_such_window_is_refused_before_the_first_step(places):
    task = Causal(tokenizer=places["pairs"], length=64)
    model = Bigrams(len(task.known), places=64).train()
    task.begin(model, Given, Given)
    assert model.training
    says = f"model: expected one that takes 64 ids, the highest of them {len(task.known) - 1}, found index"
    with pytest.raises(UsageError, match=says):
        task.begin(Bigrams(len(task.known), places=63), Given, Given)
