"""Weights are read whole and without running anything, and nothing of them is lost silently."""

import json
import os
import pickle

import pytest

torch = pytest.importorskip("torch")

from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn

from datastd.errors import UsageError
from datastd.networks.weights import Loaded, configuration, put, tensors_of


class Net(nn.Module):
    def __init__(self, classes=3, channels=3, width=4):
        super().__init__()
        self.stem = nn.Conv2d(channels, width, 3)
        self.norm = nn.BatchNorm2d(width)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        return self.fc(self.norm(self.stem(x)).mean((2, 3)))


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.wte, self.lm_head = nn.Embedding(5, 4), nn.Linear(4, 5, bias=False)
        self.lm_head.weight = self.wte.weight


class Upon(nn.Module):
    """A network that is built upon another, as those of transformers and torchvision are."""

    def __init__(self, name):
        super().__init__()
        self.base_model_prefix = name
        setattr(self, name, Net())
        self.head = nn.Linear(2, 2)


def other(build=Net, **sizes):
    """A network with other numbers in every tensor, counters included."""
    torch.manual_seed(7)
    net = build(**sizes)
    for tensor in net.state_dict().values():
        tensor.copy_(torch.rand(tensor.shape) * 9)
    return net


def same(one, other):
    return {*one} == {*other} and all(torch.equal(one[name], other[name]) for name in one)


def as_safetensors(tensors, place):
    save_file({k: v.clone() for k, v in tensors.items()}, place / "x.safetensors")
    return place / "x.safetensors"


def as_torch(tensors, place, name="x.pth", **how):
    torch.save(tensors, place / name, **how)
    return place / name


def as_folder(tensors, place):
    save_file({k: v.clone() for k, v in tensors.items()}, place / "model.safetensors")
    return place


def as_bin(tensors, place):
    as_torch(tensors, place, "pytorch_model.bin")
    return place


def in_shards(tensors, place, name="model.safetensors"):
    stem, suffix = name.split(".")
    names, files = sorted(tensors), {}
    for n, some in enumerate((names[::2], names[1::2]), 1):
        part = {k: tensors[k].clone() for k in some}
        file = f"{stem}-0000{n}-of-00002.{suffix}"
        save_file(part, place / file) if suffix == "safetensors" else torch.save(part, place / file)
        files |= dict.fromkeys(some, file)
    (place / f"{name}.index.json").write_text(json.dumps({"metadata": {}, "weight_map": files}))
    return place


