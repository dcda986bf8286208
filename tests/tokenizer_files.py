"""Small tokenizers, written here as Hugging Face's package writes them: `tokenizer.json`."""

import json

_BYTES = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}


def alphabet():
    """The character that stands for each byte, as GPT-2 has it: those that can be seen for themselves."""
    seen = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [n for n in range(256) if n not in seen]
    return {byte: chr(byte) for byte in seen} | {byte: chr(256 + n) for n, byte in enumerate(rest)}


def of_bytes(**more):
    """Each byte is an id, its value, but for the space before a t, which is 256; nothing is lost."""
    letters = alphabet()
    vocabulary = {letters[n]: n for n in range(256)} | {letters[32] + "t": 256}
    model = {"type": "BPE", "vocab": vocabulary, "merges": [[letters[32], "t"]]}
    return {"version": "1.0", "model": model, "pre_tokenizer": _BYTES, "decoder": _BYTES} | more


def of_words(size):
    """Each id is a word of its own; what is no such word, the tokenizer makes no ids of."""
    model = {"type": "WordLevel", "vocab": {f"w{n}": n for n in range(size)}, "unk_token": "none"}
    return {"version": "1.0", "model": model, "pre_tokenizer": {"type": "Whitespace"}}


NFC = {"normalizer": {"type": "NFC"}}
"""Makes one character of two."""


def written(path, known):
    path.write_text(json.dumps(known))
    return path
