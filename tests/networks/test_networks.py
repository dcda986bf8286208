"""Networks by name are built without a network, begin with weights on disk, and learn in parts."""

import json
import os
import re
import socket

import pytest

torch = pytest.importorskip("torch")

from pydantic import ValidationError
from safetensors.torch import save_file

from datastd import networks as models
from datastd.errors import NotInstalled, UsageError
from datastd.networks import FAMILIES, Network, build, grouped, mlp, prepared
from datastd.networks.weights import put

PHOTO, GREY = (64, 64, 3), (28, 28, 1)
BERT = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2,
        "intermediate_size": 32, "vocab_size": 50, "max_position_embeddings": 32}  # fmt: skip
GPT2 = {"n_layer": 2, "n_head": 2, "hidden_size": 16, "vocab_size": 50, "n_positions": 32}
PLAIN = {"init_weights": False}  # of Inception, whose own takes seconds
IDS = torch.arange(14).reshape(2, 7)


@pytest.fixture(autouse=True)
def nothing_is_fetched(monkeypatch):
    tried = []

    def refused(*what, **__):
        tried.append(what)
        raise OSError("no network")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refused)
    for name in ("getaddrinfo", "create_connection"):
        monkeypatch.setattr(socket, name, refused)
    yield
    assert tried == []


def network(name, **fields):
    if name == "mlp":
        return Network(name=name, **{"layers": (16,), "classes": 10, **fields})
    if name in {"bert", "gpt2"}:
        pytest.importorskip("transformers")
        return Network(name=name, **{"options": BERT if name == "bert" else GPT2, **fields})
    pytest.importorskip("torchvision")
    return Network(name=name, **{"classes": 5, **fields})


def built(name, task="classification", shape=PHOTO, seed=0, **fields):
    torch.manual_seed(seed)
    return build(network(name, **fields), task, shape)


def same(one, other):
    one, other = one.state_dict(), other.state_dict()
    return {*one} == {*other} and all(torch.equal(one[name], other[name]) for name in one)


def stored(model, place):
    save_file({k: v.clone() for k, v in model.state_dict().items()}, place)
    return str(place)


def test_the_network_of_the_document_is_what_it_was():
    model = built("mlp", shape=GREY, layers=(128, 64))
    torch.manual_seed(0)
    assert same(model, mlp(784, (128, 64), 10))
    assert [type(part).__name__ for part in model] == ["Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear", "LogSoftmax"]
    torch.testing.assert_close(model(torch.rand(4, 1, 28, 28)).exp().sum(1), torch.ones(4))
    assert [type(part).__name__ for part in built("mlp", shape=GREY, layers=())] == ["Flatten", "Linear", "LogSoftmax"]


@pytest.mark.parametrize("name", ["resnet18", "vgg11"])
def test_a_network_for_classification_gives_a_score_for_each_class(name):
    assert built(name).eval()(torch.rand(2, 3, 32, 32)).shape == (2, 5)


def test_inception_has_an_auxiliary_classifier_which_an_option_takes_away():
    with torch.no_grad():
        main, auxiliary = built("inception_v3", options=PLAIN).train()(torch.rand(2, 3, 299, 299))
        alone = built("inception_v3", options={**PLAIN, "aux_logits": False})
        assert main.shape == auxiliary.shape == alone.train()(torch.rand(2, 3, 75, 75)).shape == (2, 5)


def test_inception_is_drawn_as_the_paper_has_it_without_a_warning():
    weight = built("inception_v3").Conv2d_2b_3x3.conv.weight
    assert weight.std().item() == pytest.approx(0.1, rel=0.1)


@pytest.mark.parametrize("name", ["fcn_resnet50", "deeplabv3_mobilenet_v3_large"])
def test_a_network_for_segmentation_gives_a_score_for_each_pixel(name):
    found = built(name, "segmentation", options={"aux_loss": True})(torch.rand(2, 3, 32, 32))
    assert found["out"].shape == found["aux"].shape == (2, 5, 32, 32)
    assert [*built(name, "segmentation").eval()(torch.rand(1, 3, 32, 32))] == ["out"]


