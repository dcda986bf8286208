"""English text to pretrain on: what filters of the field keep, once each, of nobody's secrets."""

from datastd import Standard, limit
from datastd.measures.text.alphanumeric_fraction import alphanumeric_fraction
from datastd.measures.text.boilerplate_paragraph_fraction import boilerplate_paragraph_fraction
from datastd.measures.text.bracket_fraction import bracket_fraction
from datastd.measures.text.c4_documents import fineweb_fillers
from datastd.measures.text.c4_lines import javascript_lines, longest_word, policy_lines
from datastd.measures.text.character_repetition_fraction import character_repetition_fraction
from datastd.measures.text.character_run_fraction import character_run_fraction
from datastd.measures.text.credentials import credentials
from datastd.measures.text.detokenised import detokenised
from datastd.measures.text.digit_fraction import digit_fraction
from datastd.measures.text.email_addresses import email_addresses
from datastd.measures.text.entities_per_1000 import entities_per_1000
from datastd.measures.text.fineweb_lines import (
    ended_line_fraction,
    line_feeds_per_word,
    repeated_line_character_fraction,
    short_line_fraction,
)
from datastd.measures.text.language_found import language_found
from datastd.measures.text.language_found_probability import language_found_probability
from datastd.measures.text.language_probability import language_probability
from datastd.measures.text.longest_line import longest_line
from datastd.measures.text.minhash import minhash
from datastd.measures.text.mojibake import mojibake
from datastd.measures.text.non_alphanumeric_fraction import non_alphanumeric_fraction
from datastd.measures.text.normal_digest import normal_digest
from datastd.measures.text.not_nfc import not_nfc
from datastd.measures.text.paragraphs import paragraphs
from datastd.measures.text.payment_numbers import payment_numbers
from datastd.measures.text.perplexity import perplexity
from datastd.measures.text.personal_data_spans import personal_data_spans
from datastd.measures.text.phone_numbers import phone_numbers
from datastd.measures.text.public_ip_addresses import public_ip_addresses
from datastd.measures.text.repeats_in_a_row import repeats_in_a_row
from datastd.measures.text.shared_8grams import shared_8grams
from datastd.measures.text.shared_ngrams import shared_ngrams
from datastd.measures.text.special_character_fraction import special_character_fraction
from datastd.measures.text.stretches import stretches
from datastd.measures.text.unended_line_fraction import unended_line_fraction
from datastd.measures.text.url_fraction import url_fraction
from datastd.measures.text.url_hash import url_hash
from datastd.measures.text.white_space_fraction import white_space_fraction
from datastd.measures.text.word_repetition_fraction import word_repetition_fraction
from datastd.measures.text.zero_width_characters import zero_width_characters
from datastd.rules.norms.provenance_source_missing import ProvenanceSourceMissing
from datastd.rules.text.contamination_common_ngram_guard import ContaminationCommonNgramGuard
from datastd.rules.text.contamination_ngram import ContaminationNgram
from datastd.rules.text.contamination_ratio import ContaminationRatio
from datastd.rules.text.doc_near_duplicate_minhash import DocNearDuplicateMinhash
from datastd.rules.text.doc_normalised_duplicate import DocNormalisedDuplicate
from datastd.rules.text.exact_substring_duplicate import ExactSubstringDuplicate
from datastd.rules.text.language_id_low import LanguageIdLow
from datastd.rules.text.language_metadata_mismatch import LanguageMetadataMismatch
from datastd.rules.text.paragraph_duplicate_corpus import ParagraphDuplicateCorpus
from datastd.rules.text.perplexity_high import PerplexityHigh
from datastd.rules.text.train_val_near_overlap import TrainValNearOverlap
from datastd.rules.text.url_duplicate import UrlDuplicate
from datastd.rules.tokens.detokenise_roundtrip import DetokeniseRoundtrip
from datastd.schemas import gopher, raw_text

_RAE = "Rae et al. 2021, A1.1 and table A1"
_C4 = "Raffel et al. 2020, 2.2"
_FINEWEB = "Penedo et al. 2024, 3.5"
_NEMO = "NeMo Curator's default"
_JUICER = "data-juicer's default"
_DCLM = "DCLM's default"
_DATATROVE = "datatrove's formatter of personal data finds none"


