"""Control strings of chat templates in texts."""

import functools
import operator

import numpy as np
import polars as pl

from datastd.measures import measure
from datastd.measures.turns import Counts, Said
from datastd.measures.turns.in_words import control_strings_said
from datastd.measures.turns.marks import ANSWERED, BEGUN


@measure(
    "F624",
    "template-token-in-content",
    unit="control strings",
    version=3,
    words=control_strings_said,
)
def control_strings(said: Said, annotations: pl.DataFrame) -> Counts:
    """
    How often a control string of a chat template, such as ``<|im_end|>``, stands in a text.

    Shape (N,), int64.  They are `marks.CONTROLS`: those of ChatML, GPT and Harmony, Llama 2 to 4,
    Mistral, Gemma, Phi, Qwen, DeepSeek, Command R, Granite, Zephyr, Vicuna and Alpaca.  Most count
    in any case; letters of full width count as those of ASCII, and what nobody sees
    (`unseen.is_ignored`) parts none.  Vicuna's headings are words, ``USER:`` and ``ASSISTANT:``:
    they count once in a turn that begins as its template does and has both.

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
    return said.controls + np.bincount(row.gather(whole), minlength=len(said.controls))
