"""A preview is a report of certified data; a recipe's own comes before its first step, and blocks it."""

import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

torch = pytest.importorskip("torch")

from coco_files import coco
from mask_files import mask_image, values
from mask_files import write as write_mask
from squad_files import sound as write_squad
from support import SHARED, needs_data, picture, write_idx

import datastd
from datastd.certificate.statement import Terms, issue
from datastd.digest import Manifest
from datastd.disk import Tree
from datastd.errors import UsageError
from datastd.loading import Feed
from datastd.model import Level, Outcome
from datastd.networks import mlp
from datastd.objectives.classification import Classification
from datastd.report import Report
from datastd.rules.sight import SeenRule, said
from datastd.rules.sight.pixels_out_of_scale import PixelsOutOfScale
from datastd.sight.drawing import Draw
from datastd.sources import Shard
from datastd.standard import load
from datastd.train import Pipeline, Recipe, Unfit, finetune, pretrain, preview, run

STANDARD = """
from datastd import Standard
from datastd.rules.files.byte_identical import ByteIdentical
standard = Standard(name="looked-at/1", about="Data to be looked at.", formats=("chat", "coco", "masks", "squad"),
                    rules=(ByteIdentical(limit=99, because="not what is asked here"),))
"""


def opened(folder, **how):
    """Certify a folder by a standard that asks for little, and open it."""
    standard, out = folder.parent / "standard.py", folder.parent / f"{folder.name}.json"
    standard.write_text(STANDARD)
    datastd.certify(folder, standard, out=out, **how)
    return datastd.open(folder, certificate=out, standard=standard, standard_digest=load(standard).digest)


def to_tensor(sample):
    return torch.from_numpy(np.array(sample["image"])[None] / np.float32(255)), sample["label"]


def stacked(items):
    images, labels = zip(*items, strict=True)
    return torch.stack(images), torch.tensor(labels)


PIPELINE = Pipeline(transform=to_tensor, collate=stacked, classes=10)
BAD = Pipeline(transform=lambda s: (to_tensor(s)[0] / 255, s["label"] + 1), collate=stacked, classes=10)


def test_a_preview_is_a_report_that_says_how_many_were_looked_at(first):
    report = preview(first, PIPELINE, 100)
    assert report.outcome is Outcome.PASS
    assert (report.drawn.samples, report.drawn.of, report.drawn.seed) == (100, 400, 0)
    assert {verdict.checked for verdict in report.verdicts if verdict.unit != "batches"} == {100}
    assert sum(split.records for split in report.splits.values()) == report.accounting.samples == 100
    assert str(report.drawn) == "100 drawn by seed 0 of the 400 samples of test, train"
    assert "against preview/1, profile dev: 100 drawn by seed 0 of the 400 samples of test, train" in " ".join(str(report).split())
    assert report.not_asked == ()


def test_all_samples_are_looked_at_where_there_are_no_more(first):
    report = preview(first, PIPELINE)
    assert str(report.drawn) == "all of the 400 samples of test, train"
    assert report["F899"].checked == 400
    part = preview(first, PIPELINE, splits=["train"])
    assert (part.drawn.of, [*part.splits], part["F899"].checked) == (300, ["train"], 300)


def test_the_same_samples_are_drawn_by_the_same_seed_and_others_by_another(first):
    seen = {}

    def noting(name):
        return Pipeline(transform=lambda s: seen.setdefault(name, []).append(s["key"]) or to_tensor(s), collate=stacked)

    reports = [preview(first, noting(name), 50, seed=seed) for name, seed in (("a", 0), ("b", 0), ("c", 1))]
    assert seen["a"] == seen["b"] != seen["c"]
    assert len({*seen["a"]}) == 50
    assert reports[0].splits == reports[1].splits != reports[2].splits
    assert {key.partition("-")[0] for key in seen["a"]} == {"train", "t10k"}
    assert seen["a"] == sorted(seen["a"], key=lambda key: (key.startswith("train"), int(key.rpartition("#")[2])))


@pytest.mark.parametrize("suffix", [".json", ".html", ".sarif", ".xml", ".md", ".parquet", ".csv"])
def test_every_face_shows_it(suffix, first, tmp_path):
    if suffix == ".html":
        pytest.importorskip("jinja2")
    report = preview(first, BAD, 50)
    report.save(tmp_path / f"r{suffix}")
    content = (tmp_path / f"r{suffix}").read_bytes()
    assert b"C899" in content or suffix == ".parquet"
    if suffix in {".html", ".md", ".xml"}:
        assert "50 drawn by seed 0 of the 400 samples of test, train" in content.decode()
    assert "50 drawn by seed 0" in report._repr_html_()


