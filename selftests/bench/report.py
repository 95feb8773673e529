# SPDX-License-Identifier: GPL-2.0-only
"""What samples become: medians, ratios to baselines of the same round, a table and JSON. Pure, no measuring here.

A sample is {"kernel", "round", "variant", "scenario", "value"}.
"""

import statistics

UNITS = {"forward": "packets/s", "tcp": "Mbit/s", "latency": "ms", "memory": "KiB/session"}

# Of a scenario of the herd, by what follows herd-N-, radius-N- or abuse-N-: the first that it begins with or ends in.
HERD_UNITS = (("records-cpu", "ms/record"), ("flood", "logins/s"), ("records", "s"), ("-memory", "KiB/session"), ("idle-cpu", "ms/s"), ("login-cpu", "ms/login"), ("logins", "logins/s"),
              ("login", "ms"), ("traffic", "packets/s"), ("list", "ms"), ("status", "ms"),
              ("metrics", "ms"), ("longest-callback", "ms"), ("drop", "s"))

# What a variant is compared with: first its counterpart in today's kernels, then what bounds it from above.
COUNTERPART = {"plain": "in-tree", "in-tree": "plain", "in-tree-mppe": "in-tree",
               "session": "shared", "shared": "session", "session-mppe": "session", "shared-mppe": "shared",
               "secrets": "freeradius", "freeradius": "secrets", "stub": "secrets", "dead": "stub",
               "guarded": "quiet", "bans": "quiet", "unguarded": "quiet", "quiet": "guarded",
               "stub-accounting": "stub", "freeradius-accounting": "freeradius",
               "secrets-mppe": "secrets", "freeradius-mppe": "secrets-mppe", "stub-mppe": "secrets-mppe"}
BOUND = {"forward": "gre", "tcp": "gre", "tcp-jitter": "plain", "tcp-loss": "plain"}
CULVERT = ("channel", "link-session", "link-shared")


def family(scenario):
    return scenario.split("-", maxsplit=1)[0]


def unit(scenario):
    if family(scenario) in ("herd", "radius", "abuse"):
        what = scenario.split("-", maxsplit=2)[2]
        return next(name for part, name in HERD_UNITS if what.startswith(part) or what.endswith(part))
    return UNITS[family(scenario)]


def baselines(scenario, variant):
    """The variants that this one is compared with, the first being the one to beat."""
    first = COUNTERPART.get(variant, "in-tree-mppe" if variant.endswith("-mppe") else "in-tree")
    bound = BOUND.get(scenario, BOUND.get(family(scenario)))
    return [first] + ([bound] if bound and variant in CULVERT else [])


def by_series(samples):
    """{(kernel, scenario, variant): {round: value}}, in the order in which they first appear."""
    series = {}
    for sample in samples:
        key = sample["kernel"], sample["scenario"], sample["variant"]
        series.setdefault(key, {})[sample["round"]] = sample["value"]
    return series


def compare(values, base):
    """The median of the ratios of values that were taken in the same round; None without any such pair."""
    ratios = [value / base[number] for number, value in values.items() if base.get(number)]
    return statistics.median(ratios) if ratios else None


def rows(samples):
    """One entry for each series and baseline, as build/bench.json has them."""
    series = by_series(samples)
    result = []
    for (kernel, scenario, variant), values in series.items():
        for baseline in baselines(scenario, variant):
            base = series.get((kernel, scenario, baseline), {})
            ratio = compare(values, base)
            result.append({
                "name": f"{kernel}/{scenario}/{variant}",
                "value": round(statistics.median(values.values()), 3),
                "unit": unit(scenario),
                "baseline": baseline,
                "baseline_value": round(statistics.median(base.values()), 3) if base else None,
                "ratio": round(ratio, 4) if ratio is not None else None,
                "rounds": len(values),
            })
    return result


def merge(before, new):
    """Entries of a file, where new ones take the place of those of the same name."""
    names = {entry["name"] for entry in new}
    return [entry for entry in before if entry["name"] not in names] + new


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 1 else f"{value:.3f}"


def ratio_text(row):
    if row["ratio"] is None:
        return ""
    places = 0 if row["ratio"] >= 100 else 2 if row["ratio"] >= 0.1 else 3
    return f"{row['ratio']:.{places}f} of {row['baseline']}"


def table(samples):
    """Lines for eyes: a block for each kernel and scenario, a line for each variant."""
    series = by_series(samples)
    ratios = {}
    for row in rows(samples):
        ratios.setdefault(tuple(row["name"].split("/")), []).append(ratio_text(row))
    blocks = {}
    for kernel, scenario, variant in series:
        blocks.setdefault((kernel, scenario), []).append(variant)

    lines = []
    for (kernel, scenario), variants in blocks.items():
        lines += ["", f"{kernel}: {scenario}, {unit(scenario)}",
                  f"  {'':18}{'median':>10}{'least':>11}{'most':>11}   ratio"]
        for variant in variants:
            values = series[kernel, scenario, variant].values()
            told = ", ".join(filter(None, ratios[kernel, scenario, variant]))
            lines.append(f"  {variant:18}{number(statistics.median(values)):>10}{number(min(values)):>11}"
                         f"{number(max(values)):>11}   {told}".rstrip())
    return lines[1:]


def grid(samples):
    """Lines for eyes: a block for each kernel, a line for each scenario, a column of medians for each variant."""
    series = by_series(samples)
    variants = list(dict.fromkeys(variant for _, _, variant in series))
    width = max([14] + [len(variant) + 2 for variant in variants])
    blocks = {}
    for kernel, scenario, _ in series:
        blocks.setdefault(kernel, {})[scenario] = None

    lines = []
    for kernel, scenarios in blocks.items():
        lines += ["", f"{kernel:32}" + "".join(f"{variant:>{width}}" for variant in variants)]
        for scenario in scenarios:
            values = [series.get((kernel, scenario, variant), {}).values() for variant in variants]
            cells = "".join(f"{number(statistics.median(found)) if found else '':>{width}}" for found in values)
            lines.append(f"  {scenario:30}{cells}  {unit(scenario)}")
    return lines[1:]
