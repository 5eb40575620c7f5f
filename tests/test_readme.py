"""The README tells the truth: its code runs and prints what it says, its commands exist."""

import contextlib
import io
import re
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text()
BLOCKS = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", BLOCKS, ids=range(len(BLOCKS)))
def test_code_prints_what_its_comments_say(code):
    expected = re.findall(r"^print\(.*\)  # (.+)$", code, flags=re.MULTILINE)
    assert expected
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(code, "README.md", "exec"), {})
    assert printed.getvalue().splitlines() == expected


def test_set_up_has_two_commands():
    section = re.search(r"## Set-up\n(.*?)\n## ", README, flags=re.DOTALL)
    assert section is not None
    (block,) = re.findall(r"```console\n(.*?)```", section[1], flags=re.DOTALL)
    demo, tests = block.strip().splitlines()
    assert demo.endswith("jax-resample demo")
    assert "pytest" in tests


def test_local_links_exist():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (Path(__file__).parent.parent / target).exists(), target