def test_it_is_loaded_as_it_was_saved(first, tmp_path):
    report = preview(first, BAD, 50)
    report.save(tmp_path / "r.json")
    plain = json.loads((tmp_path / "r.json").read_bytes())
    assert plain["drawn"] == {"samples": 50, "of": 400, "splits": ["test", "train"], "seed": 0}
    assert plain["outcome"] == "fail"
    assert Report.load(tmp_path / "r.json").plain() == report.plain() == plain
    plain["drawn"]["of"] = 49
    (tmp_path / "r.json").write_text(json.dumps(plain))
    with pytest.raises(UsageError, match="expected at most 49, found 50"):
        Report.load(tmp_path / "r.json")


def test_a_report_on_all_of_the_data_has_no_such_key(places):
    assert "drawn" not in datastd.check(places / "first", "idx-images/1").plain()


def test_every_failing_sample_is_listed(first):
    report = preview(first, BAD, 60)
    failing = report.failing("C899")
    assert failing.columns == ["key", "split", "observed", "limit"]
    assert failing.height == report["C899"].failed == 60
    details = report.details("C899")["detail"]
    assert all(re.fullmatch(r"expected (\d), found (\d)", one) for one in details)
    assert report.failing("F899").height == 0
    assert report.evidence.explained("C899").startswith("Samples whose label, after the pipeline")
    with pytest.raises(KeyError):
        report.failing("L101")


def test_it_is_no_part_of_a_certificate(first):
    report = preview(first, PIPELINE)
    with Tree(first.root) as tree:
        manifest = Manifest.of(tree, jobs=1)
    assert report.data.digest == manifest.digest
    with pytest.raises(ValueError, match="found pass, of all of the 400 samples of test, train"):
        issue(report, manifest, "first", Terms(1))


def test_limits_of_ones_own_need_a_reason_and_rules_of_ones_own_are_asked(first):
    double = Pipeline(transform=lambda s: (to_tensor(s)[0] / 255, s["label"]), collate=stacked)
    assert preview(first, double, 50)["Q898"].outcome is Outcome.FAIL
    with pytest.raises(ValueError, match="because"):
        PixelsOutOfScale(limit=1, because="")
    tolerant = preview(first, double, 50, rules=[PixelsOutOfScale(limit=1, because="they are meant to be dark")])
    assert tolerant["Q898"].outcome is Outcome.PASS
    assert tolerant["Q898"].because == "they are meant to be dark"

    class LabelZero(SeenRule):
        """A label of 0."""

        code, name, table, reads = "C799", "label-zero", "labels", ("seen",)
        level: Level = Level.WARN

        def wrong(self):
            return pl.col("seen") == 0

        def told(self):
            return said("expected another, found {}", "seen")

    assert preview(first, PIPELINE, 50, rules=[LabelZero()])["C799"].outcome is Outcome.WARN


def test_what_the_pipeline_does_not_say_is_not_asked(first):
    bare = preview(first, Pipeline(transform=to_tensor), 20)
    assert {(one.code, one.give) for one in bare.not_asked} == {
        ("F893", "Pipeline(collate=…)"), ("Q895", "Pipeline(collate=…)"), ("F896", "Pipeline(classes=…)"),
        ("C891", "Pipeline(collate=…)"),
    }  # fmt: skip
    assert bare.outcome is Outcome.PASS
    assert bare.standard.digest != preview(first, PIPELINE, 20).standard.digest


