"""CoNLL files as found in data sets, and the check of tags against their scheme."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.data import TaggedExample, read_conll, write_conll
from tinybert.errors import InputError


def example(*pairs):
    words, labels = zip(*pairs, strict=True)
    return TaggedExample(words, labels)


CONLL_2003 = """-DOCSTART- -X- -X- O

EU NNP I-NP I-ORG
rejects VBZ I-VP O

Peter NNP I-NP I-PER
Blackburn NNP I-NP I-PER
"""


def test_conll_2003(write):
    path = write("eng.train", CONLL_2003)
    assert read_conll(path, scheme="IOB1", strict=True) == [
        example(("EU", "I-ORG"), ("rejects", "O")),
        example(("Peter", "I-PER"), ("Blackburn", "I-PER")),
    ]
    assert read_conll(path, label_column=1)[0].labels == ("NNP", "VBZ")
    assert read_conll(path, label_column=None)[1] == TaggedExample(("Peter", "Blackburn"))


@pytest.mark.parametrize(
    "content",
    [
        "#\tO\n#wnut\tB-group\n\t\n\t\nEmpire\tB-location\n",
        "#\tO\r\n#wnut\tB-group\r\n\r\nEmpire\tB-location\r\n\r\n",
        "\ufeff# sent_id = 1\n#\tO\n#wnut\tB-group\n\n# text\tof words = Empire\nEmpire\tB-location",
        "# id 7a\tdomain=en\n# O\n#wnut   B-group\n \n# three words here\nEmpire B-location \n",
        "#begin document (bc/cctv); part 000\n# O\n#wnut B-group\n\nEmpire B-location\n#end document\n",
    ],
)
def test_comments_blank_lines_and_line_ends(write, content):
    expected = [example(("#", "O"), ("#wnut", "B-group")), example(("Empire", "B-location"))]
    assert read_conll(write("a.conll", content), scheme="IOB2", strict=True) == expected


def test_words_with_blanks_between_tabs(write):
    path = write("a.tsv", "New York\tB-LOC\n\u3000\tO\n")
    assert read_conll(path) == [example(("New York", "B-LOC"), ("\u3000", "O"))]


def test_labels_that_are_no_tags_are_taken_as_they_are(write):
    path = write("brown.conll", "The at\nB-52 np\nO fw\n")
    assert read_conll(path)[0].labels == ("at", "np", "fw")


@pytest.mark.parametrize(
    ("content", "options", "message"),
    [
        ("a O\nb\n", {}, "line 2: 1 column, but the first row has 2: 'b'"),
        ("a O\nb c O\n", {}, "line 2: 3 columns, but the first row has 2: 'b c O'"),
        ("a\tO\nb\t\n", {}, "line 2: the label is empty"),
        ("a\tO\n\tO\n", {}, "line 2: the word is empty"),
        ("a O\n", {"word_column": "0"}, "word_column is '0'; it must be the index of a column, from 0"),
        ("a O\n", {"word_column": 2}, r"line 1: there is no column 2 among 2: .*\(word_column=...\)"),
        ("a\nb\n", {}, r"line 1: words and labels are the same column.*\(label_column=...\)"),
        ("\n-DOCSTART- O\n\n", {}, "a.conll has no words"),
        ("", {}, "a.conll has no words"),
        (b"a O\n\xe4 O\n", {}, "line 2: not UTF-8"),
        ("a O\n\nb B-PER\nc PER\n", {}, "line 4: the label of 'c': 'PER' is not a tag of any|line 4: the label of 'c'"),
        (
            "a O\nb S-PER\n",
            {"scheme": "IOB2"},
            "line 2: the label of 'b': 'S-PER' is not a tag of IOB2.*B-TYPE, I-TYPE",
        ),
        ("a O\nb b-PER\n", {"scheme": "IOB2"}, "line 2: the label of 'b': 'b-PER' is not a tag of IOB2"),
        ("a O\nb I-PER\n", {"scheme": "IOB2", "strict": True}, "line 2: the label of 'b': I-PER begins a span after O"),
        ("a B-PER\nb O\n", {"scheme": "IOBES", "strict": True}, "line 1: the label of 'a': B-PER has no end"),
        ("a B-X\nb O\nc I-X\nd B-X\n", {"strict": True}, "line 3: the label of 'c'"),
        ("a S-X\nb O\nc E-X\n", {"strict": True}, "line 3: the label of 'c': E-X begins a span after O; IOBES"),
        ("a O\n", {"scheme": "BIO"}, "scheme is 'BIO'"),
    ],
)
def test_errors_name_file_and_line(write, content, options, message):
    with pytest.raises(InputError, match=message):
        read_conll(write("a.conll", content), **options)


def test_a_wrong_place_passes_unless_strict(write):
    path = write("a.conll", "a O\nb I-PER\n")
    assert read_conll(path, scheme="IOB2")[0].labels == ("O", "I-PER")


FIELDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\t\r\n\ufeff"), min_size=1).filter(
    lambda field: field == field.strip(" ")
)
WORDS = FIELDS.filter(lambda word: not (word.startswith("#") and " " in word) and word != "-DOCSTART-")


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return tmp_path_factory.mktemp("conll") / "a.conll"


@settings(max_examples=50)
@given(st.lists(st.lists(st.tuples(WORDS, FIELDS), min_size=1, max_size=4), min_size=1, max_size=3))
def test_any_words_and_labels_survive(path, sentences):
    examples = [example(*((word, f"x{label}") for word, label in sentence)) for sentence in sentences]
    assert write_conll(path, examples) == len(examples)
    assert read_conll(path) == examples


@settings(max_examples=50)
@given(st.lists(st.lists(WORDS.filter(lambda word: " " not in word), min_size=1, max_size=4), min_size=1, max_size=3))
def test_any_words_survive_without_labels(path, sentences):
    examples = [TaggedExample(tuple(words)) for words in sentences]
    write_conll(path, examples)
    assert read_conll(path, label_column=None) == examples


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([], "There are no examples"),
        ([TaggedExample((), ())], r"examples\[0\] has no words"),
        ([example(("a", "O")), TaggedExample(("a",))], r"examples\[1\] and examples\[0\] differ in having labels"),
        ([example(("a\tb", "O"))], r"examples\[0\]: 'a\\tb' holds a tab"),
        ([example(("a", ""))], r"examples\[0\]: '' is empty"),
        ([example((" a", "O"))], "holds a blank that would not be read back"),
        ([TaggedExample(("a b",))], "holds a blank that would not be read back"),
        ([example(("# a", "O"))], "would be read as a mark between sentences, not as a word"),
        ([example(("-DOCSTART-", "O"))], "would be read as a mark between sentences, not as a word"),
        ([example(("\ufeffa", "O"))], "begins with a byte order mark"),
        ([example(("\ud800", "O"))], "half of a surrogate pair"),
    ],
)
def test_what_cannot_be_written(tmp_path, examples, message):
    with pytest.raises(InputError, match=message):
        write_conll(tmp_path / "a.conll", examples)
    assert not list(tmp_path.iterdir())


def test_a_label_for_each_word():
    with pytest.raises(InputError, match="There are 2 words and 1 label"):
        TaggedExample(("a", "b"), ("O",))
