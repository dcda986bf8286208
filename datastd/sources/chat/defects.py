"""What makes a record of fine-tuning data unreadable, each defect with its code."""

from collections.abc import Mapping
from typing import ClassVar

from datastd.sources import Defect
from datastd.sources.chat.turns import (
    ALPACA_SHAPE,
    CALL_SHAPE,
    COMPLETION_SHAPE,
    DPO_SHAPE,
    LABEL_TYPE,
    MESSAGE_KEYS,
    NO_MESSAGES,
    NO_RECORD,
    PAIR_SHAPE,
    SCORE_TYPE,
    SHAREGPT_SHAPE,
    STEPWISE_SHAPE,
)
from datastd.sources.jsonl.defects import JsonlNotObject


class ChatMessagesMissing(Defect):
    """
    A record without a conversation: ``messages`` is missing, no list, or empty.

    A record that has the keys of no form is one, too.

    Why it matters:
        OpenAI's service refuses the file; a trainer ends with a KeyError, or skips the record.

    Remedy:
        Write the turns as a list of objects under ``messages``.

    Source:
        OpenAI cookbook, "Data preparation": ``missing_messages_list``.
    """

    code, name, unit = "F601", "chat-messages-missing", "samples"


class ChatMessageKeys(Defect):
    """
    A message without a role or without content, or that is no object.

    The role is a string.  Content may be null, or not be there, beside a call of a tool or a
    function alone.

    Why it matters:
        A chat template renders nothing, or "None", in its place.

    Remedy:
        Give each message a role and what is said.

    Source:
        OpenAI cookbook, "Data preparation": ``message_missing_key``.
    """

    code, name, unit = "F602", "chat-message-keys", "samples"


class ChatCallShape(Defect):
    """
    A call of a tool that names no function, or has no arguments.

    ``tool_calls`` is a list of objects whose ``function`` has a ``name``, a string, and
    ``arguments``, a string or an object; ``function_call`` is such a function.  An ``id`` is a
    string.

    Why it matters:
        A chat template ends with an error, or the model learns to call nothing.

    Remedy:
        Write calls as the API returns them.

    Source:
        OpenAI API reference, "Create chat completion"; TRL, "Dataset formats and types".
    """

    code, name, unit = "F651", "chat-call-shape", "samples"


class SharegptStructure(Defect):
    """
    A conversation in ShareGPT's form that has not its structure.

    ``conversations`` is a list, not empty, of objects; ``from`` in each is ``human``, ``gpt``,
    ``system``, ``observation`` or ``function_call``, and ``value`` is a string.  So are the
    objects ``chosen`` and ``rejected`` of a pair; a ``system`` beside them is a string.

    Why it matters:
        LLaMA-Factory blanks the example and counts it all the same; others end with a KeyError.

    Remedy:
        Rename the tags and the keys, or tell the trainer which they are.

    Source:
        LLaMA-Factory, data/README.md and converter.py.
    """

    code, name, unit = "F618", "sharegpt-structure", "samples"


class AlpacaStructure(Defect):
    """
    A task in Alpaca's form with a key too few or too many, or with another value than a string.

    ``instruction``, ``input`` and ``output`` are strings, and the last two may be empty.  What
    LLaMA-Factory reads may stand beside them: ``system`` (a string), ``history`` (a list of
    pairs of strings), ``tools``, ``images``, ``videos``, ``audios``; in a pair ``chosen`` and
    ``rejected`` in place of the output; for KTO a label.

    Why it matters:
        Nobody knows whether a trainer reads the other key, or leaves it out.

    Remedy:
        Move what belongs to the task into one of its three fields, and drop the rest.

    Source:
        AlpacaDataCleaned, schema.json; LLaMA-Factory, data/README.md.
    """

    code, name, unit = "F621", "alpaca-structure", "samples"


class PrefFields(Defect):
    """
    A pair of answers of which one is missing, or is of another kind than the other.

    ``chosen`` and ``rejected`` are both strings, both lists of messages, or both one message;
    a ``prompt`` beside them is a string or a list of messages.

    Why it matters:
        DPO needs both sides; a trainer ends, or renders one side by another template.

    Remedy:
        Write both sides alike, or leave the record out.

    Source:
        TRL, "Dataset formats and types".
    """

    code, name, unit = "F631", "pref-fields", "samples"