@pytest.mark.parametrize("name", ["fasterrcnn_mobilenet_v3_large_320_fpn", "retinanet_resnet50_fpn"])
def test_a_detector_learns_from_boxes_and_gives_some(name):
    model = built(name, "detection", options={"min_size": 64, "max_size": 64})
    boxes = {"boxes": torch.tensor([[4.0, 4.0, 40.0, 40.0]]), "labels": torch.tensor([1])}
    losses = model.train()([torch.rand(3, 64, 64)] * 2, [boxes] * 2)
    assert all(loss.isfinite() for loss in losses.values())
    assert {*model.eval()([torch.rand(3, 64, 64)])[0]} == {"boxes", "labels", "scores"}


@pytest.mark.parametrize(
    ("name", "task", "head"),
    [("bert", "masked", "MaskedLM"), ("bert", "answering", "QuestionAnswering"),
     ("gpt2", "causal", "LMHeadModel"), ("gpt2", "instruction", "LMHeadModel"),
     ("gpt2", "preference", "LMHeadModel"), ("gpt2", "answering", "QuestionAnswering")],
)  # fmt: skip
def test_a_model_of_language_has_the_head_of_its_task(name, task, head):
    model = built(name, task, ())
    assert type(model).__name__.endswith(head)
    found = model(IDS)
    assert (found.start_logits.shape == (2, 7)) if head == "QuestionAnswering" else (found.logits.shape == (2, 7, 50))
    assert {one.dtype for one in model.parameters()} == {torch.float32}
    assert model.config.bos_token_id is model.config.eos_token_id is None  # the library's are of another vocabulary


def test_one_seed_gives_one_network():
    for name, task in (("mlp", "classification"), ("resnet18", "classification"), ("gpt2", "causal")):
        assert same(built(name, task, seed=3), built(name, task, seed=3))
        assert not same(built(name, task, seed=3), built(name, task, seed=4))


@pytest.mark.parametrize("channels", [1, 2, 4])
def test_a_first_convolution_takes_the_channels_of_the_data_as_it_was_drawn(channels):
    model, colours = (built("resnet18", shape=(32, 32, n)) for n in (channels, 3))
    assert model.eval()(torch.rand(2, channels, 32, 32)).shape == (2, 5)
    for channel in range(channels):
        assert torch.equal(model.conv1.weight[:, channel], colours.conv1.weight[:, channel % 3])
    assert re.search(rf"\(conv1\): Conv2d\({channels}, 64", str(model))
    assert model.conv1.weight.is_leaf


def test_a_network_of_torchvision_learns_from_grey_pictures(first):
    from datastd.loading import Feed
    from datastd.train import pretrain

    shape = Feed(first, "train").shape
    assert shape == (8, 8, 1)
    epochs = pretrain(lambda: built("resnet18", shape=shape, classes=10), first, epochs=2, threads=1).epochs
    assert epochs[-1].train_loss < epochs[0].train_loss


