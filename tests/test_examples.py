"""What the README and the examples show is what happens."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from support import ROOT, SHARED, needs_data, sound

from datastd.card import read

README = (ROOT / "README.md").read_text()
COMMAND = str(Path(sys.executable).with_name("datastd"))


def blocks(kind):
    return re.findall(rf"```{kind}\n(.*?)```", README, re.DOTALL)


def test_no_two_scripts_share_a_name():
    """Both folders are put before the path by tests of one process: the first `gate` imported was every `gate`."""
    examples, benches = ({one.stem for one in (ROOT / part).glob("*.py")} for part in ("examples", "tests/bench"))
    helpers = {one.stem for one in (ROOT / "tests").glob("*.py")}
    assert not examples & benches
    assert not (examples | benches) & helpers


def test_the_notebook_runs(tmp_path):
    for module in ("nbclient", "ipykernel", "sklearn", "torch"):
        pytest.importorskip(module)
    import nbclient
    import nbformat

    book = nbformat.read(ROOT / "examples" / "digits.ipynb", 4)
    nbclient.NotebookClient(
        book, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    shown = str(book.cells)
    assert "L105" in shown
    assert "train-images" not in shown  # data in memory have no files
    assert "epoch 8" in shown


def test_the_script_that_cleans_runs():
    for _ in range(2):  # the first may say that it compiles
        done = subprocess.run(
            [sys.executable, ROOT / "examples" / "clean.py"], capture_output=True, text=True
        )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "300 samples in, 298 out; the new folder: pass",
        "train-images-idx3-ubyte#13 L102 t10k-images-idx3-ubyte#12",
        "train-images-idx3-ubyte#42 Q109 ",
    ]


@needs_data
def test_the_pictures_of_the_readme_are_real(tmp_path):
    import gzip
    import shutil

    fails, passes = blocks("console")
    command = [COMMAND, "check", "mnist", "--standard", "mnist/1"]
    good = tmp_path / "good"
    shutil.copytree(SHARED / "mnist", good / "mnist")
    done = subprocess.run(command, cwd=good, capture_output=True, text=True)
    assert done.stdout in passes

    bad = tmp_path / "bad" / "mnist"
    bad.mkdir(parents=True)
    content = {
        path.name: bytearray(gzip.decompress(path.read_bytes()))
        for path in (SHARED / "mnist").iterdir()
    }
    train, test = content["train-images-idx3-ubyte.gz"], content["t10k-images-idx3-ubyte.gz"]
    train[16 + 41 * 784 : 16 + 42 * 784] = test[16 + 7 * 784 : 16 + 8 * 784]
    content["train-labels-idx1-ubyte.gz"][8 + 41] = 9
    content["train-labels-idx1-ubyte.gz"][8 + 5] = 10
    for name, plain in content.items():
        (bad / name).write_bytes(gzip.compress(bytes(plain), 1))
    done = subprocess.run(command, cwd=bad.parent, capture_output=True, text=True)
    size = re.compile(r"[\d,]+ bytes")  # how well it compresses is not the picture's concern
    assert size.sub("bytes", done.stdout) in size.sub("bytes", fails)
    assert done.returncode == 1


def test_the_recipe_for_ci_works_as_pasted(tmp_path):
    yaml = pytest.importorskip("yaml")
    recipe = yaml.safe_load(next(b for b in blocks("yaml") if "runs-on" in b))
    steps = [step["run"] for step in recipe["jobs"]["check"]["steps"] if "run" in step]
    assert steps[0] == 'pip install "$DATASTD"'
    sound(tmp_path / "data" / "digits")
    scripts = f"PATH={Path(sys.executable).parent}:$PATH"
    for step in steps[1:]:
        done = subprocess.run(f"{scripts} {step}", shell=True, cwd=tmp_path, capture_output=True)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "report.json").is_file()
    assert (tmp_path / "digits.certificate.json").is_file()


def test_the_hook_of_the_readme_is_the_one_that_is_shipped():
    yaml = pytest.importorskip("yaml")
    pasted = yaml.safe_load(next(b for b in blocks("yaml") if "repo: local" in b))
    (shown,) = pasted["repos"][0]["hooks"]
    shipped = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    for key in ("id", "entry", "always_run", "require_serial"):
        assert shown[key] == shipped[key]


def test_the_recipe_is_the_documents(tmp_path):
    recipe = tomllib.loads((ROOT / "examples" / "mnist.toml").read_text())
    task, model = recipe["task"], recipe["model"]
    assert (model["layers"], model["classes"], recipe["batch"], recipe["epochs"]) == (
        [128, 64], 10, 64, 5,
    )  # fmt: skip
    assert (recipe["learning_rate"], task["mean"], task["std"]) == (0.003, [0.5], [0.5])


@pytest.mark.parametrize("name", ["detection", "segmentation"])
def test_a_recipe_is_run_small_by_the_script_beside_it(name):
    for module in ("torch", "torchvision", "pycocotools"):
        pytest.importorskip(module)
    from datastd.train import Recipe

    place = ROOT / "examples" / name
    recipe = Recipe.read(place.with_suffix(".toml"))
    assert recipe.task.name == name
    done = subprocess.run([sys.executable, place.with_suffix(".py")], capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if "compiling kernels" not in line] == []
    certified, preview, *epochs, checkpoint = done.stdout.splitlines()
    assert certified.split()[1] in checkpoint
    assert "pass" in preview
    losses = [float(re.search(r"train loss ([\d.]+)", one)[1]) for one in epochs]
    assert losses[-1] < losses[0]
    assert all(metric.replace("_", " ") in epochs[0] for metric in recipe.task.metrics)


def test_the_demo_is_a_tour_and_leaves_its_files(tmp_path):
    for module in ("sklearn", "torch"):
        pytest.importorskip(module)
    done = subprocess.run([COMMAND, "demo"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for said in ("exit code 1", "t10k-images-idx3-ubyte#7", "train-images-idx3-ubyte#41",
                 "PASS", "certified", "fine-tuned", "from scratch"):  # fmt: skip
        assert said in done.stdout
    left = tmp_path / "datastd-demo"
    for folder in ("digits-0-4", "digits-5-9"):
        assert (left / folder / "datacard.toml").is_file()
        verified = subprocess.run(
            [COMMAND, "verify", left / folder, left / f"{folder}.certificate.json"]
        )
        assert verified.returncode == 0
        assert read((left / folder / "datacard.toml").read_bytes()).identity.name == folder
    assert subprocess.run([COMMAND, "check", left / "spoiled"]).returncode == 1
    assert "\n  $ datastd certify" in done.stdout  # a command is on one line, to be pasted
    for somebodys in (lambda: (left / "thesis.tex").write_text("x"), lambda: (left / "TOUR.md").write_text("x")):
        somebodys()
        refused = subprocess.run([COMMAND, "demo"], cwd=tmp_path, capture_output=True, text=True)
        assert refused.returncode == 2
        assert "expected an earlier tour, or nothing, found something else" in refused.stderr
        assert (left / "digits-0-4").is_dir()
    elsewhere = subprocess.run([COMMAND, "demo", "--out", "/proc/x"], cwd=tmp_path, capture_output=True, text=True)
    assert elsewhere.returncode == 2
    assert "/proc/x: expected a folder to write to" in elsewhere.stderr


def test_the_demo_says_what_to_install_where_an_extra_is_missing(tmp_path):
    try:
        import sklearn  # noqa: F401
        import torch  # noqa: F401
    except ModuleNotFoundError:
        done = subprocess.run([COMMAND, "demo"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 2
        assert 'pip install "datastd[' in done.stderr
        assert not (tmp_path / "datastd-demo").exists()
    else:
        pytest.skip("the extras are installed")


def test_the_outside_of_the_package_is_complete():
    """Every package folder is in the wheel's list."""
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    if not (ROOT / "datastd").is_dir():
        pytest.skip("no checkout here: the wheel itself is under test")
    found = {
        ".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "datastd").rglob("__init__.py")
    }
    assert listed == found | {"datastd.schemas"}


def test_the_recipe_of_the_readme_is_one_and_takes_grey_pictures_too(tmp_path):
    pytest.importorskip("torch")
    from datastd.train import Recipe

    (text,) = (one for one in blocks("toml") if "objective" in one)
    (tmp_path / "photos.toml").write_text(text)
    recipe = Recipe.read(tmp_path / "photos.toml", ())
    assert (recipe.task.mode, recipe.task.size) == ("RGB", (224, 224))
