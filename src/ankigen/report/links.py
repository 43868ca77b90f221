"""Where a line of a file can be seen in the web, as CI systems tell it in their environment."""

import os
from collections.abc import Callable, Mapping
from urllib.parse import quote

__all__ = ["links"]


def links(environment: Mapping[str, str]) -> Callable[[str, int], str]:
    """A function that gives the address of a line of a file; empty where there is none, or outside of the repository.

    https://docs.github.com/en/actions/reference/workflows-and-actions/variables and
    https://docs.gitlab.com/ci/variables/predefined_variables
    """
    base = root = ""
    if repository := environment.get("GITHUB_REPOSITORY"):
        server, commit = (environment.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "SHA"))
        base, root = f"{server}/{repository}/blob/{commit}", environment.get("GITHUB_WORKSPACE", "")
    elif project := environment.get("CI_PROJECT_URL"):
        base = f"{project}/-/blob/{environment.get('CI_COMMIT_SHA', '')}"
        root = environment.get("CI_PROJECT_DIR", "")

    def link(path: str, line: int) -> str:
        name = os.path.relpath(os.path.realpath(path), os.path.realpath(root)) if root else ".."
        if not base or name.startswith(".."):
            return ""
        # Without plain=1, both show Markdown as a page, which has no lines.
        return f"{base}/{quote(name.replace(os.sep, '/'))}?plain=1#L{line}"

    return link