class PrefScoreType(Defect):
    """
    A score of a side of a pair that is no number.

    ``score_chosen`` and ``score_rejected`` of a pair are numbers; null is none.  F637 asks whether
    both are there.

    Why it matters:
        As strings "9.5" is more than "10.0"; a trainer ends, or weighs the pair by nothing.

    Remedy:
        Write the scores as numbers of JSON.

    Source:
        argilla's UltraFeedback and the sets made of it: ``score_chosen``, a float.
    """

    code, name, unit = "F658", "pref-score-type", "samples"


class KtoLabelType(Defect):
    """
    A label for KTO, ``label`` or ``kto_tag``, that is neither true nor false.

    Why it matters:
        The string "false" is true in Python: every example is taken for a good one.

    Remedy:
        Write a Boolean of JSON.

    Source:
        TRL, KTO Trainer; LLaMA-Factory, converter.py, ``isinstance(…, bool)``.
    """

    code, name, unit = "F640", "kto-label-type", "samples"


class OpenaiDpoShape(Defect):
    """
    A pair in OpenAI's form that has not its shape.

    ``input.messages`` is a list that is not empty; ``preferred_output`` and
    ``non_preferred_output`` are lists of exactly one message, the assistant's.

    Why it matters:
        The service refuses the file.

    Remedy:
        Move all turns but the last into the input.

    Source:
        OpenAI, "Direct preference optimization"; Together AI, "Preference fine-tuning".
    """

    code, name, unit = "F642", "openai-dpo-shape", "samples"


class CompletionShape(Defect):
    """
    A prompt without a completion, the other way round, or both of different kinds.

    Both are strings, or both are lists of messages.

    Why it matters:
        There is nothing to learn, or a trainer renders half of the record by a template.

    Remedy:
        Write both alike.

    Source:
        TRL, "Dataset formats and types".
    """

    code, name, unit = "F652", "completion-shape", "samples"


class StepwiseShape(Defect):
    """
    An answer in steps that has not its shape.

    ``prompt`` is a string, ``completions`` a list of strings that is not empty, ``labels`` a
    list of true and false.

    Why it matters:
        A reward model for steps is trained on the wrong ones, or the trainer ends.

    Remedy:
        Write a step for each label.

    Source:
        TRL, "Dataset formats and types", stepwise supervision.
    """

    code, name, unit = "F653", "stepwise-shape", "samples"


class ChatArray(Defect):
    """
    A file that is one array of JSON, and does not end as one, or whose elements no comma parts.

    Of a file that breaks off, what stands before that is read.

    Why it matters:
        No parser reads any of it.

    Remedy:
        Write the file with a JSON library; fetch it again, where it was cut.

    Source:
        RFC 8259, section 5.
    """

    code, name, unit = "F654", "chat-array", "samples"


class ChatFileBomPolicy(Defect):
    """
    A file for Azure's service without a byte order mark, or of 512 MiB or more.

    Asked where the format is ``chat:azure-openai``; of any other the mark is a defect, F016.

    Why it matters:
        The service refuses the file once it was uploaded.

    Remedy:
        Write the file in the encoding utf-8-sig, and cut it where it is too large.

    Source:
        Microsoft, "Customize a model with fine-tuning".
    """

    code, name = "F643", "chat-file-bom-policy"
    loses: ClassVar[bool] = False


SHAPES: Mapping[int, type[Defect]] = {
    NO_RECORD: JsonlNotObject,
    NO_MESSAGES: ChatMessagesMissing,
    MESSAGE_KEYS: ChatMessageKeys,
    CALL_SHAPE: ChatCallShape,
    SHAREGPT_SHAPE: SharegptStructure,
    ALPACA_SHAPE: AlpacaStructure,
    PAIR_SHAPE: PrefFields,
    SCORE_TYPE: PrefScoreType,
    LABEL_TYPE: KtoLabelType,
    DPO_SHAPE: OpenaiDpoShape,
    COMPLETION_SHAPE: CompletionShape,
    STEPWISE_SHAPE: StepwiseShape,
}
"""The defect of each thing that makes a record unreadable; `wrong.Wrong` says where and what."""
