"""Write `tokenizer_golden.json`: results of `transformers` for tricky and real lines, for comparison in tests/text.

    python tests/golden/make_tokenizer_golden.py

needs `transformers`. The two vocabularies are cuts of BERT's own (Google, Apache-2.0), in the original order. To cut
them anew out of the full ones, when lines are added:

    python tests/golden/make_tokenizer_golden.py --cut bert-base-uncased/vocab.txt bert-base-chinese/vocab.txt
"""

from __future__ import annotations

import argparse
import json
import string
import tempfile
from pathlib import Path

from transformers import BertTokenizerFast

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parents[1] / "examples"
VOCABULARIES = {"english": HERE / "english.vocab.txt", "chinese": HERE / "chinese.vocab.txt"}
CUT_SIZE = 1500

TRICKY = [
    "",
    " ",
    "\n\t \r\n",
    "a",
    ".",
    "...",
    "Hello, World!",
    "HELLO WORLD",
    "hello\u00a0world\u3000again\u2009thin",
    "  leading and trailing  ",
    "tabs\tand\nnew\r\nlines\u2028line\u2029paragraph",
    "don't can't I'll we've o'clock rock'n'roll",
    "'single' \"double\" \u2018curly\u2019 \u201cquotes\u201d \u00abguillemets\u00bb",
    "state-of-the-art well\u2010known en\u2013dash em\u2014dash minus\u22121",
    "e-mail: someone@example.org, see https://example.org/a_b?c=d&e=f#g",
    "C:\\folder\\file.txt and /usr/local/bin",
    "snake_case camelCase PascalCase kebab-case SCREAMING_CASE",
    "3.14 1,000,000 -5 +7 50% $9.99 \u20ac20 \u00a35 1/2 \u00bd x\u00b2 10\u2075",
    "2024-02-29T12:34:56Z",
    "f(x) = a*x^2 + b*x + c; if (a && !b || ~c) { return [1, 2]; }",
    '<p class="x">text</p> &amp; &lt;',
    "#hashtag @mention RT :) :-( ;-) <3 xD",
    "!!! ??? ?! ,,, ;;; ***",
    "caf\u00e9 na\u00efve fa\u00e7ade r\u00e9sum\u00e9 \u00fcber Stra\u00dfe \u00c5ngstr\u00f6m",
    "cafe\u0301 nai\u0308ve u\u0308ber",
    "\u0301alone e\u0301\u0302\u0303 many a\u030a",
    "\u0130stanbul I\u0307 \u0131 \u1e9e \ufb01 \ufb02 \u01c5 \u00c6 \u0152 \u00d8",
    "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u039f\u0394\u03a5\u03a3\u03a3\u0395\u03a5\u03a3",
    "\u041f\u0440\u0438\u0432\u0435\u0442 \u043c\u0438\u0440 \u0451\u0436\u0438\u043a \u0439",
    "\u0645\u0631\u062d\u0628\u0627 \u0628\u0627\u0644\u0639\u0627\u0644\u0645 \u064b\u064c",
    "\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd \u05e2\u05d5\u05dc\u05dd",
    "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e",
    "\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35\u0e0a\u0e32\u0e27\u0e42\u0e25\u0e01",
    "\uc548\ub155\ud558\uc138\uc694 \uc138\uacc4",
    "\u3053\u3093\u306b\u3061\u306f\u4e16\u754c \u30ab\u30bf\u30ab\u30ca \uff8a\uff9d\uff76\uff78 \u304c\u3099",
    "Ti\u1ebfng Vi\u1ec7t c\u00f3 d\u1ea5u",
    "\u4f60\u597d\uff0c\u4e16\u754c\uff01",
    "\u6211\u7231\u5317\u4eac\u5929\u5b89\u95e8",
    "\u4e2d\u6587and English\u6df7\u54082024\u5e74iPhone\u624b\u673a",
    "\u7e41\u9ad4\u5b57\u8207\u7b80\u4f53\u5b57",
    "\U00020000\U0002a6d6\U0002f800 rare ideographs \U00030000",
    "\uf900\ufa0e compatibility \u3400\u4db5 extension",
    "\uff21\uff22\uff23 \uff11\uff12\uff13 \uff0c\u3002\uff01\uff1f\uff1b\uff1a\u201c\u201d\u300a\u300b\u3010\u3011",
    "\u3001\u3002\u3003\u301c\u30fb\u2026\u2014\u2014",
    "I \u2764\ufe0f NY \U0001f600\U0001f602 good\U0001f44dbad\U0001f44e",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 family \U0001f1e9\U0001f1ea flag \U0001f44b\U0001f3fd wave",
    "zero\u200bwidth soft\u00adhyphen word\u2060joiner \ufeffbom left\u200eto\u200fright",
    "nul\x00char bell\x07 del\x7f esc\x1b[31mred\x1b[0m c1\x85next",
    "replacement \ufffd char\ufffdacter private \ue000 unassigned \u0378 noncharacter \uffff",
    "\U0001d400\U0001d401\U0001d402 math \u210d \u2115 \u2211 \u221e \u2260 \u2264 \u2192",
    "\u2460\u2461 \u2160\u2161 \u00a9 \u00ae \u2122 \u00b0C \u00b5m \u00a7 \u00b6 \u2020",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "a[SEP]b [sep] [ SEP ] [MASK]ed un[MASK]able[MASK][MASK]",
    "[CLS][CLS] text [unused1] [unused5] [BRACKETS]",
    "##ing ## # ##s play##ing",
    "unaffable uninformatively antidisestablishmentarianism",
    "supercalifragilisticexpialidocious pneumonoultramicroscopicsilicovolcanoconiosis",
    "x" * 99 + " " + "x" * 100 + " " + "x" * 101,
    "playing played player players plays",
    "U.S.A. Ph.D. e.g. i.e. etc. Mr. Dr. a.m.",
    "1st 2nd 3rd 4th 21st 1990s '90s 9/11 24/7 Q4 H2O CO2 B2B",
    "a\u0300\u0316b\u0323c",
    "\u1112\u1161\u11ab jamo \ud55c syllable",
    "\u00a1Hola! \u00bfQu\u00e9 tal? \u00f1and\u00fa pi\u00f1ata",
    "Z\u0351\u036b\u0343a\u0363lgo te\u0489xt",
    "a`b~c|d{e}f^g_h@i#j$k%l&m*n(o)p-q=r+s[t]u;v:w'x,y.z/",
    "\u02bcokina \u02b9prime \u2032 \u2033 \u0060grave\u00b4acute",
    "\t\u3000\u4e2d \u6587\u3000",
    "the the the the the the the the",
    "WiFi 5G iOS macOS YouTube eBay",
    "\u1680ogham space\u180emongolian\u205fmedium\u202fnarrow",
]

