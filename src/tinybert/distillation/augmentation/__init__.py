"""Data augmentation for task distillation: algorithm 1 of Jiao et al. 2019 (arXiv:1909.10351).

Where the algorithm leaves a choice, or is departed from:

- Candidates are whole words of letters, never the word itself, pieces of words, special tokens, numbers or punctuation.
  Words that are not made of letters alone stay as they are.
- Copies that equal the original or an earlier copy are dropped, as in the published code.
- No word is skipped for being a stop word; the published code skips the English ones.
- The masked text is the model's only input; the published code adds the original text as a second one.
- Words of several pieces, and those of an encoder without a masked language model, get the nearest words by the cosine
  of word vectors: GloVe, as in the paper, where given, otherwise the encoder's own word embeddings.
"""