@pytest.mark.parametrize(
    ("how", "says"),
    [({"samples": 0}, "samples: expected a whole number from 1, found 0"), ({"samples": True}, "samples"),
     ({"seed": -1}, "seed: expected a whole number from 0"), ({"splits": ["val"]}, "split: expected one of test, train, found val")],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(how, says, first):
    with pytest.raises(UsageError, match=says):
        preview(first, PIPELINE, **how)


def test_a_draw_from_very_many_takes_no_memory_for_them():
    class Many:
        def shards(self, split):
            return (Shard("a", "train", 0, 10**12),)

    draw = Draw(Many(), ["train"], 5, 0)
    assert draw.of == 10**12
    assert len({*draw.rows.tolist()}) == 5
    assert sorted(draw.rows) == [*draw.rows]


def test_no_split_is_no_sample(first):
    with pytest.raises(UsageError, match="at least one sample"):
        preview(first, PIPELINE, splits=[])


def test_nothing_but_certified_data_and_a_pipeline_is_taken(places, first):
    for data in (places / "first", first._source, None):
        with pytest.raises(TypeError, match=r"datastd\.open"):
            preview(data, PIPELINE)
    with pytest.raises(TypeError, match="expected a Pipeline, found function"):
        preview(first, to_tensor)


# The recipe's own.


@pytest.fixture
def recipe(places, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = places / "previewed.toml"
    path.write_text(
        'objective = "pretrain"\ndata = "first"\ncertificate = "first.json"\nstandard = "idx-images/1"\nout = "runs"\n'
        'epochs = 2\nthreads = 1\n[task]\nname = "classification"\n'
        '[model]\nname = "mlp"\nlayers = [8]\nclasses = 10\n'
    )
    return path


def test_the_recipes_pipeline_is_what_the_loop_does(first):
    objective = Classification(mean=(0.13,), std=(0.31,))
    pipeline, seen = objective.pipeline(mlp(64, (), 10), 16), []

    class Model(torch.nn.Module):
        def forward(self, images):
            seen.append(images)
            return torch.zeros(len(images), 10)

    objective.begin(mlp(64, (), 10), first, Feed(first, "train"))
    read = next(Feed(first, "train").parts(None, 16, columns=True))
    ((batch,),) = objective.steps(read(), None, 16)
    objective.loss(Model(), batch)
    looked_at = []
    whole = Pipeline(transform=pipeline.transform, collate=lambda b: looked_at.append(pipeline.collate(b)) or looked_at[-1], batch=400)
    assert preview(first, whole).passed
    images, labels = looked_at[0]
    assert torch.equal(images[100:116], seen[0])  # behind the 100 of the test split
    assert torch.equal(labels[100:116], batch[1])


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32])
def test_pixels_of_any_type_are_previewed_as_they_are_trained_on(kind, tmp_path):
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (60, 8, 8)).astype(kind)
    folder = write_idx(tmp_path / "d", train=(images, (np.arange(60) % 10).astype(np.uint8)))
    datastd.certify(folder, "idx-images/1", out=tmp_path / "c.json")
    with datastd.open(folder, certificate=tmp_path / "c.json") as data:
        report = preview(data, Classification().pipeline(mlp(64, (), 10), 16))
    assert report["F899"].outcome is Outcome.PASS, str(report)
    assert report["C899"].outcome is Outcome.PASS


def test_a_recipe_that_spoils_its_pixels_trains_nothing(recipe):
    said_ = []
    with pytest.raises(Unfit) as refused:
        run(Recipe.read(recipe, ["task.std=[0.0001]"]), say=said_.append)
    assert refused.value.exit_code == 1
    assert refused.value.report["Q898"].outcome is Outcome.FAIL
    assert "Q898 fail; nothing was trained" in str(refused.value)
    assert said_ == []
    assert not Path("runs").exists()
    assert str(pickle.loads(pickle.dumps(refused.value))) == str(refused.value)


def test_labels_that_the_network_has_no_output_for_train_nothing(recipe, places):
    says = "model: expected an output for each label from 5 to 9, found 9 outputs"
    with pytest.raises(UsageError, match=says):
        run(Recipe.read(recipe, [f"data={places / 'second'}", f"certificate={places / 'second.json'}", "model.classes=9"]))
    assert not Path("runs").exists()


def test_to_go_on_is_to_be_looked_at_again(recipe):
    begun = run(Recipe.read(recipe, ["epochs=1"]), say=lambda _: None)
    said_ = []
    run(Recipe.read(recipe, [f"resume={begun.checkpoint}"]), say=said_.append)
    assert said_[0].startswith("preview of all of the 400 samples of train, test: ")
    with pytest.raises(Unfit):
        run(Recipe.read(recipe, [f"resume={begun.checkpoint}", "task.std=[0.0001]"]))


def test_a_preview_changes_nothing_of_what_is_trained(recipe, first):
    result = run(Recipe.read(recipe), say=lambda _: None)
    plain = pretrain(lambda: mlp(64, (8,), 10), first, epochs=2, threads=1)
    assert result.epochs == plain.epochs


