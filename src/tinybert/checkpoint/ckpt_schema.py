"""The schema of MindSpore's `.ckpt` files, as protobuf messages of this package's own.

MindSpore declares the same messages, `Checkpoint`, `Value` and `TensorProto`, in protobuf's default pool, where a
second declaration of a name is an error. So they are in a pool of their own here: a copy of the package, and MindSpore
imported before or after it, do not meet.

Source: mindspore/ccsrc/utils/checkpoint.proto; its `MapTensorProto`, which no network here has, is left out, and read
as an unknown field.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any

if importlib.util.find_spec("mindspore"):
    # MindSpore asks for this implementation when it is imported, and up to 2.7 its messages work with no other. Whoever
    # imports protobuf first decides, and that may be this file.
    os.environ.setdefault("PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION", "python")

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_Field = descriptor_pb2.FieldDescriptorProto
_MESSAGES: dict[str, list[tuple[str, int, int, str]]] = {
    # message: (field, number, label, type; that of another message begins with a dot)
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
"""A file: `value`, a list of entries with `tag` (the name) and `tensor` (`dims`, `tensor_type`, `tensor_content`)."""