FORMS = {
    "safetensors": as_safetensors,
    "pth": as_torch,
    "pt of old": lambda t, p: as_torch(t, p, "x.pt", _use_new_zipfile_serialization=False),
    "bin in a table": lambda t, p: as_torch({"epoch": 3, "state_dict": t}, p, "x.bin"),
    "pth of torchvision's scripts": lambda t, p: as_torch({"model": t, "args": None}, p),
    "folder": as_folder,
    "folder of old": as_bin,
    "shards": in_shards,
    "shards of old": lambda t, p: in_shards(t, p, "pytorch_model.bin"),
    "index": lambda t, p: in_shards(t, p) / "model.safetensors.index.json",
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_what_was_saved_is_what_is_read_and_put(form, tmp_path):
    saved = other()
    found = tensors_of(FORMS[form](saved.state_dict(), tmp_path))
    assert same(found, saved.state_dict())
    fresh = Net()
    loaded = put(fresh, found)
    assert same(fresh.state_dict(), saved.state_dict())
    assert loaded == Loaded(tuple(fresh.state_dict()), (), ())


def test_of_a_checkpoint_the_model_is_read_and_not_what_the_optimizer_keeps(tmp_path):
    from datastd.train.checkpoint import _KEY

    tensors = {f"model.{k}": v for k, v in other().state_dict().items()}
    place = tmp_path / "checkpoint.safetensors"
    save_file({**tensors, "optimizer.0.exp_avg": torch.ones(2)}, place, {_KEY: "{}"})
    assert same(tensors_of(place), other().state_dict())
    save_file(tensors, place, {"format": "pt"})  # the same names, and not of ours
    assert same(tensors_of(place), tensors)


class Shell:
    def __init__(self, place):
        self.place = place

    def __reduce__(self):
        return (os.system, (f"touch {self.place}",))


@pytest.mark.parametrize("form", ["zip", "old", "pickle", "module", "disguise", "shard"])
def test_a_pickle_with_code_is_refused_and_nothing_of_it_is_run(form, tmp_path):
    mark, place = tmp_path / "mark", tmp_path / "x.pth"
    content = {"a": torch.ones(2), "b": Shell(mark)}
    if form == "zip":
        torch.save(content, place)
    elif form == "old":
        torch.save(content, place, _use_new_zipfile_serialization=False)
    elif form == "pickle":
        place.write_bytes(pickle.dumps(content["b"]))
    elif form == "module":
        torch.save(Net(), place)
    elif form == "disguise":
        place = tmp_path / "model.safetensors"
        place.write_bytes(pickle.dumps(content["b"]))
    else:
        place = in_shards(Net().state_dict(), tmp_path, "pytorch_model.bin")
        torch.save(content, tmp_path / "pytorch_model-00002-of-00002.bin")
    with pytest.raises(UsageError, match="tensors, whole and without code") as caught:
        tensors_of(place)
    assert "weights_only" not in str(caught.value)  # torch says how to run it; we do not
    assert "\n" not in str(caught.value)
    assert not mark.exists()


@pytest.mark.parametrize("suffix", ["safetensors", "pth", "pt"])
@pytest.mark.parametrize("left", [0, 1, 7, 8, 30, 0.5, 0.99, -1])
def test_a_file_that_is_cut_is_refused(suffix, left, tmp_path):
    make = {"safetensors": FORMS["safetensors"], "pth": FORMS["pth"], "pt": FORMS["pt of old"]}
    place = make[suffix](other().state_dict(), tmp_path)
    content = place.read_bytes()
    place.write_bytes(content[: int(len(content) * left) if 0 < left < 1 else left])
    with pytest.raises(UsageError, match="tensors, whole and without code"):
        tensors_of(place)


@given(content=st.binary(max_size=60))
def test_a_file_of_anything_is_refused_in_one_line(content, tmp_path_factory):
    place = tmp_path_factory.mktemp("any")
    for name in ("x.safetensors", "x.pth"):
        (place / name).write_bytes(content)
        with pytest.raises(UsageError) as caught:
            tensors_of(place / name)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "tensors by name"), ([torch.ones(1)], "tensors by name"), (3, "tensors by name"),
        ({"a": 1}, "a dense tensor of plain numbers, found int"), ({0: torch.ones(1)}, "a dense tensor"),
        ({"a": torch.ones(2).to_sparse()}, "a dense tensor"), ({"state_dict": {}}, "tensors by name"),
        ({"a": torch.ones(2, device="meta")}, "a dense tensor"),
        ({"a": torch.ones(2).to(torch.float8_e4m3fn)}, "a dense tensor of plain numbers, found numbers of torch.float8_e4m3fn"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_tensors_is_refused(content, says, tmp_path):
    with pytest.raises(UsageError, match=says):
        tensors_of(as_torch(content, tmp_path))


def test_a_place_without_weights_says_what_could_be_there(tmp_path):
    (tmp_path / "x.onnx").write_bytes(b"x")
    for place, found in ((tmp_path / "none.pth", "nothing"), (tmp_path, "another"), (tmp_path / "x.onnx", "another")):
        with pytest.raises(UsageError, match=rf"model\.safetensors or pytorch_model\.bin, found {found}"):
            tensors_of(place)


@pytest.mark.parametrize("file", ["../x.safetensors", "/etc/passwd", "a/b.bin", "x.index.json", "x.py", 3, [], None])
def test_an_index_names_no_file_but_those_beside_it(file, tmp_path):
    inner = tmp_path / "inner"
    inner.mkdir()
    as_safetensors(Net().state_dict(), tmp_path)
    (inner / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"fc.bias": file}}))
    with pytest.raises(UsageError, match="a file beside this one"):
        tensors_of(inner)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"weight_map": {}}', '{"weight_map": 3}', "[" * 100_000])
def test_an_index_that_is_none_is_refused(text, tmp_path):
    (tmp_path / "model.safetensors.index.json").write_text(text)
    with pytest.raises(UsageError, match=r"index\.json: expected"):
        tensors_of(tmp_path)


def test_a_shard_without_its_tensor_and_one_that_is_not_there_are_refused(tmp_path):
    index = in_shards(Net().state_dict(), tmp_path) / "model.safetensors.index.json"
    known = json.loads(index.read_text())
    known["weight_map"]["more"] = known["weight_map"]["fc.bias"]
    index.write_text(json.dumps(known))
    with pytest.raises(UsageError, match=r"more in model-0000.*none there"):
        tensors_of(tmp_path)
    (tmp_path / "model-00002-of-00002.safetensors").unlink()
    with pytest.raises(UsageError, match=r"model-00002-of-00002\.safetensors: .* found nothing"):
        tensors_of(tmp_path)


def test_a_head_is_swapped_and_it_is_said(tmp_path):
    known, net = other(classes=3), Net(classes=5)
    before = net.fc.weight.clone()
    loaded = put(net, known.state_dict(), ["fc.*"])
    assert torch.equal(net.stem.weight, known.stem.weight)
    assert torch.equal(net.fc.weight, before)
    assert loaded.new == loaded.skipped == ("fc.weight", "fc.bias")
    assert str(loaded) == "loaded 7 tensors; new: fc.weight, fc.bias; skipped: fc.weight, fc.bias"


