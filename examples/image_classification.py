"""
Certify pictures, and train a network on them as a recipe says.

    python examples/image_classification.py examples/recipes/cifar10-resnet.toml DATA

`examples/README.md` has every recipe.  KEY=VALUE after the folder changes a key of it:
``epochs=1 device=cpu``.  Fine-tuning is ``objective=finetune model.weights=FILE``.
"""

import argparse
from pathlib import Path

import datastd
from datastd.errors import DataStdError
from datastd.train import Recipe, run


def main() -> None:
    """Pass through the gate, if there is no certificate yet; train."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().partition("\n\n")[0])
    parser.add_argument("recipe", type=Path)
    parser.add_argument("data", type=Path, help="the dataset's folder")
    parser.add_argument("sets", nargs="*", metavar="KEY=VALUE")
    asked = parser.parse_args()
    place = asked.data.with_name(f"{asked.data.name}.certificate.json")
    sets = [f"data={asked.data}", f"certificate={place}", *asked.sets]
    try:
        recipe = Recipe.read(asked.recipe, sets)
        if not Path(recipe.certificate).exists():
            certificate = datastd.certify(recipe.data, recipe.standard, out=recipe.certificate)
            print(f"certificate {recipe.certificate}: {certificate.digest}")
        run(recipe)
    except DataStdError as error:
        parser.exit(1, f"{error}\n")


if __name__ == "__main__":
    main()
