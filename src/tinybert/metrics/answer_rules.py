"""Comparison rules for answers, for exact match and F1: SQuAD's for English, CMRC 2018's for Chinese."""

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

# The list of CMRC 2018; other punctuation, such as the full-width percent sign, is kept.
_CHINESE_PUNCTUATION = str.maketrans("", "", "-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
_CHINESE = "\u4e00-\u9fa5"
_HAS_CHINESE = re.compile(f"[{_CHINESE}]")
_MARK = r"""\.{2,}|[;@#$%&?!\[\](){}<>"“”‘„«»–—]|,(?!\d)|\.(?=[\])}>"']*\s*$)|'(?:s|m|d|ll|re|ve)?(?!\w)"""
_WORD = re.compile(rf"{_MARK}|(?:(?!{_MARK})\S)+")


@dataclass(frozen=True)
class AnswerRules:
    """Comparison rules for answers in one language.

    Attributes:
        normalize: Removes insignificant differences; two answers match exactly if they are then equal.
        tokens: Splits an answer into tokens, for F1.
        shared: Counts the tokens that two answers share.
    """

    normalize: Callable[[str], str]
    tokens: Callable[[str], Tokens]
    shared: Callable[[Tokens, Tokens], int]

    def f1(self, gold: Tokens, predicted: Tokens) -> float:
        """Return the F1 of the shared tokens, 0 to 1; 0 if nothing is shared."""
        shared = self.shared(gold, predicted)
        return 2 * shared / (len(gold) + len(predicted)) if shared else 0.0


def normalize_english(answer: str) -> str:
    """Remove case, ASCII punctuation, articles and extra whitespace (Rajpurkar et al. 2016, section 6.1).

    Examples:
        >>> normalize_english("  The Normans' Duchy ")
        'normans duchy'
    """
    return " ".join(_ARTICLE.sub(" ", answer.lower().translate(_ENGLISH_PUNCTUATION)).split())


def normalize_chinese(answer: str) -> str:
    """Remove case, surrounding whitespace and the punctuation that CMRC 2018 lists.

    Examples:
        >>> normalize_chinese("《Python》，1991年。")
        'python1991年'
    """
    return answer.lower().strip().translate(_CHINESE_PUNCTUATION)


def chinese_tokens(answer: str) -> Tokens:
    """Normalise an answer and split it into tokens: single Chinese characters, and words of everything else.

    CMRC 2018 uses NLTK to split words. The rule here finds the same words in all answers and contexts of its trial set;
    it omits NLTK's sentence splitting of long English texts and its rarer contractions.

    Examples:
        >>> chinese_tokens("Guido的《Python 3》")
        ['guido', '的', 'python', '3']
    """
    pieces = re.findall(f"[{_CHINESE}]|[^{_CHINESE}]+", normalize_chinese(answer))
    return [token for piece in pieces for token in _WORD.findall(piece)]


def _shared_words(gold: Tokens, predicted: Tokens) -> int:
    """Return the number of common words regardless of position (multiset intersection)."""
    return (Counter(gold) & Counter(predicted)).total()


def _shared_run(gold: Tokens, predicted: Tokens) -> int:
    """Return the length of the longest common run of tokens."""
    return SequenceMatcher(None, gold, predicted, autojunk=False).find_longest_match().size


RULES = {
    "en": AnswerRules(normalize_english, lambda answer: normalize_english(answer).split(), _shared_words),
    "zh": AnswerRules(normalize_chinese, chinese_tokens, _shared_run),
}
"""The rules by language."""


def language_of(references: Mapping[str, Sequence[str]]) -> Literal["en", "zh"]:
    """Choose the language whose rules compare answers: "zh" if most answers have Chinese characters, otherwise "en".

    Args:
        references: The correct answers of each question, by question id.

    Returns:
        "zh" or "en".

    Examples:
        >>> language_of({"q1": ["多瑙河"], "q2": []})
        'zh'
    """
    answers = [answer for each in references.values() for answer in each if answer]
    return "zh" if 2 * sum(bool(_HAS_CHINESE.search(answer)) for answer in answers) > len(answers) else "en"
