"""What recorders share: the command that writes recorded values, whole or not at all, or checks them.

python -m tests.golden.<recorder>           asks the installed package and writes the file
python -m tests.golden.<recorder> --check   asks again and compares with the committed file
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent

Answers = dict[str, np.ndarray]
Allowance = Callable[[str, np.ndarray], float]  # of an answer's name and committed value


def exactly(name: str, value: np.ndarray) -> float:
    """The allowance of recordings that must repeat in every bit."""
    return 0.0


def command(
    file: str,
    record: Callable[[], Answers],
    *,
    package: str,
    installed: str,
    allowance: Allowance = exactly,
) -> int:
    """The recorder's command line; ``file`` is named for the package and version that it records.

    ``--check`` lets an answer differ from the committed one by its allowance, an absolute difference.
    """
    parser = argparse.ArgumentParser(description=f"records {package} in {file}")
    parser.add_argument("--check", action="store_true", help="compare with the committed file")
    check = parser.parse_args().check
    if installed.split("+")[0] not in file:
        print(f"this records {package} for {file}; found {installed}", file=sys.stderr)
        return 2
    path, answers = FOLDER / file, record()
    if not check:
        write(path, answers)
        print(f"{len(answers)} arrays, {path.stat().st_size / 1024:.0f} KiB")
        return 0
    different = differences(path, answers, allowance)
    print(f"{len(answers)} arrays re-recorded, {len(different)} differ", *different, sep="\n")
    return 1 if different else 0


def write(path: Path, answers: Answers) -> None:
    """Saves the answers, whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as file:
        np.savez_compressed(file, **answers)
    Path(file.name).replace(path)


def differences(path: Path, answers: Answers, allowance: Allowance) -> list[str]:
    """What a fresh recording has that the committed one has not."""
    with np.load(path) as committed:
        if set(committed) != set(answers):
            return [f"names differ: {sorted(set(committed) ^ set(answers))[:5]}"]
        return [name for name in committed if _differs(committed[name], answers[name], name, allowance)]


def _differs(old: np.ndarray, new: np.ndarray, name: str, allowance: Allowance) -> bool:
    if old.shape != new.shape or old.dtype != new.dtype:
        return True
    if not (allowed := allowance(name, old)):
        return not np.array_equal(old, new, equal_nan=old.dtype.kind == "f")
    return bool(np.abs(old.astype(float) - new).max(initial=0) > allowed)
