"""Load the model that comes with the package, print nearest neighbours, and train a classifier on top of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import mindspore as ms
import mindspore.dataset as de
import numpy as np
from mindspore import Tensor

import mindspore_hub as mshub
from tinybert import DEFAULT_MODEL, Classifier, finetune, hub
from tinybert.data import COLUMNS, write_tfrecord
from tinybert.tasks import Classification

SENTENCES = Path(__file__).with_name("sentences.txt")
SHOWN = (0, 61, 122, 183, 244, 305)
REVIEWS = Path(__file__).parents[1] / "docs" / "data" / "reviews.csv"
NEW_REVIEWS = ("A joy from start to finish.", "It broke at once, and nobody answered.")


def main() -> None:
    """Run the demo."""
    module = hub.find_module(DEFAULT_MODEL)
    print(f"card      {module.paths.card}")
    ms.set_context(mode=ms.GRAPH_MODE)
    network = mshub.load(DEFAULT_MODEL, is_training=False)  # raises unless the weights are the card's
    network.set_train(False)
    print(f"loaded    {DEFAULT_MODEL}: {sum(p.size for p in network.get_parameters()) / 1e6:.1f} million parameters")

    sentences = SENTENCES.read_text(encoding="utf-8").splitlines()
    tokenizer = module.tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        data_files = str(Path(folder) / "sentences.tfrecord")
        encoding = tokenizer(sentences, pad_to=128)
        rows = write_tfrecord(data_files, dict(zip(COLUMNS, encoding.inputs, strict=True)))
        print(f"wrote     {rows} sentences of {SENTENCES.name} as a TFRecord")
        embeddings = embed(network, data_files)
        show_neighbours(sentences, embeddings)
        classify(Path(folder) / "my-reviews")


def classify(folder: Path) -> None:
    """Train a classifier of reviews, and let it judge new ones."""
    print(f"\ntraining on {REVIEWS.name}")
    finetune(DEFAULT_MODEL, REVIEWS, folder, task="classify", epochs=5, batch_size=8, learning_rate=2e-4)
    classifier = Classifier.from_pretrained(folder)
    for review in NEW_REVIEWS:
        answer = classifier(review)
        assert isinstance(answer, Classification)
        print(f"  {answer.probability:.3f}  {answer.label}: {review}")


def embed(network: ms.nn.Cell, data_files: str) -> np.ndarray:
    """Return (N, 384) float32 unit vectors, the mean of each sentence's token vectors, as in the model card's usage."""
    ds = de.TFRecordDataset(data_files, None, columns_list=list(COLUMNS), shuffle=False)
    ds = ds.batch(32)
    embeddings = []
    for data in ds.create_dict_iterator():
        input_ids, input_mask, segment_ids = (Tensor(data[name]) for name in COLUMNS)
        sequence_output = network(input_ids, input_mask, segment_ids)[0].asnumpy()
        mask = input_mask.asnumpy()[:, :, None]
        mean = (sequence_output * mask).sum(axis=1) / mask.sum(axis=1)
        embeddings.append(mean / np.linalg.norm(mean, axis=1, keepdims=True))
    return np.concatenate(embeddings)


def show_neighbours(sentences: list[str], embeddings: np.ndarray) -> None:
    """Print the three nearest neighbours of some sentences, with their cosine similarity."""
    similarity = embeddings @ embeddings.T
    np.fill_diagonal(similarity, -1)
    for index in SHOWN:
        print(f"\n{sentences[index]}")
        for neighbour in np.argsort(-similarity[index])[:3]:
            print(f"  {similarity[index, neighbour]:.3f}  {sentences[neighbour]}")


if __name__ == "__main__":
    main()
