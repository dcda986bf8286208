"""Control strings of chat templates in texts."""

import functools
import operator

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import Counts, Said, controls_in
from datastd.measures.turns.in_words import control_strings_said
from datastd.measures.turns.marks import ANSWERED, BEGUN


@measure(
    "F624",
    "template-token-in-content",
    unit="control strings",
    version=3,
    words=control_strings_said,
)
def control_strings(said: Said, annotations: pl.DataFrame, tools: pl.Series) -> Counts:
    """
    How often a control string of a chat template, such as ``<|im_end|>``, stands in a text.

    Shape (N,), int64.  They are `marks.CONTROLS`: those of ChatML, GPT and Harmony, Llama 2 to 4,
    Mistral, Gemma, Phi, Qwen, DeepSeek, Command R, Granite, Zephyr, Vicuna and Alpaca.  Most count
    in any case; letters of full width count as those of ASCII, and what nobody sees
    (`unseen.is_ignored`) parts none.  Vicuna's headings are words, ``USER:`` and ``ASSISTANT:``:
    they count once in a turn that begins as its template does and has both.  So do those in what a
    turn calls, with which arguments, in the name of who speaks, and in the tools that are declared:
    templates write these as they are.

    Why it matters:
        A tokenizer makes of it the token that ends a turn: whoever wrote the text speaks for
        the assistant, and the model learns that turns end in the middle.

    Remedy:
        Take out what is left of a template; leave out what was injected.

    Source:
        datastd's own definition; the tokenizer_config.json of each of these models.
    """
    text, row = annotations.get_column("text"), annotations.get_column("row")
    begun = functools.reduce(operator.or_, map(text.str.starts_with, BEGUN)).arg_true()
    whole = begun.filter(text.gather(begun).str.contains(ANSWERED))
    found = said.controls + np.bincount(row.gather(whole), minlength=len(said.controls))
    if tools.count():
        found += _once(tools)
    called = annotations.get_column("called")
    if called.count():
        np.add.at(found, row.to_numpy(), _once(called))
    for name in ("call_names", "call_arguments"):
        lists = annotations.select("row", name).drop_nulls(name)
        if lists.height:
            each = lists.explode(name)
            np.add.at(found, each.get_column("row").to_numpy(), controls_in(each.get_column(name)))
    return found


def _once(text: pl.Series) -> Counts:
    """How many there are in each of some texts, of which many are the same; 0 of a null."""
    known = text.unique()
    counts = pl.DataFrame({"text": known, "count": controls_in(known)})
    here = pl.DataFrame({"text": text}).join(
        counts, on="text", how="left", nulls_equal=True, maintain_order="left"
    )
    return here.get_column("count").to_numpy()
