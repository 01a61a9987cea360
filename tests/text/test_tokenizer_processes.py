"""The tokenizer in threads, in forked processes, and without MindSpore."""

import os
import threading
from pathlib import Path

import pytest

import tinybert.text

PACKAGE = Path(tinybert.text.__file__).resolve().parents[1]


def test_mindspore_is_never_imported(fresh_python):
    code = (
        "import sys, tinybert.text; print(sorted(n for n in sys.modules if n.split('.')[0] in ('mindspore', 'torch')))"
    )
    assert fresh_python("-c", code).stdout.strip() == "[]"


def test_the_package_works_under_another_name(fresh_python):
    code = f"""
import importlib.util, sys
folder = {str(PACKAGE / "text")!r}
parent = type(sys)("hub_module")
parent.__path__ = [{str(PACKAGE)!r}]
sys.modules["hub_module"] = parent
from hub_module.text import BertTokenizer, Vocabulary
print(BertTokenizer.__module__, "tinybert" in sys.modules)
print(BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a")))("a").input_ids.tolist())
"""
    said = fresh_python("-c", code).stdout.split("\n")
    assert said[:2] == ["hub_module.text.tokenizer False", "[[2, 4, 3]]"]


def test_threads_with_different_lengths_do_not_disturb_each_other(english):
    texts = ["The river is clean enough for salmon to come back."] * 30
    calls = [
        {"max_length": length, "return_offsets": True, "return_overflowing": bool(length % 2)}
        for length in range(5, 13)
    ]
    expected = [english(texts, **call).input_ids.tolist() for call in calls]
    wrong = []

    def work(call, result):
        for _ in range(20):
            try:
                if english(texts, **call).input_ids.tolist() != result:
                    wrong.append(call)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=work, args=pair) for pair in zip(calls, expected, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


FORK = """
import os, sys
from tinybert.text import BertTokenizer, Vocabulary
tokenizer = BertTokenizer(Vocabulary(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a")))
tokenizer(["a"] * 100)
child = os.fork()
if child == 0:
    ids = tokenizer(["a"] * 100).input_ids
    os._exit(0 if ids.shape == (100, 3) and os.environ["TOKENIZERS_PARALLELISM"] in ("false", "off") else 1)
print(os.waitpid(child, 0)[1], os.environ.get("TOKENIZERS_PARALLELISM"))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_tokenizes_without_a_warning_and_the_parent_stays_parallel(fresh_python):
    # tokenizers 0.19 to 0.21 warn unless the variable is set
    done = fresh_python("-c", FORK, TOKENIZERS_PARALLELISM=None)
    assert done.stderr == ""
    assert done.stdout.strip() == "0 None"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_the_users_own_setting_stays(fresh_python):
    done = fresh_python("-c", FORK, TOKENIZERS_PARALLELISM="off")
    assert done.stderr == ""
    assert done.stdout.strip() == "0 off"
