"""What scale-check prints: the cost model's prediction beside the measurement, and what it says of larger feeds."""

import scale_model as model
from scale_probe import PUBLISHERS
from scale_site import SERVICES

ALL = list(model.MINUTES)
GROUPS = {"cpu": "processor, ms", "rows": "rows", "stored": "bytes in tables and indexes", "messages": "messages",
          "bytes": "bytes on the bus"}


def group(figures, name):
    return {key.split(" ", 1)[1]: value for key, value in figures.items() if key.startswith(name + " ")}


def flat(figures):
    """Everything that the model speaks of, by name."""
    return figures["per_bar"] | {f"memory {name}": size for name, size in figures["memory"].items()}


def point(figures):
    return model.terms(figures["symbols"], figures["timeframes"], figures["models"])


def number(value):
    if value == 0:
        return "0"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def table(head, rows):
    widths = [max(len(row[column]) for row in [head] + rows) for column in range(len(head))]
    for row in [head] + rows:
        print("  ".join(cell.ljust(width) if index == 0 else cell.rjust(width)
                        for index, (cell, width) in enumerate(zip(row, widths))))
    print()


def compare(figures, predicted):
    print(f"{figures['symbols']} symbols x {len(figures['timeframes'])} timeframes x {figures['models']} models, "
          f"{figures['bars']} bars in {figures['seconds']:.0f} s ({figures['speed']:g}x real time)")
    ahead = number(figures["bars_per_second"] * figures["symbols"] * (1 + model.longer(figures["timeframes"])))
    print(f"  closed candles a second {ahead}, lost {sum(figures['lost'].values())}, asked for again "
          f"{figures['again']['recovered']}")
    for name in PUBLISHERS:
        lag = figures["lag"].get(name)
        if lag:
            print(f"  candles taken in hand to {name} done: p50 {lag['p50']:.0f} ms, p99 {lag['p99']:.0f} ms, "
                  f"most {lag['max']:.0f} ms")
    print()
    for key, title in GROUPS.items():
        measured, expected = group(figures["per_bar"], key), group(predicted, key)
        rows = [[name, number(expected.get(name, 0)), number(value),
                 f"{expected.get(name, 0) / value:.2f}", number(value * figures["bars_per_second"])]
                for name, value in measured.items() if value > 0]
        rows.sort(key=lambda row: -measured[row[0]])
        both = (sum(expected.values()), sum(measured.values()))
        rows.append(["all", number(both[0]), number(both[1]), f"{both[0] / both[1]:.2f}",
                     number(both[1] * figures["bars_per_second"])])
        table([title, "predicted a bar", "measured a bar", "ratio", "measured a second"], rows)
    rows = [[name, number(predicted[f"memory {name}"] / 2**20), number(size / 2**20),
             f"{predicted[f'memory {name}'] / size:.2f}"] for name, size in figures["memory"].items()]
    table(["resident memory, MiB", "predicted", "measured", "ratio"], rows)


def coefficients(costs):
    def row(title, found):
        return [title] + [number(c) for c in found]

    def added(key):
        return [sum(column) for column in zip(*group(costs.coefficients, key).values())]
    rows = [row(f"cpu of {name}, ms", found) for name, found in group(costs.coefficients, "cpu").items() if max(found) > 0]
    rows.append(row("cpu, ms", added("cpu")))
    rows += [row(GROUPS[key], added(key)) for key in ("messages", "bytes", "rows", "stored")]
    rows.append(row("bytes of write-ahead log", costs.coefficients["wal"]))
    rows += [row(f"memory of {name}, KiB", [c / 1024 for c in found])
             for name, found in group(costs.coefficients, "memory").items()]
    table(["a bar costs"] + [f"{'' if term == 'fixed' else 'per '}{term}" for term in model.TERMS], rows)


def extrapolate(costs, symbols, timeframes, models):
    predicted = costs.predict(model.terms(symbols, timeframes, models))
    spent = group(predicted, "cpu")
    slowest = max((name for name in spent if name != "postgres"), key=spent.get)
    total = sum(spent.values())

    def added(key):
        return sum(group(predicted, key).values())
    print(f"{symbols:,} symbols x {len(timeframes)} timeframes x {models} models, as the model says, a bar a minute:")
    print(f"  processor {total / 1000:.2f} s a bar ({total / 600:.1f} % of one): " + ", ".join(
        f"{name} {value:.0f} ms" for name, value in sorted(spent.items(), key=lambda item: -item[1]) if value >= 0.5))
    print(f"  messages {number(added('messages') / 60)}/s, {number(added('bytes') / 60)} bytes/s on the bus")
    print(f"  rows {number(added('rows') / 60)}/s, {added('stored') * 1440 / 2**30:.1f} GiB a day in tables, "
          f"{predicted['wal'] * 1440 / 2**30:.1f} GiB a day of write-ahead log")
    print(f"  memory {sum(predicted[f'memory {name}'] for name in SERVICES + ['postgres']) / 2**20:,.0f} MiB")
    print(f"  at most {60_000 / spent[slowest]:,.0f}x real time, when {slowest} has a processor of its own and uses all of it; "
          f"{120_000 / total:,.0f}x when two processors have all the work")
    print()


def fitted(points):
    return model.CostModel([(point(figures), flat(figures)) for figures in points])


def report(result):
    costs = fitted(result["points"])
    coefficients(costs)
    rows = []
    for figures in result["points"]:
        predicted = costs.predict(point(figures))
        spent = sum(group(figures["per_bar"], "cpu").values())
        rows.append([f"{figures['symbols']} x {len(figures['timeframes'])} x {figures['models']}",
                     f"{figures['bars_per_second']:.2f}", number(spent), f"{sum(group(predicted, 'cpu').values()) / spent:.2f}",
                     f"{figures['lag']['risk-gate']['p50']:.0f}", f"{figures['lag']['risk-gate']['p99']:.0f}",
                     str(sum(figures["lost"].values()))])
    table(["symbols x timeframes x models", "bars/s", "cpu ms a bar", "model", "to order p50 ms", "p99 ms", "lost"], rows)
    for figures in result.get("large", []):
        compare(figures, costs.predict(point(figures)))
        for step in figures.get("ceiling", []):
            if step["held"] is None:
                print(f"  unpaced: {step['bars_per_second'] * 60:.0f}x")
                continue
            print(f"  asked {step['asked']}x: {step['bars_per_second'] * 60:.0f}x, {'held' if step['held'] else 'not held'}; to order "
                  f"p50 {step['lag']['risk-gate']['p50']:.0f} ms, p99 {step['lag']['risk-gate']['p99']:.0f} ms, lost "
                  f"{sum(step['lost'].values())}, processor "
                  + ", ".join(f"{name} {share:.2f}" for name, share in sorted(step["busy"].items(), key=lambda item: -item[1])
                              if share >= 0.01))
        print()
    for symbols, timeframes in ((300, ALL[:5]), (1000, ALL)):
        extrapolate(costs, symbols, timeframes, 2)