def test_a_configuration_of_hugging_face_is_taken_and_options_are_put_on_top(tmp_path):
    config = {"model_type": "gpt2", "n_layer": 1, "n_head": 2, "n_embd": 8, "vocab_size": 30,
              "auto_map": {"AutoModelForCausalLM": "evil.Model"}, "torch_dtype": "bfloat16"}  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    for place in (tmp_path, tmp_path / "config.json"):
        model = built("gpt2", "causal", config=str(place), options={"hidden_size": 12, "attn_pdrop": 0.0})
        assert model.transformer.wte.weight.shape == (30, 12)
        assert model.config.attn_pdrop == 0
        assert model.lm_head.weight.dtype == torch.float32
    with pytest.raises(UsageError, match='"model_type" bert, found gpt2'):
        built("bert", "masked", config=str(tmp_path))
    with pytest.raises(UsageError, match="found nothing"):
        built("bert", "masked", config=str(tmp_path / "none"))


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("resnet81", "resnet18"), ("Resnet50", "resnet50"), ("gpt-2", "gpt2"), ("brt", "bert"), ("vgg11bn", "vgg11_bn"),
     ("inception_v4", "inception_v3"), ("fcn_resnet51", "fcn_resnet50"), ("faster_rcnn_resnet50", "fasterrcnn_resnet50_fpn"),
     ("mpl", "mlp"), ("resnext50_32x4d", "")],
)  # fmt: skip
def test_of_an_unknown_name_the_nearest_is_named(name, nearest):
    pytest.importorskip("torchvision")
    with pytest.raises(UsageError, match=rf"model\.name: expected one of .*; did you mean {nearest}"):
        Network(name=name, classes=3)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "mlp", "classes": 3}, "model.layers: expected those of mlp"),
        ({"name": "mlp", "layers": (3,)}, "model.classes: expected those of mlp"),
        ({"name": "mlp", "layers": (3,), "classes": 3, "options": {"x": 1}}, "model.options: expected none for mlp"),
        ({"name": "resnet18"}, "model.classes: expected those of resnet18"),
        ({"name": "resnet18", "classes": 3, "layers": ()}, "model.layers: expected none for resnet18"),
        ({"name": "resnet18", "classes": 3, "config": "x"}, "model.config: expected none for resnet18"),
        ({"name": "gpt2", "classes": 3}, "model.classes: expected none for gpt2"),
        ({"name": "bert", "layers": (3,)}, "model.layers: expected none for bert"),
    ],
)  # fmt: skip
def test_a_field_that_a_network_has_no_use_for_is_refused(fields, says):
    pytest.importorskip("torchvision")
    with pytest.raises(UsageError, match=says):
        Network(**fields)


@pytest.mark.parametrize("fields", [{"class": 3}, {"classes": 0}, {"classes": "3"}, {"layers": (0,)}, {"head_learning_rate": 0.0},
                                    {"weights": ""}, {"frozen": "fc.*"}])  # fmt: skip
def test_a_network_is_strict(fields):
    with pytest.raises(ValidationError):
        Network(**{"name": "mlp", "layers": (3,), "classes": 3, **fields})


def test_a_network_is_a_table_of_a_recipe():
    given = {"name": "mlp", "classes": 3, "layers": [4], "head": ["3.*"], "frozen": ["1.*"], "head_learning_rate": 0.1}
    assert Network.of_toml(given, "recipe", "a recipe").heads == ("3.*",)
    with pytest.raises(UsageError, match="did you mean classes"):
        Network.of_toml({**given, "clases": 3}, "recipe", "a recipe")


@pytest.mark.parametrize(
    ("name", "task"), [("mlp", "masked"), ("resnet18", "segmentation"), ("bert", "causal"), ("gpt2", "masked"), ("fcn_resnet50", "detection")]
)
def test_a_network_of_another_objective_is_refused_and_those_of_this_are_named(name, task):
    fitting = [one for one, family in FAMILIES.items() if task in family.tasks.split()]
    with pytest.raises(UsageError, match=f"one for {task}: {re.escape(', '.join(fitting))}, found {name}"):
        built(name, task)


