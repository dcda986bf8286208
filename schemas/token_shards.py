"""Files of token ids for pretraining, in the vocabulary of GPT-2."""

import pandera.polars as pa

from datastd import Level, Standard, limit
from datastd.measures.tokens.alternate_zeros import alternate_zeros
from datastd.measures.tokens.anchors import anchors
from datastd.measures.tokens.control_count import control_count
from datastd.measures.tokens.detokenised_ids import detokenised_ids
from datastd.measures.tokens.eos_count import eos_count
from datastd.measures.tokens.eos_pairs import eos_pairs
from datastd.measures.tokens.first_id import first_id
from datastd.measures.tokens.highest_id import highest_id
from datastd.measures.tokens.id_counts import id_counts
from datastd.measures.tokens.inner_marks import inner_marks
from datastd.measures.tokens.last_id import last_id
from datastd.measures.tokens.outside_count import outside_count
from datastd.measures.tokens.swapped_outside_count import swapped_outside_count
from datastd.measures.tokens.token_bit import token_bit
from datastd.measures.tokens.token_count import token_count
from datastd.measures.tokens.unk_count import unk_count
from datastd.measures.tokens.windows import windows
from datastd.rules.files.byte_identical import ByteIdentical
from datastd.rules.files.filename_not_portable import FilenameNotPortable
from datastd.rules.files.junk_file import JunkFile
from datastd.rules.tokens.detokenise_roundtrip import DetokeniseIds
from datastd.rules.tokens.eos_consecutive import EosConsecutive
from datastd.rules.tokens.eos_count_mismatch import EosCountMismatch
from datastd.rules.tokens.eos_missing_at_end import EosMissingAtEnd
from datastd.rules.tokens.shard_token_count_manifest import ShardTokenCountManifest
from datastd.rules.tokens.special_token_in_text import SpecialTokenInText
from datastd.rules.tokens.token_byteswap_suspect import TokenByteswapSuspect
from datastd.rules.tokens.token_dtype_misread import TokenDtypeMisread
from datastd.rules.tokens.token_dtype_too_small import TokenDtypeTooSmall
from datastd.rules.tokens.token_id_out_of_vocab import TokenIdOutOfVocab
from datastd.rules.tokens.token_window_cross_split import TokenWindowCrossSplit
from datastd.rules.tokens.token_window_repeated import TokenWindowRepeated
from datastd.rules.tokens.unk_rate_high import UnkRateHigh
from datastd.rules.tokens.vocab_coverage_low import VocabCoverageLow
from datastd.schemas.norms import NORMS
from datastd.schemas.versions import against_reference
from datastd.vocabulary import Vocabulary

GPT2 = Vocabulary(size=50_257, eos=50_256)
"""256 bytes, 50,000 merges, and ``<|endoftext|>``, which is the last id and begins nothing."""


class Rows(pa.DataFrameModel):
    """One row per document, or per block."""

    token_count: int = limit(
        ge=1,
        le=50_000_000,
        level=Level.WARN,
        because="an empty document says nothing; the longest books have a few million tokens",
    )


standard = Standard(
    name="token-shards/1",
    about="Token ids of GPT-2 for pretraining, in files of nanoGPT, llm.c, Megatron, datatrove "
    "or Dolma.",
    formats=("nanogpt", "llmc", "megatron", "datatrove", "dolma", "mds"),
    measures=(
        token_count, token_bit, highest_id, first_id, last_id, outside_count,
        swapped_outside_count, alternate_zeros, eos_count, eos_pairs, inner_marks, unk_count,
        control_count, id_counts, windows, anchors, detokenised_ids,
    ),
    rows=Rows,
    rules=(
        TokenIdOutOfVocab(vocabulary=GPT2),
        TokenDtypeTooSmall(vocabulary=GPT2),
        TokenByteswapSuspect(vocabulary=GPT2),
        # The catalogue warns of it.  In a vocabulary that fits 16 bits it is no suspicion: id 0
        # is an exclamation mark, and no text has one at nine of ten other places.
        TokenDtypeMisread(vocabulary=GPT2, level=Level.ERROR),
        EosCountMismatch(vocabulary=GPT2),
        EosConsecutive(vocabulary=GPT2),
        EosMissingAtEnd(vocabulary=GPT2),
        VocabCoverageLow(vocabulary=GPT2),
        UnkRateHigh(vocabulary=GPT2),
        SpecialTokenInText(),
        ShardTokenCountManifest(vocabulary=GPT2),
        TokenWindowCrossSplit(),
        TokenWindowRepeated(),
        DetokeniseIds(),
        FilenameNotPortable(),
        JunkFile(),
        ByteIdentical(),
        *against_reference("token_count"),
        *NORMS,
    ),
    proposed=("nanogpt", "llmc", "megatron", "datatrove", "dolma"),
)  # fmt: skip
