#!/usr/bin/env python3
"""Writes robust-scaler.json beside it: columns, and what scikit-learn's RobustScaler makes of them.

  python3 -m venv V && V/bin/pip install scikit-learn==1.9.1 && V/bin/python Tests/LearningTests/Fixtures/make-robust-scaler.py

Every value is one of float32, as features are when they are scaled; null is a missing one.
"""

import json
import os

import numpy
from sklearn.preprocessing import RobustScaler

ROWS = 41


def columns():
    chance = numpy.random.default_rng(9)
    missing = chance.normal(size=ROWS)
    missing[chance.random(ROWS) < 0.4] = numpy.nan
    single = numpy.full(ROWS, numpy.nan)
    single[7] = 3.5
    few = numpy.full(ROWS, numpy.nan)
    few[[3, 20]] = [-1, 2]
    far = chance.normal(size=ROWS)
    far[:4] = [1e9, -1e9, 1e30, -3e38]
    return {
        "normal": chance.normal(size=ROWS),
        "large": 60000 + 500 * chance.normal(size=ROWS),
        "small": 1e-9 * chance.normal(size=ROWS),
        "heavy tails": chance.standard_t(1.5, size=ROWS),
        "ties": chance.integers(-2, 3, size=ROWS),
        "mostly zero": numpy.where(chance.random(ROWS) < 0.1, 1000.0, 0.0),
        "constant": numpy.full(ROWS, 0.1),
        "constant but for rounding": 1e-17 * chance.normal(size=ROWS),
        "missing": missing,
        "one value": single,
        "two values": few,
        "far values": far,
    }


def main():
    named = columns()
    matrix = numpy.stack(list(named.values()), axis=1).astype(numpy.float32).astype(numpy.float64)
    rows = []
    # Several counts of rows, so that quartiles fall on values and between them.
    for count in (ROWS, 40, 39, 38):
        scaler = RobustScaler().fit(matrix[:count])
        scaled = scaler.transform(matrix)
        for place, name in enumerate(named):
            rows.append({
                "name": name, "fitted": count, "values": matrix[:, place].tolist(), "centre": scaler.center_[place],
                "scale": scaler.scale_[place], "scaled": scaled[:, place].tolist(),
            })
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "robust-scaler.json")
    with open(path, "w", encoding="utf-8") as file:
        file.write("[\n" + ",\n".join(json.dumps(row).replace("NaN", "null") for row in rows) + "\n]\n")
    print(f"{len(rows)} columns")


if __name__ == "__main__":
    main()
