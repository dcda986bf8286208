"""In which language samples ask, and in which they answer."""

import numpy as np
import polars as pl

from datastd.languages import LANGUAGES
from datastd.measures import measure
from datastd.measures.text import Utf8, languages
from datastd.model import Level

_TRANSLATE = (
    r"(?i)\blanguages?\b|translat|translit|interpret|traduc|tradui|tradu[zç]|übersetz|перев[её]д|перевод|翻译|翻譯|"
    r"翻訳|訳し|번역|ترجم|अनुवाद|çevir|vertaal|översätt|przetłumacz|dịch|terjemah"
)
_NAMED = (
    r"\b(?:Afrikaans|Albanian|Arabic|Armenian|Bengali|Bulgarian|Cantonese|Catalan|Chinese|Croatian|"
    r"Czech|Danish|Dutch|English|Esperanto|Estonian|Farsi|Finnish|French|Galician|Georgian|German|"
    r"Greek|Gujarati|Hebrew|Hindi|Hungarian|Icelandic|Indonesian|Irish|Italian|Japanese|Kannada|"
    r"Kazakh|Korean|Latin|Latvian|Lithuanian|Malay|Malayalam|Mandarin|Marathi|Norwegian|Persian|"
    r"Polish|Portuguese|Punjabi|Romanian|Russian|Serbian|Slovak|Slovenian|Somali|Spanish|Swahili|"
    r"Swedish|Tagalog|Tamil|Telugu|Thai|Tibetan|Turkish|Ukrainian|Urdu|Vietnamese|Welsh|Yoruba|Zulu)"
    r"\b"
)


@measure("Q696", "response-languages", unit="language", level=Level.WARN)
def spoken(
    prompt: pl.Series, prompt_utf8: Utf8, answer_utf8: Utf8, language_model: str
) -> pl.DataFrame:
    """
    The likeliest language of each prompt and of its answer: a table of its own.

    Columns ``row``; ``asked`` and ``answered``, codes of ISO 639; ``wanted``, whether the prompt
    asks for a translation (the verb in twenty languages), or speaks of a language in English; and
    ``asked_probability`` and ``answered_probability``, 0 for a text of nothing, and null where
    the model is not installed.

    Why it matters:
        Who asks in one language wants an answer in it.

    Remedy:
        None: it is compared, and not judged.

    Source:
        Joulin et al. 2016, "FastText.zip: Compressing text classification models"; the model
        lid.176.ftz.
    """
    table = {"row": pl.Series(np.arange(len(prompt)))}
    for name, texts in {"asked": prompt_utf8, "answered": answer_utf8}.items():
        likely = languages.likely(languages.of(*texts, language_model), language_model)
        number = pl.Series(likely[:, 0]).fill_nan(None).cast(pl.Int64)
        empty = pl.Series(np.diff(texts.offsets) == 0)
        sure = pl.Series(likely[:, 1]).fill_nan(None)
        table[name] = pl.Series(LANGUAGES).gather(number)
        table[f"{name}_probability"] = (sure * ~empty).clip(0, 1)
    wanted = prompt.str.contains(_TRANSLATE) | prompt.str.contains(_NAMED)
    table["wanted"] = wanted.fill_null(value=False)
    return pl.DataFrame(table)
