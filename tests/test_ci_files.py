"""What is offered to CI systems, run as it is written: the GitHub action, the GitLab job, the pre-commit hook.

Instead of a package from a registry, pip is given a wheel of this checkout; instead of the action's repository and the
hook's, a git repository with the files of this checkout. The steps of others, which only set up Python or check files
out, are not run.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import venv
from pathlib import Path
from typing import Any

import pytest
import yaml

from commands import run as ankigen
from commands import write
from published import schema

ROOT = Path(__file__).parents[1]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
GUIDE = (ROOT / "docs" / "ci.md").read_text("utf-8")
GOOD = "**Humus**: rotted plants\n\n**Loam**: clay, silt and sand\n"
DOUBTFUL = "## 3 soils\n\n- clay\n- sand\n"
FAULTY = "**Humus**: rotted plants\n\n## Empty\n"


def guide(system: str) -> Any:
    """The YAML that the guide shows for a system."""
    section = GUIDE.split(f"## {system}\n", 1)[1]
    found = re.search(r"^```yaml\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)
    assert found
    return yaml.safe_load(found[1])


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of this checkout, in place of a registry."""
    folder = tmp_path_factory.mktemp("wheels")
    options = ["--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder)]
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, str(ROOT)], check=True)
    return folder


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment with pip and all that ankigen needs, but without ankigen."""
    folder = tmp_path_factory.mktemp("python")
    venv.create(folder, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def bash(script: str, cwd: Path, python: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a script as GitHub's ``shell: bash`` does."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "CI_", "GIT_"))}
    path = f"{python}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=cwd,
        env={**kept, "PATH": path, **variables},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def git(folder: Path, *arguments: str) -> str:
    name = ["-c", "user.name=T", "-c", "user.email=t@t.example", "-c", "init.defaultBranch=main"]
    return subprocess.run(["git", *name, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


class Runner:
    """Runs the steps of the action in a workspace, each with its own environment and nothing else filled in."""

    def __init__(self, workspace: Path, python: Path, **variables: str) -> None:
        self.workspace, self.python, self.variables = workspace, python, variables
        self.output, self.summary = workspace.parent / "output", workspace.parent / "summary"
        self.log = ""

    def run(self, base: str = "", **inputs: str) -> int:
        """The exit code of the job with these ``inputs``, in a pull request to the branch ``base``."""
        values = {f"inputs.{name}": str(known["default"]) for name, known in ACTION["inputs"].items()}
        values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        values |= {"github.action_path": str(ROOT), "github.base_ref": base}
        self.output.write_text("", "utf-8")
        self.summary.write_text("", "utf-8")
        codes: list[int] = []
        for step in ACTION["runs"]["steps"]:
            if "uses" in step:
                assert step["uses"].startswith("actions/setup-python@")
                continue
            if condition := step.get("if"):
                assert condition == "${{ !cancelled() && inputs.command != 'check' }}"
                if values["inputs.command"] == "check":
                    continue
            elif any(codes):
                continue
            assert "${{" not in step["run"], "a value of somebody else's would be run as a script"
            filled = {
                name: re.sub(r"\$\{\{ (.*?) \}\}", lambda m: values[m[1]], text) for name, text in step["env"].items()
            }
            given = {"GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary)}
            done = bash(step["run"], self.workspace, self.python, **given, **filled, **self.variables)
            codes.append(done.returncode)
            self.log += done.stdout + done.stderr
        return max(codes)

    @property
    def packages(self) -> list[str]:
        """The output of that name, read as the runner does."""
        found = re.fullmatch(r"packages<<(.*)\n((?:.*\n)*?)\1\n", self.output.read_text("utf-8"))
        assert found, self.log
        return found[2].splitlines()


@pytest.fixture
def runner(tmp_path: Path, wheels: Path, python: Path) -> Runner:
    """A runner for a project whose lock file is up to date; of ankigen, it gets the wheel."""
    workspace = write(tmp_path / "work", {"content/a.md": GOOD, "content/b c.md": DOUBTFUL, "ankigen.toml": 'name="s"'})
    assert ankigen("build", workspace).exit_code == 0
    shutil.rmtree(workspace / "build")
    return Runner(workspace, python, PIP_NO_INDEX="1", PIP_FIND_LINKS=str(wheels))


# GitHub


def test_the_files_keep_to_the_published_schemas() -> None:
    schema("github-action").validate(ACTION)
    schema("pre-commit-hooks").validate(yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")))
    schema("github-workflow").validate(yaml.safe_load(guide_text("GitHub")))
    schema("pre-commit-config").validate(guide("pre-commit"))


def guide_text(system: str) -> str:
    """The same, but ``on`` is a word, not YAML 1.1's truth."""
    section = GUIDE.split(f"## {system}\n", 1)[1].split("```yaml\n", 1)[1].split("\n```", 1)[0]
    return section.replace("\non:", '\n"on":')


def test_the_guide_names_all_inputs_and_outputs() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (?:`(.*?)` )?\|", GUIDE.split("## GitLab")[0], re.MULTILINE)
    assert dict(rows) == {name: known["default"] for name, known in ACTION["inputs"].items()}
    assert list(ACTION["outputs"]) == ["packages"]
    uses = [step.get("uses") for step in guide("GitHub")["jobs"]["decks"]["steps"]]
    assert uses[1].startswith("OWNER/ankigen@")


