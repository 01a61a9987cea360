"""When two answers to a question are the same, and how much they share: for English as SQuAD, for Chinese as CMRC."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Tokens = list[str]

_ENGLISH_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ARTICLE = re.compile(r"\b(?:a|an|the)\b")

# As CMRC 2018 lists them; what is not listed, such as the full-width percent sign, stays.
_CHINESE_PUNCTUATION = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_CHINESE = "\u4e00-\u9fa5"
_HAS_CHINESE = re.compile(f"[{_CHINESE}]")
_MARK = r"""\.{2,}|[;@#$%&?!\[\](){}<>"“”‘„«»–—]|,(?!\d)|\.(?=[\])}>"']*\s*$)|'(?:s|m|d|ll|re|ve)?(?!\w)"""
_WORD = re.compile(rf"{_MARK}|(?:(?!{_MARK})\S)+")


@dataclass(frozen=True)
class AnswerRules:
    """How answers in a language are compared.

    Attributes:
        normalize: What makes no difference taken out; answers that are equal then are an exact match.
        tokens: The answer in pieces, for F1.
        shared: How many pieces two answers have in common.
    """

    normalize: Callable[[str], str]
    tokens: Callable[[str], Tokens]
    shared: Callable[[Tokens, Tokens], int]

    def f1(self, gold: Tokens, predicted: Tokens) -> float:
        """F1 of the shared pieces, 0 to 1; 0 where nothing is shared."""
        shared = self.shared(gold, predicted)
        return 2 * shared / (len(gold) + len(predicted)) if shared else 0.0


def normalize_english(answer: str) -> str:
    """Takes out case, ASCII punctuation, articles and extra white space (Rajpurkar et al. 2016, section 6.1).

    Examples:
        >>> normalize_english("  The Normans' Duchy ")
        'normans duchy'
    """
    return " ".join(_ARTICLE.sub(" ", answer.lower().translate(_ENGLISH_PUNCTUATION)).split())


def normalize_chinese(answer: str) -> str:
    """Takes out case, outer white space and the punctuation that CMRC 2018 lists.

    Examples:
        >>> normalize_chinese("《Python》，1991年。")
        'python1991年'
    """
    return answer.lower().strip().translate(_CHINESE_PUNCTUATION)


def chinese_tokens(answer: str) -> Tokens:
    """Normalises an answer and takes it apart: each Chinese character by itself, everything else in words.

    CMRC 2018 leaves the words to NLTK. The rule here finds the same ones in all answers and contexts of its trial part;
    NLTK's splitting of long English texts into sentences is left out, and its rarer contractions.

    Examples:
        >>> chinese_tokens("Guido的《Python 3》")
        ['guido', '的', 'python', '3']
    """
    pieces = re.findall(f"[{_CHINESE}]|[^{_CHINESE}]+", normalize_chinese(answer))
    return [token for piece in pieces for token in _WORD.findall(piece)]


def _shared_words(gold: Tokens, predicted: Tokens) -> int:
    """Words in common wherever they stand, each as often as both have it."""
    return (Counter(gold) & Counter(predicted)).total()


def _shared_run(gold: Tokens, predicted: Tokens) -> int:
    """Length of the longest run of pieces in common."""
    return SequenceMatcher(None, gold, predicted, autojunk=False).find_longest_match().size


RULES = {
    "en": AnswerRules(normalize_english, lambda answer: normalize_english(answer).split(), _shared_words),
    "zh": AnswerRules(normalize_chinese, chinese_tokens, _shared_run),
}
"""The rules by language."""


def language_of(references: Mapping[str, Sequence[str]]) -> Literal["en", "zh"]:
    """The language by whose rules answers are compared: Chinese where most have Chinese characters, else English.

    Args:
        references: The right answers of each question.

    Examples:
        >>> language_of({"q1": ["多瑙河"], "q2": []})
        'zh'
    """
    answers = [answer for each in references.values() for answer in each if answer]
    return "zh" if 2 * sum(bool(_HAS_CHINESE.search(answer)) for answer in answers) > len(answers) else "en"