class Rows(raw_text.Rows):  # type: ignore[misc]
    """One row per document."""

    mojibake: int = limit(eq=0, because="ftfy finds nothing to repair")
    zero_width_characters: int = limit(eq=0)
    not_nfc: int = limit(eq=0, because="Unicode's form NFC, data-juicer's fix_unicode_mapper")
    entities_per_1000: float = limit(le=1.0)
    word_count: int = limit(ge=50, le=100_000, because=_RAE)
    mean_word_length: float = limit(ge=3.0, le=10.0, because=_RAE)
    hashes_per_word: float = limit(le=0.1, because=_RAE)
    ellipses_per_word: float = limit(le=0.1, because=_RAE)
    bullet_line_fraction: float = limit(le=0.9, because=_RAE)
    ellipsis_line_fraction: float = limit(le=0.3, because=_RAE)
    alphabetic_word_fraction: float = limit(ge=0.8, because=_RAE)
    stop_words: int = limit(ge=2, because=_RAE)
    duplicate_line_fraction: float = limit(le=0.3, because=_RAE)
    duplicate_paragraph_fraction: float = limit(le=0.3, because=_RAE)
    duplicate_line_character_fraction: float = limit(le=0.2, because=_RAE)
    duplicate_paragraph_character_fraction: float = limit(le=0.2, because=_RAE)
    top_2gram_character_fraction: float = limit(le=0.2, because=_RAE)
    top_3gram_character_fraction: float = limit(le=0.18, because=_RAE)
    top_4gram_character_fraction: float = limit(le=0.16, because=_RAE)
    duplicate_5gram_character_fraction: float = limit(le=0.15, because=_RAE)
    duplicate_6gram_character_fraction: float = limit(le=0.14, because=_RAE)
    duplicate_7gram_character_fraction: float = limit(le=0.13, because=_RAE)
    duplicate_8gram_character_fraction: float = limit(le=0.12, because=_RAE)
    duplicate_9gram_character_fraction: float = limit(le=0.11, because=_RAE)
    duplicate_10gram_character_fraction: float = limit(le=0.1, because=_RAE)
    javascript_lines: int = limit(eq=0, because=_C4)
    policy_lines: int = limit(eq=0, because=_C4)
    fineweb_fillers: int = limit(eq=0, because=_C4)
    longest_word: int = limit(le=1000, because=_C4)
    ended_line_fraction: float = limit(ge=0.12, because=_FINEWEB)
    short_line_fraction: float = limit(le=0.67, because=_FINEWEB)
    repeated_line_character_fraction: float = limit(le=0.01, because=_FINEWEB)
    line_feeds_per_word: float = limit(le=0.3, because=_FINEWEB)
    non_alphanumeric_fraction: float = limit(le=0.25, because=_NEMO)
    digit_fraction: float = limit(le=0.15, because=_NEMO)
    url_fraction: float = limit(le=0.2, because=_NEMO)
    white_space_fraction: float = limit(le=0.25, because=_NEMO)
    bracket_fraction: float = limit(le=0.1, because=_NEMO)
    boilerplate_paragraph_fraction: float = limit(le=0.4, because=_NEMO)
    unended_line_fraction: float = limit(le=0.85, because=_NEMO)
    special_character_fraction: float = limit(le=0.4, because="BLOOM, parameters_filtering.py")
    character_repetition_fraction: float = limit(le=0.5, because=_JUICER)
    word_repetition_fraction: float = limit(le=0.5, because=_JUICER)
    longest_line: int = limit(le=100_000, because="a book's paragraph has some thousands")
    alphanumeric_fraction: float = limit(ge=0.25, because=_JUICER)
    repeats_in_a_row: int = limit(lt=100, because="Dolma, tokenizer_repetitions_v2r2")
    character_run_fraction: float = limit(le=0.3, because="Dolma, repetitions_v1")
    email_addresses: int = limit(eq=0, because=_DATATROVE)
    public_ip_addresses: int = limit(eq=0, because=_DATATROVE)
    phone_numbers: int = limit(eq=0, because="Dolma's tagger of personal data finds none")
    personal_data_spans: int = limit(le=5, because="Dolma, mixing/cc-head.yaml")
    credentials: int = limit(eq=0)
    payment_numbers: int = limit(eq=0)


standard = Standard(
    name="text-pretraining/1",
    about="English text to pretrain on: readable, no page's furniture, once each, of nobody's "
    "secrets, and not what it is to be measured with.",
    formats=raw_text.standard.formats,
    measures=(
        *gopher.standard.measures,
        javascript_lines, policy_lines, fineweb_fillers, longest_word, ended_line_fraction,
        short_line_fraction, repeated_line_character_fraction, line_feeds_per_word,
        mojibake, zero_width_characters, not_nfc, entities_per_1000, non_alphanumeric_fraction,
        digit_fraction, url_fraction, white_space_fraction, bracket_fraction,
        boilerplate_paragraph_fraction,
        unended_line_fraction, special_character_fraction, character_repetition_fraction,
        word_repetition_fraction, longest_line, alphanumeric_fraction, repeats_in_a_row,
        character_run_fraction, email_addresses, public_ip_addresses, phone_numbers,
        personal_data_spans, credentials, payment_numbers, language_probability, language_found,
        language_found_probability, normal_digest, minhash, paragraphs, stretches, url_hash,
        shared_ngrams, shared_8grams, perplexity, detokenised,
    ),
    rows=Rows,
    rules=(
        *gopher.RULES,
        DocNormalisedDuplicate(),
        DocNearDuplicateMinhash(),
        TrainValNearOverlap(),
        ParagraphDuplicateCorpus(documents=100, because="boilerplate is what more documents share"),
        ExactSubstringDuplicate(),
        UrlDuplicate(),
        LanguageIdLow(),
        LanguageMetadataMismatch(),
        ProvenanceSourceMissing(),
        ContaminationNgram(),
        ContaminationRatio(),
        ContaminationCommonNgramGuard(),
        PerplexityHigh(),
        DetokeniseRoundtrip(),
    ),
)  # fmt: skip