def test_the_action_installs_its_own_files_without_a_version(runner: Runner) -> None:
    runner.variables = {"PIP_NO_BUILD_ISOLATION": "0"}  # pip's way to say that hatchling is there already
    assert runner.run() == 0, runner.log
    assert (runner.python / "ankigen").is_file()
    assert runner.packages == ["build/a.apkg", "build/b c.apkg"]


def test_the_action_checks_builds_and_sums_up(runner: Runner) -> None:
    assert runner.run(version=VERSION) == 0, runner.log
    assert runner.log.count("::warning file=content/b c.md,line=1,col=4,") == 1
    assert runner.packages == ["build/a.apkg", "build/b c.apkg"]
    assert all((runner.workspace / package).is_file() for package in runner.packages)
    assert runner.summary.read_text("utf-8").startswith("### ankigen: 0 added, 0 changed, 0 moved, 0 removed, 3 unch")
    shutil.rmtree(runner.workspace / "build")
    assert runner.run(version=VERSION, command="check", strict="true") == 1
    assert not (runner.workspace / "build").exists()
    assert runner.run(version=VERSION, command="bake") == 2


def test_the_action_fails_on_problems_and_on_a_stale_lock_file(runner: Runner) -> None:
    write(runner.workspace, {"content/a.md": FAULTY})
    assert runner.run(version=VERSION) == 1
    assert "::error file=content/a.md,line=3,col=4," in runner.log
    assert runner.packages == []
    assert "1 removed" in runner.summary.read_text("utf-8")
    write(runner.workspace, {"content/a.md": f"{GOOD}\n**Clay**: fine\n"})
    assert runner.run(version=VERSION) == 1
    assert "1 new (Clay)" in runner.log
    assert "1 added" in runner.summary.read_text("utf-8")
    assert runner.run(version=VERSION, command="build") == 0
    assert runner.packages == ["build/a.apkg", "build/b c.apkg"]


def test_the_action_takes_a_path_with_any_character_as_a_path(runner: Runner) -> None:
    name = "a b; touch x $(touch y) 'z"
    write(runner.workspace, {f"{name}/n.md": GOOD})
    assert runner.run(version=VERSION, path=f"{name}/n.md", command="build") == 0, runner.log
    assert not list(runner.workspace.rglob("[xy]"))


def test_in_a_pull_request_the_summary_tells_what_it_changes(runner: Runner, tmp_path: Path) -> None:
    git(tmp_path, "init", "--bare", "origin.git")
    git(runner.workspace, "init")
    git(runner.workspace, "remote", "add", "origin", str(tmp_path / "origin.git"))
    git(runner.workspace, "add", ".")
    git(runner.workspace, "commit", "-m", "notes")
    git(runner.workspace, "push", "origin", "HEAD:main")
    write(runner.workspace, {"content/a.md": f"{GOOD}\n**Clay**: fine\n"})
    assert ankigen("build", runner.workspace).exit_code == 0
    assert runner.run(version=VERSION, base="main") == 0, runner.log
    assert "- `content/a.md:5` `Clay`" in runner.summary.read_text("utf-8")
    assert runner.run(version=VERSION, base="gone") == 0, runner.log
    assert "0 added" in runner.summary.read_text("utf-8")


# GitLab


def test_the_gitlab_job(runner: Runner) -> None:
    (job,) = guide("GitLab").values()
    script = "\n".join([*job["before_script"], *job["script"]])

    def done() -> subprocess.CompletedProcess[str]:
        return bash(script, runner.workspace, runner.python, **runner.variables)

    assert done().returncode == 0, done().stderr
    report = runner.workspace / job["artifacts"]["reports"]["junit"]
    assert "count-mismatch" in report.read_text("utf-8")
    assert list(runner.workspace.glob(job["artifacts"]["paths"][0]))
    write(runner.workspace, {"content/a.md": FAULTY})
    report.unlink()
    assert done().returncode == 1
    assert "<failure" in report.read_text("utf-8")
    assert job["artifacts"]["when"] == "always"


# pre-commit


def test_the_hook_stops_a_commit_of_faulty_notes(tmp_path: Path) -> None:
    """The real pre-commit, from a clone of a repository with these files; it installs ankigen as it would anywhere."""
    names = ("src", "templates", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
    for name in names:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copyfile
        (tmp_path / "ankigen").mkdir(exist_ok=True)
        copy(ROOT / name, tmp_path / "ankigen" / name)
    git(tmp_path / "ankigen", "init")
    git(tmp_path / "ankigen", "add", ".")
    git(tmp_path / "ankigen", "commit", "-m", "ankigen")

    config = guide("pre-commit")
    (repository,) = config["repos"]
    git(tmp_path / "ankigen", "tag", repository["rev"])
    repository["repo"] = str(tmp_path / "ankigen")
    notes = write(tmp_path / "notes", {"content/a.md": GOOD, ".pre-commit-config.yaml": yaml.safe_dump(config)})
    git(notes, "init")
    git(notes, "add", ".")

    def hook() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pre_commit", "run", "--color=never"]
        environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home")}
        return subprocess.run(command, cwd=notes, env=environment, capture_output=True, text=True, check=False)

    done = hook()
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"ankigen check\.+Passed", done.stdout)
    write(notes, {"content/a.md": FAULTY})
    git(notes, "add", ".")
    done = hook()
    assert done.returncode == 1
    assert "content/a.md:3:4: error[empty-definition]: this term has no definition" in done.stdout
    git(notes, "rm", "--cached", "-q", "content/a.md")
    write(notes, {"README.md": "no notes"})
    git(notes, "add", "README.md")
    assert "Skipped" in hook().stdout
