"""Control strings of chat templates in texts."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Said
from datastd.measures.turns.in_words import control_strings_said


@measure(
    "F624",
    "template-token-in-content",
    unit="control strings",
    version=2,
    words=control_strings_said,
)
def control_strings(said: Said) -> Counts:
    """
    How often a control string of a chat template, such as ``<|im_end|>``, stands in a text.

    Shape (N,), int64.  They are `marks.CONTROLS`: those of ChatML, GPT and Harmony, Llama 2 to 4,
    Mistral, Gemma, Phi, Qwen, DeepSeek, Command R, Granite, Zephyr, Vicuna and Alpaca.  Most count
    in any case; letters of full width count as those of ASCII, and what nobody sees
    (`unseen.is_ignored`) parts none.

    Why it matters:
        A tokenizer makes of it the token that ends a turn: whoever wrote the text speaks for
        the assistant, and the model learns that turns end in the middle.

    Remedy:
        Take out what is left of a template; leave out what was injected.

    Source:
        datastd's own definition; the tokenizer_config.json of each of these models.
    """
    return said.controls
