"""A vocabulary of few words, for models with random weights."""

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
NAMES = ("good", "great", "fine", "bad", "awful", "film", "book", "the", "a", "is", "was", "very", "not", "天", "气")
OTHERS = ("##s", "##ful", "7", "42", ".", "!", "[unused1]")
VOCABULARY = (*SPECIAL, *NAMES, *OTHERS)
