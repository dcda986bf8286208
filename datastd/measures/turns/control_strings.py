"""Control strings of chat templates in texts."""

from datastd.measures import measure
from datastd.measures.turns import Counts, Said


@measure("F624", "template-token-in-content", unit="control strings")
def control_strings(said: Said) -> Counts:
    """
    How often a control string of a chat template, such as ``<|im_end|>``, stands in a text.

    Shape (N,), int64.  They are `CONTROLS`: those of ChatML, GPT, Llama 2 and 3, and Alpaca's.

    Why it matters:
        A tokenizer makes of it the token that ends a turn: whoever wrote the text speaks for
        the assistant, and the model learns that turns end in the middle.

    Remedy:
        Take out what is left of a template; leave out what was injected.

    Source:
        datastd's own definition.
    """
    return said.controls
