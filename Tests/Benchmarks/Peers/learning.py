"""Networks of PyTorch and trees of XGBoost at the work that ours are measured at.

`learning.py train MODEL [bfloat16]` prints samples a second, `learning.py predict MODEL` the median milliseconds of a batch
of one, on as many threads as `LEARNING_THREADS` says. MODEL is transformer, lstm-cnn, tft or xgboost.
"""

import logging
import os
import statistics
import sys
import time
import warnings

THREADS = int(os.environ["LEARNING_THREADS"])
BATCH, WINDOW, FEATURES = 64, 60, 32
LOOKBACK, HORIZON, STATICS, KNOWN = 168, 24, 3, 4
OBSERVED = int(os.environ.get("LEARNING_OBSERVED", 8))
QUANTILES = [0.1, 0.5, 0.9]


def milliseconds(run, seconds):
    """The median, after two rounds that do not count."""
    run(), run()
    times, start = [], time.perf_counter()
    while len(times) < 5 or time.perf_counter() - start < seconds:
        begun = time.perf_counter()
        run()
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def transformer():
    import torch
    from torch import nn

    class Transformer(nn.Module):
        def __init__(self):
            super().__init__()
            self.input = nn.Linear(FEATURES, 256)
            self.position = nn.Parameter(torch.zeros(WINDOW, 256), requires_grad=False)
            self.dropout = nn.Dropout(0.1)
            layer = nn.TransformerEncoderLayer(256, 8, 1024, 0.1, batch_first=True)
            self.encoder = nn.TransformerEncoder(layer, 6)
            self.head = nn.Linear(256, 1)

        def forward(self, x):
            return self.head(self.encoder(self.dropout(self.input(x) + self.position))[:, -1])

    return Transformer(), window, binary_cross_entropy


def lstm_cnn():
    import torch
    from torch import nn

    class LSTMCNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolutions = nn.Sequential(
                nn.Conv1d(FEATURES, 64, 3, padding=1), nn.ReLU(), nn.Conv1d(64, 128, 3, padding=1), nn.ReLU(),
                nn.MaxPool1d(2))
            self.lstm = nn.LSTM(FEATURES, 128, 2, batch_first=True)
            self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(256, 64), nn.ReLU(), nn.Dropout(0.2), nn.Linear(64, 1))

        def forward(self, x):
            patterns = self.convolutions(x.transpose(1, 2)).mean(2)
            return self.head(torch.cat([patterns, self.lstm(x)[0][:, -1]], 1))

    return LSTMCNN(), window, binary_cross_entropy


def tft():
    import torch
    from pytorch_forecasting.metrics import QuantileLoss
    from pytorch_forecasting.models.temporal_fusion_transformer import TemporalFusionTransformer

    statics = [f"static{i}" for i in range(STATICS)]
    known = [f"known{i}" for i in range(KNOWN)]
    past = [f"observed{i}" for i in range(OBSERVED)] + known
    loss = QuantileLoss(QUANTILES)
    model = TemporalFusionTransformer(
        hidden_size=32, hidden_continuous_size=32, attention_head_size=4, dropout=0.1, output_size=len(QUANTILES), loss=loss,
        max_encoder_length=LOOKBACK, static_reals=statics, time_varying_reals_encoder=past,
        time_varying_reals_decoder=known, x_reals=statics + past)
    # Its outputs stay in the unit of its targets.
    model.transform_output = lambda prediction, target_scale, loss=None: prediction

    def inputs(batch):
        width = len(statics + past)
        return {
            "encoder_cat": torch.zeros(batch, LOOKBACK, 0, dtype=torch.long),
            "decoder_cat": torch.zeros(batch, HORIZON, 0, dtype=torch.long),
            "encoder_cont": torch.randn(batch, LOOKBACK, width), "decoder_cont": torch.randn(batch, HORIZON, width),
            "encoder_lengths": torch.full((batch,), LOOKBACK), "decoder_lengths": torch.full((batch,), HORIZON),
            "target_scale": torch.tensor([[0.0, 1.0]]).expand(batch, 2),
        }

    targets = torch.randn(BATCH, HORIZON)
    return model, inputs, lambda output: loss.loss(output["prediction"], targets).mean()


def window(batch):
    import torch

    return torch.randn(batch, WINDOW, FEATURES)


def binary_cross_entropy(logits):
    import torch

    return torch.nn.functional.binary_cross_entropy_with_logits(logits, torch.ones_like(logits))


def train(make, precision):
    import torch

    torch.set_num_threads(THREADS)
    model, inputs, loss = make()
    optimizer = torch.optim.AdamW(model.parameters(), fused=True)
    x = inputs(BATCH)

    def step():
        optimizer.zero_grad()
        with torch.autocast("cpu", torch.bfloat16, enabled=precision == "bfloat16"):
            output = model(x)
            value = loss(output)
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        value.item()

    model.train()
    return BATCH * 1000 / milliseconds(step, 6)


def predict(make):
    import torch

    torch.set_num_threads(THREADS)
    model, inputs, _ = make()
    model.eval()
    x = inputs(1)
    with torch.inference_mode():
        return milliseconds(lambda: model(x), 3)


def predict_row():
    import numpy
    import xgboost

    random = numpy.random.default_rng(7)
    rows = random.normal(size=(2000, FEATURES)).astype(numpy.float32)
    # As ours: a fifth of the labels is noise, so that trees grow to their full depth.
    labels = (rows[:, 0] * rows[:, 1] > 0) != (random.random(2000) < 0.2)
    trees = xgboost.train(
        {"max_depth": 6, "nthread": 1, "objective": "binary:logistic"}, xgboost.DMatrix(rows, labels), 100)
    return milliseconds(lambda: trees.inplace_predict(rows[:1]), 3)


warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)
MODELS = {"transformer": transformer, "lstm-cnn": lstm_cnn, "tft": tft}
what, name = sys.argv[1:3]
if what == "train":
    print(train(MODELS[name], sys.argv[3] if len(sys.argv) > 3 else "float32"))
else:
    print(predict_row() if name == "xgboost" else predict(MODELS[name]))
