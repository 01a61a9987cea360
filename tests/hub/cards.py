"""The text of a valid card, for tests to invalidate."""

SHA256 = "7f528d70605affc5c2fc0901a729444dc45cfa5bd72fc2fb742c8a3ff4d878b6"
HEADER = {
    "model-name": "tinybert",
    "backbone-name": "TinyBertModel",
    "module-type": "nlp",
    "fine-tunable": "True",
    "input-shape": "[[1, 128], [1, 128], [1, 128]]",
    "model-version": "1.10",
    "author": "MindSpore team",
    "update-time": "2020-09-22",
    "repo-link": "https://gitee.com/mindspore/models/tree/r1.10/official/nlp/tinybert",
    "user-id": "MindSpore",
    "used-for": "inference/transfer-learning",
    "infer-backend": "ascend",
    "mindspore-version": "1.10",
    "license": "Apache2.0",
    "summary": "a small network",
}
ASSET = "\n  - file-format: ckpt\n    asset-link: https://host/tinybert.ckpt\n    asset-sha256: " + SHA256


def card_text(body="", **changes):
    """Return a valid card with some fields changed (`used_for="x"`), added, or removed (None)."""
    fields = HEADER | {name.replace("_", "-"): value for name, value in changes.items()}
    lines = [f"{key}: {value}" for key, value in fields.items() if value is not None]
    return "\n".join(["# TinyBert", "---", *lines, "---", body])


def line_of(text, beginning):
    return next(number for number, line in enumerate(text.split("\n"), 1) if line.startswith(beginning))
