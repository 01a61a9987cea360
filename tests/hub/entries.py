"""Small hub entries for tests: files under published uids, and comparisons of results."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np

from tinybert.checkpoint import read_checkpoint
from tinybert.hub import publish, registry
from tinybert.hub.integrity import sha256_of

CN_WIKI = "mindspore/ascend/1.0/tinybert_v1.0_cn-wiki"
SST2 = "mindspore/1.3/tinybert_enwiki128_sst2"
MNLI = "mindspore/1.3/tinybert_enwiki128_mnli"

# These modules imported the registry's function under their own name.
_READERS = (
    "hub.registry",
    "hub.finding",
    "hub.modules",
    "hub.conf",
    "hub.neighbours",
    "hub.offers",
    "hub.removing",
)


def exchange(monkeypatch, uid, file, link=None):
    """Make a file the declared one of a published module, under all its uids, for the duration of a test."""
    sha256 = registry.published()[uid].asset.sha256

    def changed(asset):
        if asset.sha256 != sha256:
            return asset
        return dataclasses.replace(asset, sha256=sha256_of(file), link=link or asset.link)

    table = {
        each: dataclasses.replace(module, assets=tuple(map(changed, module.assets)))
        for each, module in registry.published().items()
    }
    for name in _READERS:
        monkeypatch.setattr(importlib.import_module(f"tinybert.{name}"), "published", lambda: table)


def values(network):
    """The arrays in a network by the names of its parameters, without a task network's prefix."""
    from tinybert.weights.binding import own_parameters

    return {name: parameter.asnumpy() for name, parameter in own_parameters(network).items()}


def assert_same_values(network, other):
    """Assert that two networks have the same parameters, bit by bit."""
    ours, theirs = values(network), values(other)
    assert ours.keys() == theirs.keys()
    for name, array in ours.items():
        np.testing.assert_array_equal(array, theirs[name], err_msg=name)


def publish_as(source, uid, *, task=None, labels=(), problem=None, config=None, **options):
    """Publish a file or folder with overrides, as `tinybert hub publish` does."""
    checkpoint = read_checkpoint(source, **(config or {}))
    return publish(checkpoint, uid, task=checkpoint.task.changed(task, labels, problem), **options)