@pytest.mark.parametrize(
    ("name", "task", "options"),
    [
        ("resnet18", "classification", {"weights": "DEFAULT"}), ("resnet18", "classification", {"weights_backbone": "DEFAULT"}),
        ("resnet18", "classification", {"zero_init": True}), ("resnet18", "classification", {"num_classes": 3}),
        ("resnet18", "classification", {"norm_layer": "BatchNorm2d"}), ("inception_v3", "classification", {"aux": True}),
        ("fcn_resnet50", "segmentation", {"weights_backbone": "DEFAULT"}), ("fcn_resnet50", "segmentation", {"aux": True}),
        ("fcn_resnet50", "segmentation", {"kwargs": 3}), ("fasterrcnn_mobilenet_v3_large_fpn", "detection", {"kwargs": 3}),
        ("fcn_resnet50", "segmentation", {"weights": "DEFAULT"}), ("fcn_resnet50", "segmentation", {"aux_classifier": True}),
        ("fasterrcnn_mobilenet_v3_large_fpn", "detection", {"weights": "DEFAULT"}),
        ("fasterrcnn_mobilenet_v3_large_fpn", "detection", {"weights_backbone": "DEFAULT"}),
        ("fasterrcnn_mobilenet_v3_large_fpn", "detection", {"minsize": 3}),
        ("gpt2", "causal", {"n_layr": 2}), ("gpt2", "causal", {"n_layer": "2"}), ("gpt2", "causal", {"n_head": 3, "n_embd": 16}),
        ("gpt2", "causal", {"model_type": "bert"}), ("bert", "masked", {"hidden_act": "none"}), ("bert", "masked", {"hidden_size": 1 << 40}),
    ],
)  # fmt: skip
def test_an_option_that_is_none_is_refused_in_one_line_and_fetches_nothing(name, task, options):
    with pytest.raises(UsageError, match=r"^model") as caught:
        built(name, task, options=options)
    assert "\n" not in str(caught.value)


def test_the_nearest_option_is_named():
    with pytest.raises(UsageError, match="did you mean n_layer"):
        built("gpt2", "causal", options={"n_layr": 2})


def test_a_network_that_does_not_fit_in_memory_is_a_usage_error():
    with pytest.raises(UsageError, match="memory for it, found RuntimeError"):
        built("mlp", shape=(1 << 19, 1 << 19, 1), layers=(1 << 20,))


@pytest.mark.parametrize(("name", "library"), [("resnet18", "torchvision"), ("gpt2", "transformers")])
def test_a_library_that_is_not_there_is_named(name, library, monkeypatch):
    pytest.importorskip(library)
    import sys

    for known in [one for one in sys.modules if one.partition(".")[0] == library]:
        monkeypatch.setitem(sys.modules, known, None)
    with pytest.raises(NotInstalled, match=f"pip install {library}"):
        build(Network(name=name, classes=None if name == "gpt2" else 3), "causal")


CASES = [
    ("mlp", "classification", {"classes": 3}), ("resnet18", "classification", {"classes": 3}),
    ("inception_v3", "classification", {"classes": 3, "options": {**PLAIN, "aux_logits": False}}),
    ("deeplabv3_mobilenet_v3_large", "segmentation", {"classes": 3, "options": {"aux_loss": True}}),
    ("fasterrcnn_mobilenet_v3_large_fpn", "detection", {"classes": 3}),
    ("retinanet_resnet50_fpn", "detection", {"classes": 3}),
    ("bert", "answering", {}), ("gpt2", "answering", {}),
]  # fmt: skip
BEGUN = {"bert": "masked", "gpt2": "causal"}


@pytest.mark.parametrize(("name", "task"), [("mlp", "classification"), ("resnet18", "classification"), ("bert", "masked"), ("gpt2", "causal")])
def test_what_was_saved_is_what_it_begins_with(name, task, tmp_path):
    known, again = (built(name, task, seed=n) for n in (1, 2))
    place = stored(known, tmp_path / "x.safetensors")
    assert prepared(network(name, weights=place), again).endswith("new: none; skipped: none")
    assert same(known, again)


@pytest.mark.parametrize(("name", "task", "other"), CASES, ids=[case[0] for case in CASES])
def test_a_head_is_swapped_and_all_else_is_loaded(name, task, other):
    fields = {"options": PLAIN} if name == "inception_v3" else {}
    before, swapped = built(name, BEGUN.get(name, task), **fields).state_dict(), built(name, task, **other)
    loaded = put(swapped, before, network(name, **other).heads)
    assert loaded.new
    assert loaded.skipped
    for key, one in swapped.named_parameters():
        assert key in loaded.new or torch.equal(one, before[key])


