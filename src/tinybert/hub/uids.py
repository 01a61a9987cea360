"""Parse the uids of modules, given directly or as part of a card's address."""

from __future__ import annotations

from ..errors import UnsafePathError
from ..hf import is_hf_name
from .addresses import split_https
from .safe_names import plain_name, shown


def parse_uid(name: str) -> str:
    """Return the uid in a uid or in the address of a card.

    Args:
        name: `mindspore/ascend/1.0/tinybert_v1.0_cn-wiki`, `mindspore/1.10/tinybert_enwiki128_mnli`, or an https
            address that ends with such a uid, with or without `.md`.

    Returns:
        The uid: three or four plain names separated by slashes.

    Raises:
        UnsafePathError: The number of parts is wrong, or a part is not a plain name.

    Examples:
        >>> parse_uid("https://gitee.com/mindspore/hub/raw/master/mshub_res/assets/mindspore/1.3/lenet_mnist.md")
        'mindspore/1.3/lenet_mnist'
    """
    if is_hf_name(name):
        raise UnsafePathError(
            f"{shown(name)} is not a uid, but a name on Hugging Face: it is taken wherever a model is named, and "
            "becomes a module with `tinybert hub publish`"
        )
    parts = _parts_of_link(name) if "://" in name else name.split("/")
    if len(parts) not in (3, 4):
        raise UnsafePathError(
            f"{shown(name)} is not a uid: it must have 3 or 4 parts, as in mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
        )
    for part in parts:
        plain_name(part, f"part of the uid {shown(name)},")
    return "/".join(parts)


def _parts_of_link(link: str) -> list[str]:
    try:
        path = split_https(link).path
    except ValueError as error:
        raise UnsafePathError(str(error)) from None
    # Remove only the extension `.md`: names such as tinybert_v1.0_cn-wiki contain dots themselves.
    parts = path.strip("/").removesuffix(".md").split("/")
    if "assets" in parts[:-1]:
        return parts[parts.index("assets") + 1 :]
    # Without `assets/` three parts cannot be told from four; the official client takes four.
    return parts[-4:]
