"""Written tables are read back unchanged, whatever characters they contain; anything else is rejected."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinybert.data import TextExample, TripletExample, read_texts, write_texts
from tinybert.data.label_column import NO_LABEL
from tinybert.errors import InputError

CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\0")
TEXTS = st.text(CHARACTERS, min_size=1).filter(lambda text: not text.isspace())
IN_TSV = TEXTS.filter(lambda text: not set(text) & set("\t\r\n"))
NAMES = IN_TSV.map(str.strip).filter(lambda name: name and name.casefold() not in NO_LABEL)
SCORES = st.floats(allow_nan=False, allow_infinity=False)


def tables(texts, labels):
    """Hypothesis strategy for lists of examples of one kind: with or without pairs, with or without labels."""
    pairs, some = st.booleans(), st.booleans()
    return st.tuples(pairs, some).flatmap(
        lambda kind: st.lists(
            st.builds(TextExample, texts, texts if kind[0] else st.none(), labels if kind[1] else st.none()),
            min_size=1,
            max_size=4,
        )
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


@pytest.mark.parametrize("label", ["N/A", "-", "null"])
def test_a_label_that_stands_for_none_is_refused(tmp_path, label):
    with pytest.raises(InputError, match="would be read as none"):
        write_texts(tmp_path / "a.csv", [TextExample("a", label=label)])


@settings(max_examples=40)
@given(tables(TEXTS, NAMES))
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_any_text_survives(folder, name, examples):
    assert write_texts(folder / name, examples) == len(examples)
    assert read_texts(folder / name) == examples


@settings(max_examples=40)
@given(tables(IN_TSV, NAMES))
def test_any_text_without_tabs_survives_tsv(folder, examples):
    write_texts(folder / "a.tsv", examples)
    assert read_texts(folder / "a.tsv") == examples


@settings(max_examples=40)
@given(tables(IN_TSV, SCORES))
@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
def test_scores_survive_to_the_last_digit(folder, name, examples):
    write_texts(folder / name, examples)
    assert read_texts(folder / name, regression=True) == examples


@settings(max_examples=40)
@given(tables(IN_TSV, st.lists(NAMES.filter(lambda name: "|" not in name)).map(tuple)))
@pytest.mark.parametrize(("name", "separator"), [("a.tsv", "|"), ("a.csv", "|"), ("a.jsonl", None)])
def test_several_labels_survive(folder, name, separator, examples):
    write_texts(folder / name, examples, multi_label_separator=separator)
    assert read_texts(folder / name, multi_label_separator=separator) == examples


@pytest.mark.parametrize("name", ["a.tsv", "a.csv", "a.jsonl"])
@pytest.mark.parametrize("negatives", [("c",), ("c", "d")])
def test_triplets_survive(tmp_path, name, negatives):
    examples = [TripletExample("a", "b", negatives=negatives)] * 2
    write_texts(tmp_path / name, examples)
    assert read_texts(tmp_path / name, negatives=None) == examples
    assert read_texts(tmp_path / name) == [TextExample("a", "b")] * 2


@pytest.mark.parametrize(
    ("name", "examples", "options", "message"),
    [
        ("a.tsv", [TextExample("a"), TextExample("b\tc")], {}, r"examples\[1\]: 'b\\tc' holds a tab or a line end"),
        ("a.csv", [TextExample(" ")], {}, r"examples\[0\]: the text is empty"),
        ("a.csv", [TextExample("a"), TextExample("b", "c")], {}, r"examples\[1\]: it differs from the first"),
        (
            "a.csv",
            [TextExample("a", "b"), TripletExample("a", "b", negatives=("c",))],
            {},
            r"examples\[1\]: it differs",
        ),
        ("a.csv", [TextExample("a", label="x"), TextExample("b", label=1.0)], {}, r"examples\[1\]: it differs"),
        ("a.csv", [TextExample("a", label=" x")], {}, "the label ' x' is empty or has blanks around it"),
        ("a.csv", [TextExample("a", label=float("nan"))], {}, "the label is nan, which is not a score"),
        ("a.csv", [TextExample("a", label=("x",))], {}, r"it has several labels.*\(multi_label_separator=.\|.\)"),
        ("a.csv", [TextExample("a", label=("x,y",))], {"multi_label_separator": ","}, "holds the separator ','"),
        ("a.csv", [TextExample("a\ud800")], {}, "half of a surrogate pair"),
        ("a.csv", [], {}, "There are no examples to write"),
        ("a.txt", [TextExample("a")], {}, "its ending does not determine the format"),
    ],
)
def test_what_cannot_be_written(tmp_path, name, examples, options, message):
    (tmp_path / name).write_text("old")
    with pytest.raises(InputError, match=message):
        write_texts(tmp_path / name, examples, **options)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(name, "old")]


def test_a_generator_is_written_row_by_row(tmp_path):
    path = tmp_path / "new" / "a.jsonl"
    assert write_texts(path, (TextExample(f"text {number}", label="x") for number in range(1000))) == 1000
    assert read_texts(path)[-1] == TextExample("text 999", label="x")
