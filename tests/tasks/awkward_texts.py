"""Worst cases of users' texts."""

TEXTS = [
    "the cat sat on the mat",
    "",
    "a",
    "What a film! I'd see it again & again: 10/10",
    "two\tchildren played\nin the park near the water",
    "雪が降る in an English model",
    "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467 emoji \U0001f1e9\U0001f1ea",
    "control\x00 \x07characters\x1b\u200b\ufeff and \u202eright to left",
    "Caf\u00e9 na\u00efve \u0130stanbul e\u0301 \ufb01n \u1e9e",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    " \t\n ",
    "x" * 300,
    "one of the best known people in the history of the world, " * 5,
]
