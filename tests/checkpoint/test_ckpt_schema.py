"""The package's protobuf messages for `.ckpt` files do not clash with MindSpore's of the same names or other copies."""

from __future__ import annotations

from pathlib import Path

import pytest
from mindspore.train.checkpoint_pb2 import Checkpoint as TheirMessage

from tinybert.checkpoint.ckpt_schema import CheckpointMessage

SOURCE = Path(__file__).resolve().parents[2] / "src" / "tinybert"
FILE = b"".join(
    [
        b"\x0a\x20",  # value: 32 bytes
        b"\x0a\x05table",  # its tag
        b"\x12\x17",  # its tensor: 23 bytes
        b"\x08\x01\x08\x02",  # dims: 1, 2
        b"\x12\x07Float32",  # tensor_type, then tensor_content
        b"\x1a\x08\0\0\x80\x3f\0\0\0\x40",
    ]
)
"""The bytes of a file with `table`, float32 [[1, 2]], written out by hand."""


@pytest.mark.parametrize("message", [CheckpointMessage, TheirMessage], ids=["ours", "theirs"])
def test_the_bytes_of_a_file(message):
    parsed = message.FromString(FILE)
    (entry,) = parsed.value
    assert (entry.tag, list(entry.tensor.dims), entry.tensor.tensor_type) == ("table", [1, 2], "Float32")
    assert entry.tensor.tensor_content == b"\0\0\x80\x3f\0\0\0\x40"
    assert parsed.SerializeToString() == FILE


def test_each_field_has_the_number_type_and_label_of_mindspores():
    from google.protobuf import descriptor_pb2  # after MindSpore, as its older versions require

    def fields(message):
        """By message, one inside another or not; but for tables that grow, which no network here has."""
        file = descriptor_pb2.FileDescriptorProto()
        message.DESCRIPTOR.file.CopyToProto(file)
        messages = [*file.message_type, *(inner for outer in file.message_type for inner in outer.nested_type)]
        return {
            message.name: {
                (field.name, field.number, field.type, field.label, field.type_name.rpartition(".")[-1])
                for field in message.field
                if field.name != "maptensor"
            }
            for message in messages
            if message.name != "MapTensorProto"
        }

    assert fields(CheckpointMessage) == fields(TheirMessage)
    assert set(fields(CheckpointMessage)) == {"Checkpoint", "Value", "TensorProto"}


def test_a_parameter_of_another_form_is_no_tensor_here():
    message = TheirMessage()
    entry = message.value.add(tag="table")
    entry.maptensor.tensor.add(dims=[1], tensor_type="Float32", tensor_content=b"\0" * 4)
    (ours,) = CheckpointMessage.FromString(message.SerializePartialToString()).value
    assert (ours.tag, ours.HasField("tensor")) == ("table", False)


# In a separate process, since the import order matters.
ORDER = """
import importlib.util, sys

def copy_of(name):
    # As hub_conf.py does it.
    spec = importlib.util.spec_from_file_location(name, SOURCE + "/__init__.py", submodule_search_locations=[SOURCE])
    package = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(package)
    return importlib.import_module(f"{name}.checkpoint.ckpt_schema").CheckpointMessage

before = copy_of("tinybert_before")
assert "mindspore" not in sys.modules
from mindspore.train.checkpoint_pb2 import Checkpoint as theirs
after = copy_of("tinybert_after")
assert before is not after
for message in (before, theirs, after):
    parsed = message.FromString(FILE)
    assert type(parsed) is message
    assert parsed.value[0].tag == "table" and list(parsed.value[0].tensor.dims) == [1, 2]
    assert parsed.SerializeToString() == FILE
print("equal")
"""


def test_copies_of_the_package_before_and_after_mindspore_in_one_process(fresh_python):
    code = f"FILE, SOURCE = {FILE!r}, {str(SOURCE)!r}\n{ORDER}"
    # MindSpore selects the protobuf implementation by an environment variable when it is imported.
    done = fresh_python("-c", code, PROTOCOL_BUFFERS_PYTHON_IMPLEMENTATION=None)
    assert done.stdout.strip() == "equal"