def test_a_line_names_a_few_and_counts_the_others_and_hides_nothing():
    assert str(Loaded(("a",), (), ())) == "loaded 1 tensor; new: none; skipped: none"
    many = tuple(f"t{n}" for n in range(9))
    assert str(Loaded(many, many, ())) == "loaded 9 tensors; new: t0, t1, t2, t3 and 5 more; skipped: none"
    assert "\x1b" not in str(Loaded((), (), ("\x1b[2J",)))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda t: t | {"fc.weight": torch.ones(5, 4)}, r"fc\.weight: expected \(3, 4\) of torch\.float32, found \(5, 4\)"),
        (lambda t: t | {"fc.bias": torch.ones(3, dtype=torch.int64)}, r"fc\.bias: expected .*float32, found .*int64"),
        (lambda t: {k: v for k, v in t.items() if k != "stem.weight"}, r"stem\.weight: expected \(4, 3, 3, 3\).*found none"),
        (lambda t: t | {"stem.more": torch.ones(1)}, r"stem\.more: expected none, found \(1,\)"),
        (lambda t: t | {"fc.bias": torch.tensor([0, float("nan"), 1])}, r"fc\.bias: expected finite"),
        (lambda t: t | {"fc.bias": torch.tensor([0, float("inf"), 1])}, r"fc\.bias: expected finite"),
        (lambda t: {f"net.{k}": v for k, v in t.items()}, r"tensors such as stem.weight, \(4, 3, 3, 3\) .*, found net.stem.weight, \(4, 3"),
        (lambda t: t | {"module.fc.bias": torch.ones(3)}, "one tensor of each name"),
    ],
)  # fmt: skip
def test_what_does_not_match_outside_of_the_head_is_refused(change, says):
    with pytest.raises(UsageError, match=says):
        put(Net(), change(dict(other().state_dict())), ["head.*"])


def test_a_head_that_allows_all_does_not_allow_nothing():
    for tensors, found in (({"x": torch.ones(1)}, "x"), ({}, "none")):
        with pytest.raises(UsageError, match=f"tensors such as stem.weight, .* found {found}"):
            put(Net(), tensors, ["*"])


def test_a_counter_of_batches_may_be_missing_and_is_not_said_to_be_loaded():
    tensors = {k: v for k, v in other().state_dict().items() if "num_batches" not in k}
    loaded = put(Net(), tensors)
    assert loaded == Loaded(tuple(tensors), (), ())


@pytest.mark.parametrize("wrapped", ["module.", "_orig_mod.", "module._orig_mod."])
def test_names_of_what_wrapped_a_model_are_taken_away(wrapped):
    net, known = Net(), other().state_dict()
    put(net, {wrapped + name: tensor for name, tensor in known.items()})
    assert same(net.state_dict(), known)


@pytest.mark.parametrize("name", ["bert", "transformer", "backbone"])
def test_a_network_goes_into_one_that_is_built_upon_it(name):
    net, known = Upon(name), other().state_dict()
    loaded = put(net, known)
    assert same(getattr(net, name).state_dict(), known)
    assert loaded.new == ("head.weight", "head.bias")
    del known["fc.bias"]  # but all of it
    with pytest.raises(UsageError, match=rf"{name}\.fc\.bias: expected"):
        put(Upon(name), known)
    with pytest.raises(UsageError, match="more: expected none"):  # and no more
        put(Upon(name), {**other().state_dict(), "more": torch.ones(1)})


def test_one_of_tied_weights_is_enough_and_two_are_the_same():
    numbers = torch.arange(20.0).reshape(5, 4)
    for names in (["wte.weight"], ["lm_head.weight"], ["wte.weight", "lm_head.weight"]):
        net = Tied()
        assert put(net, dict.fromkeys(names, numbers)).new == ()
        assert net.lm_head.weight is net.wte.weight
        assert torch.equal(net.wte.weight, numbers)
    with pytest.raises(UsageError, match="tied to"):
        put(Tied(), {"wte.weight": numbers, "lm_head.weight": numbers + 1})


def test_a_convolution_of_colours_makes_of_grey_what_it_makes_of_it_thrice():
    known, grey = other(), Net(channels=1)
    loaded = put(grey, known.state_dict())
    assert loaded.new == loaded.skipped == ()
    pictures = torch.rand(2, 1, 8, 8)
    torch.testing.assert_close(grey.eval()(pictures), known.eval()(pictures.expand(-1, 3, -1, -1)), rtol=1e-4, atol=1e-3)
    with pytest.raises(UsageError, match=r"\(4, 2, 3, 3\).*\(4, 3, 3, 3\)"):
        put(Net(channels=2), known.state_dict())


def test_tensors_take_the_element_type_of_the_model():
    halves = {k: v.bfloat16() if v.is_floating_point() else v for k, v in other().state_dict().items()}
    net = Net()
    put(net, halves)
    assert net.fc.weight.dtype == torch.float32
    assert torch.equal(net.fc.weight, halves["fc.weight"].float())


def test_a_configuration_is_of_its_kind_and_without_code(tmp_path):
    text = {"model_type": "gpt2", "n_layer": 2, "auto_map": {"AutoModel": "evil.Model"}}
    (tmp_path / "config.json").write_text(json.dumps(text))
    assert configuration(tmp_path, "gpt2") == configuration(tmp_path / "config.json", "gpt2") == {"n_layer": 2}
    with pytest.raises(UsageError, match='"model_type" bert, found gpt2'):
        configuration(tmp_path, "bert")
    with pytest.raises(UsageError, match=r"config\.json: expected a file with a configuration, found nothing"):
        configuration(tmp_path / "none" / "config.json", "bert")
