"""The scripts that learn how unmarked pastes are read, and measure it, on a few small sets."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ankigen.readers.studyset.segment import REVIEW
from ankigen.readers.studyset.weights import names_of_weights, weights_of
from test_hard_pastes import SAMPLES, terms

TOOLS = Path(__file__).parents[1] / "tools"


@pytest.fixture(scope="module")
def sets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The hard cases as marked sets of four sources."""
    path = tmp_path_factory.mktemp("sets") / "sets.jsonl"
    rows = []
    for number, (name, sample) in enumerate(SAMPLES.items()):
        lines, starts = [line.strip() for line in sample.splitlines()], terms(sample)
        cards = [
            {"term": lines[start - 1], "definition_lines": lines[start : end - 1]}
            for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True)
        ]
        source = f"garden-{number % 4}:soil.txt"
        rows.append(json.dumps({"id": name, "tier": "soil", "source": source, "cards": cards}))
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def run(script: str, *arguments: str | Path) -> str:
    command = [sys.executable, TOOLS / script, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_weights_are_learned_and_written_for_people_to_read(sets: Path, tmp_path: Path) -> None:
    output = tmp_path / "weights.tsv"
    run("train_segmentation.py", sets, "-o", output)
    lines = output.read_text("utf-8").splitlines()
    cards = sum(len(terms(sample)) for sample in SAMPLES.values())
    assert lines[1] == f"# Learned by tools/train_segmentation.py from {len(SAMPLES)} sets with {cards} cards."
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    first, second = ({row[0]: float(row[at]) for row in rows} for at in (1, 2))
    assert first.keys() >= set(names_of_weights())
    assert first["end=question/asking"] > 0
    assert any(second[name] for name in names_of_weights() if name.startswith("habit-"))
    assert weights_of(first).met >= 0
    again = tmp_path / "again.tsv"
    run("train_segmentation.py", sets, "-o", again)
    assert again.read_bytes() == output.read_bytes()


def test_signs_can_be_added_to_weights_that_stay_as_they_are(sets: Path, tmp_path: Path) -> None:
    output = tmp_path / "weights.tsv"
    rows = ["# Learned elsewhere.", "doubled\t1.00\t1.00", "elsewhere\t1.50\t-1.50", "end=question\t0.70\t0.80"]
    rows += [f"{name}\t0.10\t0.20" for name in names_of_weights()]
    output.write_text("\n".join(rows), encoding="utf-8")
    run("train_segmentation.py", sets, "--learn", "doubled", "end=question", "-o", output)
    found = output.read_text("utf-8").splitlines()
    assert found[0] == rows[0]
    assert found[1].startswith("# Added from ")
    assert found[1].endswith(" cards: doubled, end=question.")
    assert set(rows[4:]) | {rows[2]} < set(found)
    changed = dict(row.split("\t", 1) for row in found[2:] if row not in rows)
    assert changed.keys() == {"doubled", "end=question"}
    assert changed["doubled"] == "6.00\t6.00"  # no set has it: as it is thought likely


def test_the_slope_is_that_of_the_loss(sets: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the search for the best weights would stop anywhere."""
    monkeypatch.syspath_prepend(TOOLS)
    import train_segmentation as training  # from where Python looks for it only now

    examples = training.examples_of([sets], [])
    space = training.Space(examples)
    weights = weights_of(space.named(space.likely))
    dressed = [training.dressed(each, weights) for each in examples[:4]]
    loss = space.loss(dressed)
    chance = np.random.default_rng(1)
    at = space.likely + chance.normal(0, 0.3, len(space.likely))
    at[space.parts[1:3]] = 0.5, 0.4
    _, slope = loss(at)
    for direction in chance.normal(0, 1, (6, len(at))):
        step = 1e-6 * direction
        assert (loss(at + step)[0] - loss(at - step)[0]) / 2e-6 == pytest.approx(float(slope @ direction), rel=1e-4)


@pytest.mark.parametrize("options", [[], ["--held-out"]], ids=["as shipped", "held out"])
def test_the_evaluation_prints_its_tables(sets: Path, tmp_path: Path, options: list[str]) -> None:
    records = tmp_path / "records.json"
    table = run("evaluate_segmentation.py", sets, *options, "--records", records).splitlines()
    assert table[0].startswith("| tier | sets | every second line | a question mark | ankigen |")
    assert table[2].startswith(f"| soil | {len(SAMPLES)} | ")
    assert table[-1].startswith(f"Below {REVIEW}: ")
    results = json.loads(records.read_text("utf-8"))
    assert len(results) == len(SAMPLES)
    if not options:  # with so few sets to learn from, nothing can be said of how good it is
        assert float(table[2].split("|")[5]) > 0.95
