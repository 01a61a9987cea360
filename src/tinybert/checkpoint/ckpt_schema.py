"""The schema of MindSpore's `.ckpt` files, as protobuf messages in a descriptor pool of their own.

MindSpore declares the same messages (`Checkpoint`, `Value` and `TensorProto`) in protobuf's default pool, where
declaring a name twice is an error. With a separate pool they do not conflict with MindSpore, imported before or after,
or with another copy of this package.

Source: mindspore/ccsrc/utils/checkpoint.proto. Its `MapTensorProto`, which no network here uses, is left out and read
as an unknown field.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any

if importlib.util.find_spec("mindspore"):
    # MindSpore sets this on import, and up to 2.7 its messages work with no other implementation. The first import of
    # protobuf decides, and that may be the one in this file.
    os.environ.setdefault("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python")

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_MESSAGES: dict[str, list[tuple[str, int, int, str]]] = {
    # message: (field, number, label, type); a type that is a message begins with a dot
    "Checkpoint": [("value", 1, _Field.LABEL_REPEATED, ".Value")],
    "Value": [("tag", 1, _Field.LABEL_REQUIRED, "string"), ("tensor", 2, _Field.LABEL_OPTIONAL, ".TensorProto")],
    "TensorProto": [
        ("dims", 1, _Field.LABEL_REPEATED, "int64"),
        ("tensor_type", 2, _Field.LABEL_REQUIRED, "string"),
        ("tensor_content", 3, _Field.LABEL_REQUIRED, "bytes"),
    ],
}
_TYPES = {"string": _Field.TYPE_STRING, "int64": _Field.TYPE_INT64, "bytes": _Field.TYPE_BYTES}


def _checkpoint_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="checkpoint.proto", syntax="proto2")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, label, kind in fields:
            entry = message.field.add(name=field, number=number, label=label)
            if kind.startswith("."):
                entry.type, entry.type_name = _Field.TYPE_MESSAGE, kind
            else:
                entry.type = _TYPES[kind]
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("Checkpoint"))


CheckpointMessage = _checkpoint_class()
"""A file: `value` is a list of entries with `tag` (the name) and `tensor` (`dims`, `tensor_type`, `tensor_content`)."""
