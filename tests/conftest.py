"""Tests leave nothing in the home of whoever runs them."""

import os
import tempfile

_HOME = tempfile.TemporaryDirectory(prefix="ankigen-tests-")
os.environ["XDG_CACHE_HOME"] = _HOME.name