def test_the_command_prints_the_report_and_ends_with_1(recipe, tmp_path):
    command = [Path(sys.executable).with_name("datastd"), "train", recipe]
    environment = {name: value for name, value in os.environ.items() if name != "GITHUB_ACTIONS"}
    done = subprocess.run([*command, "--set", "task.std=[0.0001]"], cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert done.returncode == 1
    assert "Q898  pixels-out-of-scale" in done.stdout
    assert "FAIL" in done.stdout
    assert "nothing was trained" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "runs").exists()
    fine = subprocess.run([*command, "--set", "epochs=1"], cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert fine.returncode == 0, fine.stderr
    assert fine.stdout.startswith("preview of all of the 400 samples of train, test: 10 rules: 10 pass\nepoch 1")


def test_a_preview_costs_no_import_of_torchvision(recipe, tmp_path):
    code = (
        "import sys\nfrom datastd.train import Recipe, run\n"
        f"run(Recipe.read({str(recipe)!r}), say=lambda _: None)\nsys.exit('torchvision' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == 0


# Sources of boxes, masks and questions.


def detector(image_alone=False):
    v2 = pytest.importorskip("torchvision.transforms.v2")
    flip, end = v2.RandomHorizontalFlip(1.0), [v2.ToImage(), v2.ToDtype(torch.float32, scale=True)]
    if image_alone:
        return lambda s: (v2.Compose([flip, *end])(s["image"]), {name: s[name] for name in ("boxes", "labels")})
    return v2.Compose([flip, *end])


def as_detectors_take_them(items):
    return tuple(zip(*items, strict=True))


def test_boxes_of_coco_go_with_their_pictures_or_are_found_out(tmp_path):
    folder = tmp_path / "coco"
    for path, content in {"annotations/instances_train2017.json": coco(12)}.items():
        (folder / path).parent.mkdir(parents=True)
        (folder / path).write_text(json.dumps(content))
    (folder / "train2017").mkdir()
    for number in range(1, 13):
        picture(number, size=(32, 40)).save(folder / "train2017" / f"{number:06}.png")
    with opened(folder, format="coco") as data:
        report = preview(data, Pipeline(transform=detector(), classes=4))
        assert report.passed, str(report)
        assert report["C898"].checked == 24
        assert report["C896"].checked == 12
        spoiled = preview(data, Pipeline(transform=detector(image_alone=True), collate=as_detectors_take_them, classes=4))
        assert [one.code for one in spoiled.verdicts if one.outcome is not Outcome.PASS] == ["C896"]
        assert spoiled.failing("C896").height == 12
        assert preview(data, Pipeline(transform=detector(), classes=3))["F896"].outcome is Outcome.FAIL


@needs_data
def test_real_pictures_of_coco_pass_with_the_transforms_of_torchvision(tmp_path):
    v2 = pytest.importorskip("torchvision.transforms.v2")
    folder = tmp_path / "tiny"
    for name in ("annotations", "images"):
        shutil.copytree(SHARED / "tiny_coco" / name, folder / name)
    steps = [v2.RandomIoUCrop(), v2.RandomHorizontalFlip(), v2.Resize((128, 128)), v2.ToImage(),
             v2.ToDtype(torch.float32, scale=True), v2.ClampBoundingBoxes(), v2.SanitizeBoundingBoxes()]  # fmt: skip
    with opened(folder, format="coco") as data:
        report = preview(data, Pipeline(transform=v2.Compose(steps), classes=91), splits=["val"])
        assert report.outcome is Outcome.PASS, str(report)
        assert str(report.drawn) == "all of the 6 samples of val"
        # The picture is resized and its boxes are not, though both are torchvision's own types.
        small = v2.Compose(steps[2:5])
        spoiled = preview(data, Pipeline(transform=lambda s: {**s, "image": small(s["image"])}), splits=["val"])
        assert spoiled["C898"].outcome is Outcome.FAIL
        assert spoiled["C898"].checked == 136


def test_masks_go_with_their_pictures_or_are_found_out(tmp_path):
    v2 = pytest.importorskip("torchvision.transforms.v2")
    folder = tmp_path / "masks"
    for number in range(12):
        write_mask(folder / "images" / f"{number}.png", picture(number))
        write_mask(folder / "masks" / f"{number}.png", mask_image(values(number, classes=(0, 9, 2))))
    small = v2.Compose([v2.Resize((30, 32)), v2.ToImage(), v2.ToDtype(torch.float32, scale=True)])

    def averaged(sample):
        mask = sample["mask"].as_subclass(torch.Tensor)[None].float()
        return small(sample["image"]), v2.functional.resize(mask, [30, 32])[0].round().long()

    with opened(folder, format="masks") as data:
        report = preview(data, Pipeline(transform=small, classes=10))
        assert report.passed, str(report)
        assert report["C896"].checked == 12
        spoiled = preview(data, Pipeline(transform=averaged, classes=256))
        assert [one.code for one in spoiled.verdicts if one.outcome is not Outcome.PASS] == ["C894"]


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_answers_are_where_the_tokens_are(version, tmp_path):
    from sight_text import features, tokenizer

    words = ["which", "town", "is", "number", "here", "the", "of", "and", "what", "place", "as", "its", "it", "that", "old"]
    made = tokenizer(words, length=24, stride=6)
    with opened(write_squad(tmp_path / "squad", version=version), format="squad") as data:
        report = preview(data, Pipeline(tokenizer=features(made), vocabulary=made.get_vocab_size()))
        assert report.passed, str(report)
        assert report["C893"].checked > sum(data.splits.values())  # several windows
        shifted = preview(data, Pipeline(tokenizer=features(made, shift=1)))
        assert [one.code for one in shifted.verdicts if one.outcome is Outcome.FAIL] == ["C893"]
        assert preview(data, Pipeline(tokenizer=features(made), vocabulary=9))["F894"].outcome is Outcome.FAIL


@needs_data
def test_real_answers_are_found_in_every_window_and_planted_shifts_too(tmp_path):
    from sight_text import features, tokenizer

    folder = tmp_path / "squad"
    folder.mkdir()
    with zipfile.ZipFile(SHARED / "squad" / "dev-v1.1.json.zip") as archive:
        archive.extract("dev-v1.1.json", folder)
    whole = json.loads((folder / "dev-v1.1.json").read_bytes())
    words = {word for article in whole["data"] for one in article["paragraphs"] for word in re.findall(r"\w+|[^\w\s]+", one["context"])}
    made = tokenizer(sorted(words), length=128, stride=64)
    with opened(folder, format="squad") as data:
        report = preview(data, Pipeline(tokenizer=features(made), vocabulary=made.get_vocab_size()), 300)
        assert report.outcome is Outcome.PASS, str(report)
        assert str(report.drawn) == "300 drawn by seed 0 of the 10,570 samples of val"
        in_bytes = Pipeline(tokenizer=features(made, unit=lambda context, at: len(context[:at].encode())))
        assert preview(data, in_bytes, 300)["C893"].outcome is Outcome.FAIL
        no_offsets = preview(data, Pipeline(tokenizer=features(made, offsets=False)), 20)
        assert no_offsets["C893"].outcome is Outcome.UNKNOWN
        assert not no_offsets.passed


def test_answers_of_a_dialogue_are_learned_or_it_is_said(tmp_path):
    folder = tmp_path / "chat"
    folder.mkdir()
    turns = [{"role": "user", "content": "What is one and one?"}, {"role": "assistant", "content": "Two."}]
    lines = [{"messages": [{"role": "system", "content": f"You are number {n}."}, *turns]} for n in range(9)]
    (folder / "train.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in lines))

    def tokenizer(length):
        def of(sample):
            ids, labels = [], []
            for turn in sample["messages"]:
                some = [256, *turn["content"].encode()]
                ids += some
                labels += some if turn["role"] == "assistant" else [-100] * len(some)
            return {"input_ids": ids[:length], "labels": labels[:length]}

        return of

    def padding(sample):
        made = tokenizer(64)(sample)
        more = 99 - len(made["input_ids"])
        return {"input_ids": made["input_ids"] + [0] * more, "labels": made["labels"] + [-100] * more,
                "attention_mask": [1] * (99 - more) + [0] * more}  # fmt: skip

    with opened(folder, format="chat") as data:
        report = preview(data, Pipeline(tokenizer=tokenizer(64), vocabulary=257))
        assert report.passed, str(report)
        assert report["Q897"].checked == 9
        assert {one.give for one in report.not_asked} == {"Pipeline(collate=…)", "Pipeline(decode=…)", "Pipeline(pad=…)"}
        assert preview(data, Pipeline(tokenizer=padding, pad=0))["F892"].checked == 9
        cut = preview(data, Pipeline(tokenizer=tokenizer(24), vocabulary=256))
        assert [one.code for one in cut.verdicts if one.outcome is not Outcome.PASS] == ["F894", "Q897"]
        assert (cut["Q897"].failed, cut["F894"].failed) == (9, 9)


def test_finetuning_by_hand_is_left_alone(first):
    """Whoever calls the trainer asks for a preview where they want one."""
    assert finetune(mlp(64, (4,), 10), first, Classification(std=(0.0001,)), epochs=1, learning_rate=1e-9).epochs