def test_a_checkpoint_of_the_trainer_is_what_another_begins_with(first, tmp_path):
    from datastd.train import pretrain

    result = pretrain(lambda: mlp(64, (16,), 10), first, epochs=1, out=tmp_path)
    model = built("mlp", shape=(8, 8, 1))
    prepared(network("mlp", weights=str(result.checkpoint)), model)
    assert same(model, result.model)


def recipe(place, objective, data, **model):
    """Write a recipe; JSON's texts, numbers and lists are TOML's."""
    top = {"objective": objective, "data": data, "certificate": f"{data}.json", "standard": "idx-images/1", "out": "out", "epochs": 2}
    tables = {"": top, "[task]": {"name": "classification"}, "[model]": model}
    lines = [line for name, table in tables.items() for line in (name, *(f"{k} = {json.dumps(v)}" for k, v in table.items()))]
    place.write_text("\n".join(lines))
    return place


def test_a_recipe_fine_tunes_with_another_head_frozen_layers_and_a_rate_for_the_head(places, tmp_path, monkeypatch):
    from datastd.train import Recipe, run

    monkeypatch.chdir(tmp_path)
    lines = []
    known = {"name": "mlp", "layers": [16], "classes": 10}
    begin = recipe(places / "begin.toml", "pretrain", "first", **known)
    begun = run(Recipe.read(begin, [f"out={tmp_path / 'begun'}"]), say=lines.append)
    place = os.path.relpath(begun.checkpoint, places)  # as the recipe says it: from where it is
    tune = recipe(places / "tune.toml", "finetune", "second", **known, weights=place, frozen=["1.*"], head_learning_rate=0.1)
    sets = ["out=whole", "model.classes=12", "weight_decay=0.01", "optimizer=adamw"]
    whole = run(Recipe.read(tune, sets), say=lines.append).model
    assert "loaded 2 tensors; new: 3.weight, 3.bias; skipped: 3.weight, 3.bias" in lines
    assert torch.equal(whole[1].weight, begun.model[1].weight)
    assert whole[3].weight.shape == (12, 16)

    parts = [*sets, "out=parts", "epochs=1"]
    run(Recipe.read(tune, parts), say=lines.append)
    again = [*sets, "out=parts", "resume=parts/checkpoint.safetensors"]
    assert same(run(Recipe.read(tune, again), say=lines.append).model, whole)


def test_an_option_of_a_model_can_be_set(places):
    from datastd.train import Recipe

    pytest.importorskip("transformers")
    place = recipe(places / "gpt.toml", "pretrain", "first", name="gpt2")
    read = Recipe.read(place, ["model.options.n_layer=2", "model.frozen=['*.wpe.*']"])
    assert read.model.options == {"n_layer": 2}
    assert read.model.frozen == ("*.wpe.*",)


def test_weights_that_do_not_match_are_refused_outside_of_the_head(tmp_path):
    place = stored(built("resnet18"), tmp_path / "x.safetensors")
    with pytest.raises(UsageError, match=r"conv1\.weight: expected \(64, 2, 7, 7\).*\(64, 3, 7, 7\).*model\.head"):
        prepared(network("resnet18", weights=place), built("resnet18", shape=(32, 32, 2)))
    with pytest.raises(UsageError, match=r"layer\d.*: expected"):
        prepared(network("resnet34", weights=place), built("resnet34"))
    with pytest.raises(UsageError, match="tensors such as"):
        prepared(network("bert", weights=place), built("bert", "masked"))
    line = prepared(network("resnet18", weights=place, head=("conv1.*",)), built("resnet18", shape=(32, 32, 2)))
    assert line == "loaded 121 tensors; new: conv1.weight; skipped: conv1.weight"


