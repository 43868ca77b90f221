"""``ankigen explain``: the rules, and the page of each."""

import sys
from typing import TYPE_CHECKING, Any

import click

from ankigen.cli_common import FORMAT, print_json, stop, style

if TYPE_CHECKING:  # as in `cli`: the stages are imported where they are used
    from ankigen.diagnostics import Rule

__all__ = ["explain"]


@click.command()
@click.argument("name", metavar="RULE", required=False)
@FORMAT
def explain(name: str | None, form: str) -> None:
    """Tell what a rule is about, with an example; without RULE, list all rules.

    \b
    ankigen explain
    ankigen explain duplicate-term
    """
    from ankigen.catalogue import page, standing, summary
    from ankigen.diagnostics import Rule
    from ankigen.policy import Policy, closest

    rules = {rule.value: rule for rule in Rule}
    if name and name not in rules:
        stop(f"there is no rule {name}", closest(name))
    if form == "json":
        asked = [rules[name]] if name else list(Rule)
        print_json({"rules": [_data(rule) for rule in asked]})
        return
    bold = style(sys.stdout)
    if name:
        text = f"{bold(name, bold=True)}: {standing(rules[name])}\n\n{page(rules[name])}"
        click.echo(text, color=True)
        return
    width, usual = max(map(len, rules)), Policy()
    for rule in Rule:
        click.echo(f"{rule.value:<{width}}  {usual.severity(rule):<7}  {summary(rule)}")


def _data(rule: "Rule") -> dict[str, Any]:
    from ankigen.catalogue import page, summary
    from ankigen.policy import Policy

    return {
        "rule": rule.value,
        "severity": Policy().severity(rule).value,
        "lowest": rule.lowest.value,
        "when_asked": Policy().asking(rule.nature).severity(rule).value,
        "summary": summary(rule),
        "page": page(rule),
    }
