"""The least that a server of predictions in Python does: loads PyTorch and XGBoost, and predicts once with each.

`serving.py seconds` prints how long after the start of its process it has, `serving.py bytes` the memory that it then holds.
No sockets, no database, no state: what a server needs beside that comes on top.
"""

import os
import sys
import time

import numpy
import torch
import xgboost

FEATURES = 32

rows = numpy.random.default_rng(7).normal(size=(200, FEATURES)).astype(numpy.float32)
trees = xgboost.train({"nthread": 1, "objective": "binary:logistic"}, xgboost.DMatrix(rows, rows[:, 0] > 0), 10)
trees.inplace_predict(rows[:1])
torch.set_num_threads(1)
with torch.inference_mode():
    torch.nn.LSTM(FEATURES, 32, batch_first=True).eval()(torch.from_numpy(rows[None, :60]))

if sys.argv[1] == "seconds":
    with open("/proc/self/stat") as file:
        started = int(file.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
    print(time.clock_gettime(time.CLOCK_BOOTTIME) - started)
else:
    with open("/proc/self/statm") as file:
        print(int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
