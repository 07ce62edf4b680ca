"""The table of the rows, and its chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from figures import Figure
from rows import CONTESTANTS, LIMIT, OURS, PUBLISHED


def table(figures: Sequence[Figure]) -> list[str]:
    """Return the table as lines of Markdown."""
    rounds, published = (
        max(getattr(one, name) for one in figures) for name in ("rounds", "published_rounds")
    )
    return [
        (
            f"{rounds} rounds, the published client in {published} of them. Seconds, CPU seconds and peak memory (in "
            "brackets above the start) are medians; a ratio is the median of the rounds' ratios, with their quartiles."
        ),
        "",
        "| work | latency | asyncsdk | bare loop | published | to the bare loop | times the published | aims |",
        "|---|---|---|---|---|---|---|---|",
        *map(_line, figures),
    ]


def _line(one: Figure) -> str:
    low, middle, high = one.ratio
    return " | ".join(
        [
            f"| {one.row}",
            f"{one.latency_ms} ms",
            *(_used(one.medians.get(name)) for name in CONTESTANTS),
            f"{middle:.2f} ({low:.2f} to {high:.2f})",
            "-" if one.times is None else f"{one.times:.1f}",
            f"{_aims(one)} |",
        ]
    )


def _used(median: Mapping[str, float] | None) -> str:
    if median is None:
        return "-"
    return (
        f"{median['seconds']:.2f} s, CPU {median['cpu_s']:.2f}, "
        f"{median['peak_mb']:.0f} MB ({median['above_start_mb']:.0f})"
    )


def _aims(one: Figure) -> str:
    aims = [f"at most {one.at_most:g}"]
    if one.at_least is not None:
        aims.append(f"at least {one.at_least:g} times")
    if one.memory_at_most_mb is not None:
        aims.append(f"at most {one.memory_at_most_mb:g} MB above")
    if missed := one.missed():
        return f"{', '.join(aims)}: **missed** ({'; '.join(missed)})"
    return f"{', '.join(aims)}: reached"


def chart(figures: Sequence[Figure], path: Path) -> None:
    """Draw how many times as long as the bare loop the others take, and what is aimed at."""
    from matplotlib import pyplot as plt  # noqa: PLC0415 - half a second, and only the report draws

    drawing, axes = plt.subplots(figsize=(9, 0.5 * len(figures) + 1.5))
    ratios = {OURS: [one.ratio[1] for one in figures], PUBLISHED: [one.published_ratio for one in figures]}
    for place, (name, values) in enumerate(ratios.items()):
        there = [(number, value) for number, value in enumerate(values) if value is not None]
        places = [number + 0.38 * (place - 0.5) for number, _ in there]
        bars = axes.barh(places, [value for _, value in there], 0.36, label=name)
        aims = [f" (aim: {figures[number].at_most:g})" if name == OURS else "" for number, _ in there]
        labels = [f"{value:.2f}{aim}" for (_, value), aim in zip(there, aims, strict=True)]
        axes.bar_label(bars, labels, padding=3)
    axes.axvline(1, color="black", linewidth=1, label=LIMIT)
    axes.set_yticks(range(len(figures)), [one.name for one in figures])
    axes.invert_yaxis()
    axes.margins(x=0.15)
    axes.set_xlabel("time, as a multiple of the bare loop's")
    axes.legend()
    drawing.tight_layout()
    drawing.savefig(path, dpi=120)
