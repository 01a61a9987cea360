"""Chinese text with an English vocabulary gives one warning that says what to use instead; nothing else does."""

import warnings

import pytest

from tinybert.text import BertTokenizer, Vocabulary

ENGLISH = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "film", "very", "good", "一", "中")
CHINESE = (*ENGLISH[:4], *map(chr, range(0x4E00, 0x4E00 + 3000)))
REVIEW = "今天天气很好，我们去公园"


def warned(texts, tokens=ENGLISH, **options):
    """The warnings of one tokenizer for these batches of texts."""
    tokenizer = BertTokenizer(Vocabulary(tokens, source="vocab.txt"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for batch in texts:
            tokenizer(batch, **options)
    # Python may also warn of resources left open elsewhere, whenever it collects garbage.
    return [str(warning.message) for warning in caught if warning.category is UserWarning]


def test_chinese_is_named_with_what_to_use():
    assert warned([[REVIEW]]) == [
        "vocab.txt hardly knows Chinese: 12 of 12 tokens are [UNK], which carry no meaning. Use a model with a "
        "vocabulary for Chinese; of the published ones, those named zhwiki are for Chinese"
    ]


def test_it_is_said_once():
    assert len(warned([["a film"], [REVIEW], [REVIEW], [REVIEW] * 100])) == 1


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("とても良い映画でした", "Japanese"),
        ("カメラ ハ イイ デス", "Japanese"),
        ("아주 좋은 영화 였습니다", "Korean"),
        ("電影非常好看", "Chinese"),
    ],
)
def test_the_script_is_that_of_most_letters(text, script):
    (message,) = warned([[text]])
    assert f"hardly knows {script}" in message


@pytest.mark.parametrize(
    "texts",
    [
        ["a very good film " * 20 + "北京"],
        ["a 好 film"],
        ["xylophone quagmire zeppelin brouhaha"],
        ["😀 😀 😀 😀 😀 😀 😀 😀"],
        ["Привет мир как дела друзья"],
        ["好"],
        ["", "  "],
        [],
    ],
)
def test_other_texts_are_not(texts):
    assert warned([texts]) == []


def test_a_vocabulary_that_has_the_script_is_not():
    assert warned([[REVIEW, chr(0x9000) * 40]], CHINESE) == []


def test_words_and_pairs_are_looked_at():
    assert len(warned([[list(REVIEW)]], is_split_into_words=True)) == 1
    assert len(warned([["a film"]], pairs=[REVIEW])) == 1
