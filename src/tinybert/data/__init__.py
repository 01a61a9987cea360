"""Read and write data files, and build batches. Only MindRecord needs MindSpore, which is imported on first use.

| data | read | write |
|---|---|---|
| texts, pairs and labels: TSV, CSV, JSON lines | `read_texts`, `iter_texts` | `write_texts` |
| words and labels: CoNLL columns | `read_conll` | `write_conll` |
| tagging scheme of such labels | `detect_scheme` | `convert_tags` |
| questions: SQuAD's JSON | `read_squad` | `write_squad`, `write_predictions` |
| labelled examples for any kind of task | `read_examples` | |
| tokenized rows: TFRecord | `read_records`, `check_tfrecord` | `write_tfrecord` |
| tokenized rows: MindRecord | `read_records`, `check_mindrecord` | `write_mindrecord` |
| batches of rows of similar length | `TrainingBatches` | |
"""

from .batches import TrainingBatches
from .conll import read_conll
from .conll_writer import write_conll
from .examples import AnswerSpan, Label, QuestionExample, TaggedExample, TextExample, TokenizedExample, TripletExample
from .labelled import EXAMPLES, Table, read_examples
from .mindrecord import write_mindrecord
from .mindrecord_index import check_mindrecord
from .record_columns import COLUMNS
from .records import read_records
from .squad import read_squad
from .squad_writer import write_predictions, write_squad
from .table_writer import write_texts
from .tables import iter_texts, read_texts
from .tagging import convert_tags, detect_scheme
from .tfrecord import write_tfrecord
from .tfrecord_frames import check_tfrecord

__all__ = [
    "COLUMNS",
    "EXAMPLES",
    "AnswerSpan",
    "Label",
    "QuestionExample",
    "Table",
    "TaggedExample",
    "TextExample",
    "TokenizedExample",
    "TrainingBatches",
    "TripletExample",
    "check_mindrecord",
    "check_tfrecord",
    "convert_tags",
    "detect_scheme",
    "iter_texts",
    "read_conll",
    "read_examples",
    "read_records",
    "read_squad",
    "read_texts",
    "write_conll",
    "write_mindrecord",
    "write_predictions",
    "write_squad",
    "write_texts",
    "write_tfrecord",
]