def test_a_backbone_goes_into_networks_that_are_built_upon_it(tmp_path):
    pytest.importorskip("torchvision")
    from torchvision.models import resnet50

    backbone = resnet50(num_classes=4)
    for name, task, inner in (("fcn_resnet50", "segmentation", "backbone"), ("retinanet_resnet50_fpn", "detection", "backbone.body")):
        model = built(name, task)
        loaded = put(model, backbone.state_dict(), network(name).heads)
        assert torch.equal(model.get_submodule(inner).layer4[2].conv3.weight, backbone.layer4[2].conv3.weight)
        assert loaded.skipped == ("fc.weight", "fc.bias")
        assert loaded.new
        assert not any(one.startswith(f"{inner}.") for one in loaded.new)


def test_a_file_of_torchvisions_old_detector_has_the_names_of_today():
    known, model = (built("retinanet_resnet50_fpn", "detection", seed=n) for n in (1, 2))

    def old(name):
        name = re.sub(r"((?:inner|layer)_blocks\.\d)\.0\.", r"\1.", name)
        return re.sub(r"_head\.conv\.(\d)\.0\.", lambda one: f"_head.conv.{2 * int(one[1])}.", name)

    tensors = {old(name): one for name, one in known.state_dict().items() if "num_batches" not in name}
    assert {*tensors} - {*known.state_dict()}
    loaded = put(model, tensors, network("retinanet_resnet50_fpn").heads)
    assert same(model, known) or loaded.new == loaded.skipped == ()
    assert torch.equal(model.head.classification_head.conv[3][0].weight, known.head.classification_head.conv[3][0].weight)


def test_berts_own_file_has_its_old_names_a_pooler_and_another_head():
    known, model = built("bert", "masked", seed=1), built("bert", "answering", seed=2)
    tensors = {name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): one
               for name, one in known.state_dict().items()}  # fmt: skip
    tensors |= {"bert.pooler.dense.weight": torch.ones(16, 16), "cls.seq_relationship.bias": torch.ones(2),
                "bert.embeddings.position_ids": torch.arange(32)[None]}  # fmt: skip
    loaded = put(model, tensors, network("bert").heads)
    assert loaded.new == ("qa_outputs.weight", "qa_outputs.bias")
    assert all(re.match(r"cls\.|bert\.pooler|.*position_ids", name) for name in loaded.skipped)
    assert torch.equal(model.bert.embeddings.LayerNorm.weight, known.bert.embeddings.LayerNorm.weight)


@pytest.mark.parametrize("task", ["causal", "answering"])
def test_gpt2s_own_file_has_neither_its_prefix_nor_its_head_but_masks(task):
    known, model = built("gpt2", "causal", seed=1), built("gpt2", task, seed=2)
    tensors = {name.removeprefix("transformer."): one for name, one in known.state_dict().items() if name != "lm_head.weight"}
    tensors |= {"h.0.attn.bias": torch.ones(1, 1, 8, 8).tril(), "h.0.attn.masked_bias": torch.tensor(-1e4)}
    loaded = put(model, tensors, network("gpt2").heads)
    assert torch.equal(model.transformer.wte.weight, known.transformer.wte.weight)
    assert loaded.new == (() if task == "causal" else ("qa_outputs.weight", "qa_outputs.bias"))
    assert loaded.skipped == ("h.0.attn.bias", "h.0.attn.masked_bias")
    if task == "causal":
        assert same(model, known)
        assert model.lm_head.weight is model.transformer.wte.weight
    with pytest.raises(UsageError, match=r"h\.2\.ln_1\.bias: expected none"):  # of a deeper one
        put(model, {**tensors, "h.2.ln_1.bias": torch.ones(16)}, network("gpt2").heads)


@pytest.mark.parametrize(("name", "task"), [("bert", "masked"), ("gpt2", "causal")])
def test_a_folder_that_transformers_saved_is_taken(name, task, tmp_path):
    known = built(name, task, (), seed=1)
    known.save_pretrained(tmp_path, max_shard_size="8KB")
    assert len([*tmp_path.glob("*.safetensors")]) > 1
    model = built(name, task, (), config=str(tmp_path), weights=str(tmp_path), options={}, seed=2)
    assert "new: none; skipped: none" in prepared(network(name, weights=str(tmp_path)), model)
    assert same(model, known)


