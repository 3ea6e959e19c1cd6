"""The cost model: every figure of a bar as a sum of non-negative terms, fitted to small feeds.

  figure = fixed + a * symbols + b * longer candles + c * longer series + d * predictions      (a bar of the base timeframe)

Longer candles are those of the other timeframes that close with the bar, on average; longer series are symbols times the
other timeframes, each of which is remembered whether it closes or not; predictions are symbols times models.
"""

import itertools

BASE = "1m"
MINUTES = {"1m": 1, "5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440}
TERMS = ("fixed", "symbol", "longer candle", "longer series", "prediction")


def longer(timeframes):
    """Candles of the longer timeframes that close with a bar of the base, on average and for one symbol."""
    return sum(MINUTES[timeframes[0]] / MINUTES[name] for name in timeframes[1:])


def terms(symbols, timeframes, models):
    return [1.0, float(symbols), symbols * longer(timeframes), float(symbols * (len(timeframes) - 1)), float(symbols * models)]


def solve(matrix, values):
    """The least squares of a few columns, by the normal equations; None where columns depend on each other."""
    count = len(matrix[0])
    # Columns of like size, so that one limit tells for all of them what is nothing.
    sizes = [sum(row[i] ** 2 for row in matrix) ** 0.5 or 1.0 for i in range(count)]
    matrix = [[value / size for value, size in zip(row, sizes)] for row in matrix]
    system = [[sum(row[i] * row[j] for row in matrix) for j in range(count)]
              + [sum(row[i] * value for row, value in zip(matrix, values))] for i in range(count)]
    for column in range(count):
        pivot = max(range(column, count), key=lambda row: abs(system[row][column]))
        if abs(system[pivot][column]) < 1e-9:
            return None
        system[column], system[pivot] = system[pivot], system[column]
        for row in range(count):
            if row != column:
                factor = system[row][column] / system[column][column]
                system[row] = [a - factor * b for a, b in zip(system[row], system[column])]
    return [system[row][count] / system[row][row] / sizes[row] for row in range(count)]


def fit(points, figures):
    """Non-negative coefficients for the terms.

    Errors are counted as fractions of the figure, so that small feeds weigh as much as large ones. There are five terms:
    all choices of which are zero are tried.
    """
    scale = [1 / figure if figure > 0 else 1.0 for figure in figures]
    rows = [[term * factor for term in point] for point, factor in zip(points, scale)]
    values = [figure * factor for figure, factor in zip(figures, scale)]
    best, least = [0.0] * len(TERMS), sum(value * value for value in values)
    for size in range(1, len(TERMS) + 1):
        for chosen in itertools.combinations(range(len(TERMS)), size):
            found = solve([[row[index] for index in chosen] for row in rows], values)
            if found is None or min(found) < 0:
                continue
            error = sum((sum(row[index] * c for index, c in zip(chosen, found)) - value) ** 2
                        for row, value in zip(rows, values))
            # A term more must be worth it: one that only follows the noise would be believed far outside the fit.
            if error < least * 0.97 - 1e-12:
                best, least = [0.0] * len(TERMS), error
                for index, coefficient in zip(chosen, found):
                    best[index] = coefficient
    return best


def evaluate(coefficients, point):
    return sum(coefficient * term for coefficient, term in zip(coefficients, point))


class CostModel:
    """Coefficients by figure."""

    def __init__(self, measured):
        """`measured`: Pairs of a point's terms and its figures by name; a figure that one lacks is zero there."""
        names = sorted({name for _, figures in measured for name in figures})
        points = [point for point, _ in measured]
        self.coefficients = {
            name: fit(points, [figures.get(name, 0.0) for _, figures in measured]) for name in names
        }

    def predict(self, point):
        return {name: evaluate(found, point) for name, found in self.coefficients.items()}


def self_test():
    truth = [3e8, 5e7, 0.0, 0.0, 2.5e7]
    shapes = [(10, ["1m"], 1), (10, ["1m", "5m"], 2), (30, ["1m", "5m", "15m"], 1), (60, ["1m", "5m"], 2), (60, ["1m"], 1),
              (60, ["1m", "1h"], 1)]
    measured = [(terms(*shape), {"figure": evaluate(truth, terms(*shape))}) for shape in shapes]
    far = terms(300, ["1m", "5m", "15m", "30m", "1h"], 2)
    found = CostModel(measured).predict(far)["figure"]
    assert abs(found / evaluate(truth, far) - 1) < 1e-6, found
    # What falls with size is noise, and never becomes a negative cost.
    falling = [(terms(*shape), {"figure": 10.0 - shape[0] / 60}) for shape in shapes]
    assert all(c >= 0 for c in CostModel(falling).coefficients["figure"])
    assert abs(longer(["1m", "5m", "1h"]) - (1 / 5 + 1 / 60)) < 1e-12
