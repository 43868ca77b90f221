"""The reviews of learners who have not updated Anki: the same stories in an older release."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OLDER = "25.9.5"  # the last release before 26


def test_reviews_in_an_older_release(pytestconfig: pytest.Config) -> None:
    folder = pytestconfig.cache.mkdir("anki") / OLDER
    if not (folder / "anki" / "collection.py").exists():
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder), f"anki=={OLDER}"]
        subprocess.run(command, check=True)
    environment = os.environ | {"PYTHONPATH": str(folder)}
    which = [sys.executable, "-c", "from anki.buildinfo import version; print(version)"]
    assert subprocess.check_output(which, env=environment, text=True).startswith("25.09.5")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", str(HERE / "test_reviews.py")]
    done = subprocess.run(command, env=environment, cwd=HERE.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