WORDS = [
    ["Hello", "world"],
    ["EU", "rejects", "German", "call", "to", "boycott", "British", "lamb", "."],
    ["", "a", "", "b"],
    ["don't", "stop", "\u200b", "here"],
    ["New York", "is", "big"],
    ["\u6211\u7231", "\u5317\u4eac"],
    ["\U0001f600", "caf\u00e9", "[SEP]", "x" * 120],
    ["The", "quick", "unaffable", "foxes", "vanished", "uninformatively"],
]

PAIRS = [
    ("A man is playing a guitar.", "Somebody makes music."),
    ("", ""),
    ("one", ""),
    ("", "two"),
    ("The river is clean enough for salmon to come back to the city.", "Fish."),
    ("Fish?", "The river is clean enough for salmon to come back to the city."),
    ("She won the marathon in spite of a sore knee today.", "He lost the tennis match because of the rain today."),
    (
        "\u5929\u6c14\u600e\u4e48\u6837\uff1f",
        "\u660e\u5929\u5317\u65b9\u5927\u90e8\u5206\u5730\u533a\u4f1a\u4e0b\u5927\u96ea\u3002",
    ),
]
LONG = "The night train to the coast was late again because heavy snow had closed the pass for three days."


def example(name: str) -> list[str]:
    """Lines of an example file."""
    return (EXAMPLES / name).read_text(encoding="utf-8").splitlines()


def cut(full: Path, target: Path, lines: list[str]) -> None:
    """Keep the special tokens, single ASCII characters, what the lines need, and the first words up to CUT_SIZE."""
    tokens = full.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    tokenizer = reference(full)
    single = {prefix + char for prefix in ("", "##") for char in string.printable.lower() if not char.isspace()}
    needed = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused1]", "[unused5]"} | single
    for line in lines:
        needed.update(tokenizer.tokenize(line))
    for token in tokens:
        if len(needed) >= CUT_SIZE:
            break
        if token.isascii() and token.isalpha() and len(token) > 2:
            needed.add(token)
    target.write_text("".join(f"{token}\n" for token in tokens if token in needed), encoding="utf-8", newline="\n")


