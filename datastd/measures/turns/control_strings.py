"""Control strings of chat templates in texts."""

from collections.abc import Callable

import numpy as np
import polars as pl

from datastd.measures import kernel, measure
from datastd.measures.text import Utf8
from datastd.measures.text.pieces import Bytes, Numbers
from datastd.measures.turns import Counts, Said, controls_in
from datastd.measures.turns.in_words import control_strings_said
from datastd.measures.turns.marks import ANSWERED, BEGUN, FIRST, SECOND, unescaped

_ESCAPE = r"\\u"


@measure(
    "F624",
    "template-token-in-content",
    unit="control strings",
    version=5,
    words=control_strings_said,
)
def control_strings(
    said: Said, annotations: pl.DataFrame, turns_utf8: Utf8, tools: pl.Series
) -> Counts:
    """
    How often a control string of a chat template, such as ``<|im_end|>``, stands in a text.

    Shape (N,), int64.  They are `marks.CONTROLS`: those of ChatML, GPT and Harmony, Llama 2 to 4,
    Mistral, Gemma, Phi, Qwen, DeepSeek, Command R, Granite, Zephyr, Vicuna and Alpaca.  Most count
    in any case; letters of full width count as those of ASCII, and what nobody sees
    (`unseen.is_ignored`) parts none.  Vicuna's headings are words, ``USER:`` and ``ASSISTANT:``:
    they count once in a turn that begins as its template does and has both.  So do those in what a
    turn calls, with which arguments, in the name of who speaks, in what is thought or refused
    beside what is said (``thinking``, ``reasoning``, ``reasoning_content``, ``refusal``, of a
    message or a part of it), and in the tools that are declared: templates write these as they are.
    What is JSON in a text, a call's arguments or tools, is read as a template reads it first: ``<``
    may be written as an escape there (`marks.unescaped`).

    Why it matters:
        A tokenizer makes of it the token that ends a turn: whoever wrote the text speaks for
        the assistant, and the model learns that turns end in the middle.

    Remedy:
        Take out what is left of a template; leave out what was injected.

    Source:
        datastd's own definition; the tokenizer_config.json of each of these models.
    """
    found = said.controls + _untaken(annotations, turns_utf8, len(said.controls))
    row = annotations.get_column("row")
    if tools.count():
        found += _once(tools, _in_json)
    called = annotations.get_column("called")
    if called.count():
        np.add.at(found, row.to_numpy(), _once(called, controls_in))
    for name, count in (
        ("call_names", controls_in), ("call_arguments", _in_json), ("thoughts", controls_in)
    ):  # fmt: skip
        if annotations.get_column(name).count():
            each = annotations.select("row", name).drop_nulls(name).explode(name)
            np.add.at(found, each.get_column("row").to_numpy(), count(each.get_column(name)))
    calls, names = annotations.get_column("calls"), annotations.get_column("call_names")
    if len(some := ((calls > 0) & names.is_null()).arg_true()):  # calls that are what is said
        text = annotations.get_column("text").gather(some)
        np.add.at(found, row.gather(some).to_numpy(), _in_json(text) - controls_in(text))
    return found


def _in_json(text: pl.Series) -> Counts:
    """How many there are in each of some texts that are JSON, once their escapes are read."""
    some = text.str.contains(_ESCAPE).fill_null(value=False).arg_true()
    if len(some):
        text = text.clone().scatter(some, [*map(unescaped, text.gather(some))])
    return controls_in(text)


def _untaken(annotations: pl.DataFrame, turns_utf8: Utf8, count: int) -> Counts | int:
    """Of each sample, the turns that are Vicuna's template, which nobody took apart."""
    text, some = annotations.get_column("text"), pl.Series(_beginning(*turns_utf8))
    for pattern in (BEGUN, ANSWERED):
        some = some.filter(text.gather(some).str.contains(pattern).fill_null(value=False))
    row = annotations.get_column("row").gather(some)
    return np.bincount(row, minlength=count).astype(np.int64) if len(some) else 0


@kernel
def _beginning(content: Bytes, offsets: Numbers) -> Numbers:
    """The numbers of texts of which the first two bytes may be those of a template."""
    found, count = np.empty(len(offsets) - 1, np.int64), 0
    for n in range(len(offsets) - 1):
        at = offsets[n]
        if at + 1 < offsets[n + 1] and FIRST[content[at]] and SECOND[content[at + 1]]:
            found[count] = n
            count += 1
    return found[:count]


def _once(text: pl.Series, count: Callable[[pl.Series], Counts]) -> Counts:
    """How many there are in each of some texts, of which many are the same; 0 of a null."""
    known = text.unique()
    counts = pl.DataFrame({"text": known, "count": count(known)})
    here = pl.DataFrame({"text": text}).join(
        counts, on="text", how="left", nulls_equal=True, maintain_order="left"
    )
    return here.get_column("count").to_numpy()
