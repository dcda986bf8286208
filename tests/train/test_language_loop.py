"""The loop takes objectives of language: parts of a step add up, and a run goes on as it would have gone on."""

import numpy as np
import pytest
from chat_files import many, preference_of_messages, write
from language_cases import WORDS, byte_pairs, gpt

torch = pytest.importorskip("torch")

import datastd
from datastd.objectives.known import Causal, Preference
from datastd.train import finetune


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return byte_pairs(tmp_path_factory.mktemp("pairs"))


def opened(folder, standard, **how):
    made = f"{folder}.json"
    datastd.certify(folder, standard, out=made, **how)
    return datastd.open(folder, certificate=made)


def test_parts_of_a_step_add_up_to_it(path, tmp_path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/train.txt").write_text("\n\n".join(WORDS[n : 60 + 7 * n] for n in range(12)))
    with opened(tmp_path / "texts", "raw-text/1", format="text:blocks") as data:
        task = Causal(tokenizer=path, length=16)
        one, other = (
            finetune(gpt(), data, task, epochs=1, batch=6, accumulate=parts, learning_rate=0.01, optimizer="sgd", threads=1)
            for parts in (1, 4)
        )
    assert one.epochs[0].train_loss == pytest.approx(other.epochs[0].train_loss, rel=1e-5)
    for a, b in zip(one.model.parameters(), other.model.parameters(), strict=True):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


def test_the_reference_of_a_run_that_goes_on_is_the_model_it_began_with(path, tmp_path):
    write(tmp_path / "chat", many(preference_of_messages))
    how = {"batch": 4, "learning_rate": 0.001, "threads": 1}
    with opened(tmp_path / "chat", "preference/1") as data:
        task = Preference(tokenizer=path, length=64)
        straight = finetune(gpt(), data, task, epochs=2, **how)
        finetune(gpt(), data, task, epochs=1, out=tmp_path / "run", **how)
        gone_on = finetune(gpt(), data, task, epochs=2, resume=tmp_path / "run/checkpoint.safetensors", **how)
    assert straight.epochs[1].train_loss < straight.epochs[0].train_loss
    assert straight.epochs == gone_on.epochs
    for a, b in zip(straight.model.state_dict().values(), gone_on.model.state_dict().values(), strict=True):
        np.testing.assert_array_equal(a, b)
