"""The measured part of a CARD.md, between two markers; everything else of the card is written by people."""

import re
from pathlib import Path

BEGIN, END = "<!-- measured -->", "<!-- /measured -->"


def fill_card(path: Path, metrics: list[dict], details: dict) -> None:
    """Replaces the text between the markers. Raises ValueError where the card has no markers."""
    text = path.read_text()
    if BEGIN not in text or END not in text:
        raise ValueError(f"{path}: no {BEGIN} … {END}")
    body = "\n".join([BEGIN, "", *_table(metrics), "", *_details(details), "", END])
    path.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: body, text, flags=re.DOTALL))


def _table(metrics: list[dict]) -> list[str]:
    lines = ["| figure | value | 95 % interval | data | runtime, precision |", "|---|---|---|---|---|"]
    for row in metrics:
        span = f"{row['low']:.3f} to {row['high']:.3f}" if "low" in row else ""
        lines.append(f"| {row['name']} | {row['value']:.3f} | {span} | {row['data']} | {row['runtime']}, {row['precision']} |")
    return lines


def _details(details: dict) -> list[str]:
    lines = []
    for name, value in details.items():
        if name == "recall by size":
            value = "; ".join(f"{_span(bin_)} {bin_['found']} of {bin_['of']}" for bin_ in value if bin_["of"])
            name = "recall by size (root of the box's area in photo px, score 0.05 or more)"
        elif isinstance(value, dict):
            value = ", ".join(f"{key} {part}" for key, part in value.items())
        lines.append(f"- {name}: {value}")
    return lines


def _span(bin_: dict) -> str:
    return f"{bin_['from']} to {bin_['to']} px:" if bin_["to"] else f"over {bin_['from']} px:"