def reference(vocabulary: Path, *, lower: bool = True) -> BertTokenizerFast:
    """The tokenizer of `transformers` with a vocabulary."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "vocab.txt").write_bytes(vocabulary.read_bytes())
        config = {"tokenizer_class": "BertTokenizer", "do_lower_case": lower, "model_max_length": 512}
        (Path(folder) / "tokenizer_config.json").write_text(json.dumps(config), encoding="utf-8")
        (Path(folder) / "config.json").write_text('{"model_type": "bert"}', encoding="utf-8")
        return BertTokenizerFast.from_pretrained(folder)


def line_cases() -> list[dict]:
    """Single lines: ids and offsets."""
    english, chinese = TRICKY + example("sentences.txt")[::6], TRICKY[::2] + example("sentences_zh.txt")[::2]
    cases = []
    for vocabulary, lower, lines in (
        ("english", True, english),
        ("chinese", True, chinese),
        ("english", False, TRICKY[5::2]),
    ):
        tokenizer = reference(VOCABULARIES[vocabulary], lower=lower)
        for line in lines:
            out = tokenizer(line, return_offsets_mapping=True, truncation=True, max_length=512)
            offsets = [place for pair in out["offset_mapping"] for place in pair]
            cases.append(
                {"vocab": vocabulary, "lower": lower, "text": line, "ids": out["input_ids"], "offsets": offsets}
            )
    return cases


def batch_cases() -> list[dict]:
    """Pairs, truncation and windows: every row."""
    tokenizer = reference(VOCABULARIES["english"])
    firsts, seconds = [a for a, _ in PAIRS], [b for _, b in PAIRS]
    calls: list[dict] = [{"texts": firsts, "pairs": seconds, "max_length": 128, "truncation": "longest_first"}]
    calls += [
        {"texts": firsts, "pairs": seconds, "max_length": most, "truncation": "longest_first"}
        for most in (3, 4, 7, 8, 12, 17)
    ]
    calls += [{"texts": firsts, "max_length": most, "truncation": "longest_first"} for most in (3, 6, 9)]
    calls += [
        {"texts": [LONG], "pairs": ["When?"], "max_length": 14, "truncation": "only_first"},
        {"texts": ["When?"], "pairs": [LONG], "max_length": 14, "truncation": "only_second"},
    ]
    for stride in (0, 1, 3, 7):
        windows = {"stride": stride, "return_overflowing": True}
        calls += [
            {"texts": [LONG, "short", LONG], "max_length": 12, "truncation": "longest_first", **windows},
            {
                "texts": ["Which train?"] * 2,
                "pairs": [LONG, "Snow."],
                "max_length": 15,
                "truncation": "only_second",
                **windows,
            },
            {"texts": [LONG], "pairs": ["Which train?"], "max_length": 15, "truncation": "only_first", **windows},
        ]
    cases = []
    for call in calls:
        options = dict(call)
        overflowing = options.pop("return_overflowing", False)
        out = tokenizer(
            options.pop("texts"),
            options.pop("pairs", None),
            padding=True,
            return_overflowing_tokens=overflowing,
            return_offsets_mapping=True,
            **options,
        )
        case = {"call": call, "ids": out["input_ids"], "mask": out["attention_mask"], "segments": out["token_type_ids"]}
        case["offsets"] = [[list(pair) for pair in row] for row in out["offset_mapping"]]
        case["sequences"] = [
            [-1 if at is None else at for at in out.sequence_ids(row)] for row in range(len(out["input_ids"]))
        ]
        if overflowing:
            case["samples"] = out["overflow_to_sample_mapping"]
        cases.append(case)
    return cases


def word_cases() -> list[dict]:
    """Lists of words: ids and word indices."""
    tokenizer = reference(VOCABULARIES["english"])
    cases = []
    for words in WORDS:
        out = tokenizer(words, is_split_into_words=True)
        places = [-1 if place is None else place for place in out.word_ids()]
        cases.append({"words": words, "ids": out["input_ids"], "word_ids": places})
    return cases


def decode_cases() -> list[dict]:
    """Ids back to text."""
    tokenizer = reference(VOCABULARIES["english"])
    cases = []
    for line in [*TRICKY[6:16], *example("sentences.txt")[:6]]:
        ids = tokenizer(line)["input_ids"]
        whole = tokenizer.decode(ids, skip_special_tokens=False)
        cases.append({"ids": ids, "text": tokenizer.decode(ids, skip_special_tokens=True), "whole": whole})
    return cases


def main() -> None:
    """Cut the vocabularies if requested, then write the golden file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cut", nargs=2, type=Path, metavar=("ENGLISH", "CHINESE"), help="full vocabularies")
    full = parser.parse_args().cut
    if full:
        words = [word for sentence in WORDS for word in sentence]
        shared = [*TRICKY, *words, LONG, *(text for pair in PAIRS for text in pair)]
        cut(full[0], VOCABULARIES["english"], shared + example("sentences.txt")[::3])
        cut(full[1], VOCABULARIES["chinese"], shared + example("sentences_zh.txt"))
    golden = {"lines": line_cases(), "batches": batch_cases(), "words": word_cases(), "decode": decode_cases()}
    parts = []
    for name, cases in golden.items():
        body = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        parts.append(f'"{name}": [\n{body}\n]')
    target = HERE / "tokenizer_golden.json"
    target.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8", newline="\n")
    print(f"{target}: {sum(map(len, golden.values()))} cases, {target.stat().st_size} bytes")


if __name__ == "__main__":
    main()
