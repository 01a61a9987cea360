"""What to do about an error, in terms of the command line: the package's errors name arguments of its functions."""

from __future__ import annotations

PROGRAM = "tinybert"
"""What each message on stderr begins with."""
ARGUMENTS = {
    "vocabulary='vocab.txt'": "--vocabulary vocab.txt",
    "vocabulary=...": "--vocabulary FILE",
    "do_lower_case=False": "--cased",
    "allow_extra_fields=True": "--allow-extra-fields",
    "text='NAME'": "--text NAME",
    "pair='NAME'": "--pair NAME",
    "text=INDEX": "--text INDEX",
    "Give format=, one of": "Give --from, one of",
    "format='tsv'": "--from tsv",
    "Give regression=True or multi_label_separator": "Give --regression or --multi-label",
    "multi_label_separator": "--multi-label",
    "Say header=True, or False if it is a text.": "Give columns by their names: --text NAME",
    " (or say label=False)": "",
    "strict=False leaves them out": "--skip-misplaced leaves them out",
    "label_column=None reads words without labels": "Each line needs both",
    "squad_v2_scores is the measure": 'mark those: "is_impossible": true',
    "choose another, or none": "choose another with --port, or none",
    "Use Classifier": "Use tinybert classify",
    "Use Tagger": "Use tinybert tag",
    "Use QuestionAnswerer": "Use tinybert answer",
    "Use Embedder": "Use tinybert embed",
    "use Embedder": "use tinybert embed",
}
"""How errors name an argument, and the option that it is here."""


def for_the_command_line(message: str) -> str:
    """The message with options instead of arguments."""
    for argument, option in ARGUMENTS.items():
        message = message.replace(argument, option)
    return message
