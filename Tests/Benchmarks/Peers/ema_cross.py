"""The EMA cross of backtest.ema-cross in vectorbt: prints bars a second, the median of five runs.

Closes come as binary64 from standard input. From them to the last equity: two exponential averages, entries and exits both
ways, and a portfolio with fees, all of them over whole columns.
"""

import statistics
import sys
import time

import numpy as np
import pandas as pd
import vectorbt as vbt


def run(close):
    fast = close.ewm(span=10, adjust=False).mean()
    slow = close.ewm(span=20, adjust=False).mean()
    above, below = fast > slow, fast < slow
    portfolio = vbt.Portfolio.from_signals(
        close, entries=above, short_entries=below, init_cash=100_000, size=0.05, size_type="percent",
        upon_opposite_entry="close", fees=0.001, freq="1min")
    return portfolio.final_value()


close = pd.Series(np.frombuffer(sys.stdin.buffer.read(), dtype="<f8"))
run(close)  # compiles
rates = []
for _ in range(5):
    start = time.perf_counter()
    value = run(close)
    rates.append(len(close) / (time.perf_counter() - start))
assert np.isfinite(value) and value != 100_000
print(statistics.median(rates))
