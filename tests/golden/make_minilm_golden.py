"""Write `minilm_l6.npz`: outputs of all-MiniLM-L6-v2 from PyTorch and `transformers` for six real sentences.

    python tests/golden/make_minilm_golden.py FOLDER

FOLDER holds the model as Hugging Face publishes it (config.json, model.safetensors, tokenizer.json). Needs torch and
transformers. Everything is float32, in evaluation mode, with plain ("eager") attention. B = 6 rows, T = 128 columns,
L = 6 layers; the file holds

    texts, pairs        (B,) the sentences; an empty pair is none
    input_ids, input_mask, segment_ids
                        (B, T) int32
    positions           (B, 3) int32, the tokens that `hidden` shows: first, second and last real one
    hidden              (L + 1, B, 3, 16) float32: embedding output and every layer's, first 16 dimensions
    pooled              (B, 32) float32: tanh(dense(first token)), first 32 dimensions
    embedding           (B, 32) float32: mean over the real tokens, divided by its length in all 384, first 32
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from transformers import AutoTokenizer, BertModel

TARGET = Path(__file__).resolve().parent / "minilm_l6.npz"
LENGTH = 128
SENTENCES = [
    ("A cold front will bring rain to the coast by Thursday evening.", ""),
    ("The violinist tuned her instrument while the audience took their seats.", ""),
    ("Caf\u00e9 prices rose by 3.5% - that's \u20ac4.20 for an espresso!", ""),
    ("Who repaired the antenna?", "Engineers repaired the antenna during a spacewalk of six hours."),
    ("Yes.", ""),
    (
        "The night train to Lisbon leaves from platform four. We missed our connection because the first flight was "
        "delayed. The hotel room had a view of the old harbour and its fishing boats. She packed only one small bag "
        "for six weeks in South America. Passports are checked twice on this route, so allow plenty of time. The "
        "guidebook said that the museum was closed on Mondays, and it was right. They hired a car at the airport and "
        "drove along the coast. A local bus took us to the temple at the top of the hill. Tourists queue for hours to "
        "see the palace gardens.",
        "",
    ),
]


def encode(folder: Path) -> dict[str, torch.Tensor]:
    """Tokenize single sentences and pairs, and stack them."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    options = {"padding": "max_length", "truncation": True, "max_length": LENGTH, "return_tensors": "pt"}
    rows = [tokenizer(text, pair or None, **options) for text, pair in SENTENCES]
    return {name: torch.cat([row[name] for row in rows]) for name in rows[0]}


def main() -> None:
    """Run the model and write the slices."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="all-MiniLM-L6-v2 as published")
    folder = parser.parse_args().folder
    inputs = encode(folder)
    model = BertModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    with torch.no_grad():
        out = model(**inputs, output_hidden_states=True)
    mask = inputs["attention_mask"]
    last = mask.sum(1) - 1
    positions = torch.stack([torch.zeros_like(last), torch.ones_like(last), last], dim=1)
    rows = torch.arange(len(SENTENCES))[:, None]
    mean = (out.last_hidden_state * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    embedding = torch.nn.functional.normalize(mean, dim=1)
    np.savez_compressed(
        TARGET,
        texts=np.array([text for text, _ in SENTENCES]),
        pairs=np.array([pair for _, pair in SENTENCES]),
        input_ids=inputs["input_ids"].numpy().astype(np.int32),
        input_mask=mask.numpy().astype(np.int32),
        segment_ids=inputs["token_type_ids"].numpy().astype(np.int32),
        positions=positions.numpy().astype(np.int32),
        hidden=torch.stack([state[rows, positions, :16] for state in out.hidden_states]).numpy(),
        pooled=out.pooler_output[:, :32].numpy(),
        embedding=embedding[:, :32].numpy(),
    )
    print(f"{TARGET}: {TARGET.stat().st_size} bytes; tokens a row: {(last + 1).tolist()}")


if __name__ == "__main__":
    main()