def test_frozen_parameters_do_not_change_and_the_others_do():
    pytest.importorskip("torchvision")
    model = built("resnet18", frozen=("conv1.*", "bn1.*", "layer[12].*"))
    before = {name: one.clone() for name, one in model.named_parameters()}
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    model(torch.rand(2, 3, 32, 32)).square().sum().backward()
    optimizer.step()
    changed = {name for name, one in model.named_parameters() if not torch.equal(one, before[name])}
    assert changed == {name for name in before if not re.match(r"conv1|bn1|layer[12]", name)}


def test_a_frozen_norm_keeps_its_statistics_while_others_learn_theirs():
    from datastd.train.steps import learning

    model = built("resnet18", frozen=("conv1.*", "bn1.*", "layer1.0.bn1.weight"))
    learning(model)
    model(torch.rand(2, 3, 32, 32))
    assert not model.bn1.running_mean.any()
    assert model.bn1.num_batches_tracked == 0
    assert model.layer1[0].bn1.running_mean.any()  # its bias learns
    assert model.layer2[0].bn1.running_mean.any()


def test_one_name_of_tied_weights_freezes_them():
    model = built("gpt2", "causal", frozen=("lm_head.*",))
    assert not model.transformer.wte.weight.requires_grad


@pytest.mark.parametrize(
    ("frozen", "says"), [(("layer9.*",), "names of parameters, found layer9"), (("1.weigt",), "did you mean 1.weight"), (("*",), "left to learn, found none")]
)
def test_a_pattern_that_freezes_nothing_and_one_that_freezes_all_are_refused(frozen, says):
    with pytest.raises(UsageError, match=rf"model\.frozen: expected .*{says}"):
        built("mlp", frozen=frozen)


def test_a_head_has_its_own_rate_and_norms_and_biases_do_not_decay():
    model = built("resnet18")
    found = grouped(model, 0.1, 0.01, network("resnet18").heads, 1.0)
    name_of = {id(one): name for name, one in model.named_parameters()}
    rates = {name_of[id(one)]: (group["lr"], group["weight_decay"]) for group in found for one in group["params"]}
    assert {*rates} == {*name_of.values()}
    assert sum(len(group["params"]) for group in found) == len(rates)
    assert rates["fc.weight"] == (1.0, 0.01)
    assert rates["fc.bias"] == (1.0, 0.0)
    assert rates["layer1.0.conv1.weight"] == (0.1, 0.01)
    assert rates["layer1.0.bn1.weight"] == rates["bn1.bias"] == (0.1, 0.0)
    torch.optim.AdamW(found)


def test_without_a_rate_of_its_own_there_is_one_group_and_with_one_there_is_a_head():
    (group,) = grouped(built("mlp"), 0.1, 0.0)
    assert (group["lr"], len(group["params"])) == (0.1, len([*built("mlp").parameters()]))
    with pytest.raises(UsageError, match="a head with parameters"):
        grouped(built("mlp"), 0.1, 0.0, ("9.*",), 1.0)


def test_the_head_of_the_documents_network_is_its_last_layer():
    for layers in ((), (4,), (4, 5)):
        names = [name for name, _ in built("mlp", shape=GREY, layers=layers).named_parameters()]
        assert network("mlp", layers=layers).heads == (names[-1].replace("bias", "*"),)


def test_the_names_of_torchvision_are_those_of_a_network_that_can_be_built():
    pytest.importorskip("torchvision")
    from torchvision.models import list_models

    for pattern, family in FAMILIES.items():
        assert pattern in {"mlp", "bert", "gpt2"} or list_models(include=pattern)
        assert {*family.fields.split()} <= {*models.Network.model_fields}
