#!/usr/bin/env python3
"""The networks of Shared/Models/Networks once more, in PyTorch, by the same names.

  python3 -m venv V && V/bin/pip install torch==2.13.0 numpy safetensors
  V/bin/python Tests/ModelsTests/Fixtures/networks.py                      writes Networks/*.safetensors beside it
  V/bin/python Tests/ModelsTests/Fixtures/networks.py NETWORK INPUTS OUT   opens a network that Swift wrote, and runs it

A fixture holds a configuration as text, a drawn state, inputs and what they give. Nothing here trains, so dropout is
left out.
"""

import json
import math
import os
import sys

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.backends.mha.set_fastpath_enabled(False)


def modules(kind, count, *arguments, **options):
    return nn.ModuleList(kind(*arguments, **options) for _ in range(count))


class GatedAddNorm(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.glu = nn.ModuleDict({"fc": nn.Linear(inputs, 2 * outputs)})
        self.norm = nn.LayerNorm(outputs)

    def forward(self, x, skip):
        return self.norm(F.glu(self.glu["fc"](x)) + skip)


class ResidualNetwork(nn.Module):
    def __init__(self, inputs, hidden, outputs, context=None):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(inputs, hidden), nn.Linear(hidden, hidden)
        self.gan = GatedAddNorm(hidden, outputs)
        self.context = nn.Linear(context, hidden, bias=False) if context else None
        self.skip = nn.Linear(inputs, outputs) if inputs != outputs else None

    def forward(self, x, context=None):
        inner = self.fc1(x) if context is None else self.fc1(x) + self.context(context)
        return self.gan(self.fc2(F.elu(inner)), x if self.skip is None else self.skip(x))


class Selection(nn.Module):
    def __init__(self, variables, width, context=None):
        super().__init__()
        self.flat = ResidualNetwork(variables * width, width, variables, context)
        self.var = modules(ResidualNetwork, variables, width, width, width)

    def forward(self, x, context=None):
        weights = self.flat(x.flatten(-2), context).softmax(-1)
        values = torch.stack([network(x[..., i, :]) for i, network in enumerate(self.var)], -2)
        return (values * weights[..., None]).sum(-2), weights


class SharedValueAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.q, self.kk = modules(nn.Linear, heads, width, width // heads), modules(nn.Linear, heads, width, width // heads)
        self.v, self.out = nn.Linear(width, width // heads), nn.Linear(width // heads, width, bias=False)

    def forward(self, query, context, mask):
        weights = [
            (q(query) @ k(context).mT / math.sqrt(k.out_features) + mask).softmax(-1) for q, k in zip(self.q, self.kk)
        ]
        values = self.v(context)
        return self.out(torch.stack([w @ values for w in weights]).mean(0)), torch.stack(weights, 1)


class TemporalFusionTransformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        width = c["width"]
        statics, future = len(c["statics"]), len(c["known"])
        past = len(c["observed"]) + future
        self.emb_static, self.emb_past, self.emb_future = (modules(nn.Linear, n, 1, width) for n in (statics, past, future))
        self.vsn_static = Selection(statics, width)
        self.vsn_past, self.vsn_future = Selection(past, width, width), Selection(future, width, width)
        self.ctx_select, self.ctx_enrich, self.ctx_h, self.ctx_c = modules(ResidualNetwork, 4, width, width, width)
        self.lstm_enc, self.lstm_dec = (nn.LSTM(width, width, batch_first=True) for _ in range(2))
        self.gan_lstm, self.gan_attn, self.gan_ff = modules(GatedAddNorm, 3, width, width)
        self.enrich, self.ff = ResidualNetwork(width, width, width, width), ResidualNetwork(width, width, width)
        self.attn = SharedValueAttention(width, c["heads"])
        self.head = nn.Linear(width, len(c["quantiles"]))

    def forward(self, statics, past, future):
        embed = lambda maps, x: torch.stack([m(x[..., i : i + 1]) for i, m in enumerate(maps)], -2)
        market, static_weights = self.vsn_static(embed(self.emb_static, statics))
        select = self.ctx_select(market)[:, None]
        before, past_weights = self.vsn_past(embed(self.emb_past, past), select)
        ahead, future_weights = self.vsn_future(embed(self.emb_future, future), select)
        encoded, state = self.lstm_enc(before, (self.ctx_h(market)[None], self.ctx_c(market)[None]))
        decoded, _ = self.lstm_dec(ahead, state)
        local = self.gan_lstm(torch.cat([encoded, decoded], 1), torch.cat([before, ahead], 1))
        enriched = self.enrich(local, self.ctx_enrich(market)[:, None])
        steps, seen = future.shape[1], past.shape[1]
        mask = torch.full((steps, seen + steps), -math.inf).triu(seen + 1)
        attended, attention = self.attn(enriched[:, seen:], enriched, mask)
        gated = self.gan_attn(attended, enriched[:, seen:])
        quantiles = self.head(self.gan_ff(self.ff(gated), local[:, seen:]))
        return {
            "quantiles": quantiles, "static_weights": static_weights, "past_weights": past_weights,
            "future_weights": future_weights, "attention": attention,
        }


class LSTMCNN(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, width = c, len(c["features"])
        for number, channels in enumerate(c["channels"], start=1):
            setattr(self, f"conv{number}", nn.Conv1d(width, channels, c["kernel"], padding=c["kernel"] // 2))
            width = channels
        stacked = c["arrangement"] == "stacked"
        self.lstm = nn.LSTM(width if stacked else len(c["features"]), c["hidden"], c["layers"], batch_first=True)
        self.fc1 = nn.Linear(c["hidden"] + (0 if stacked else width), c["fusion"])
        self.fc2 = nn.Linear(c["fusion"], c["outputs"])

    def forward(self, x):
        found = x.mT
        for number in range(1, len(self.c["channels"]) + 1):
            found = F.relu(getattr(self, f"conv{number}")(found))
        found = F.max_pool1d(found, self.c["pool"]).mT
        if self.c["arrangement"] == "stacked":
            last = self.lstm(found)[0][:, -1]
        else:
            last = torch.cat([found.mean(1), self.lstm(x)[0][:, -1]], 1)
        return {"logits": self.fc2(F.relu(self.fc1(last)))}


class BidirectionalLSTMCNN(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.lstm = nn.LSTM(len(c["features"]), c["hidden"], batch_first=True, bidirectional=True)
        self.conv = nn.Conv1d(2 * c["hidden"], c["channels"], c["kernel"], padding=c["kernel"] // 2)
        self.bn, self.fc = nn.BatchNorm1d(c["channels"]), nn.Linear(c["channels"], c["outputs"])

    def forward(self, x):
        return {"logits": self.fc(F.relu(self.bn(self.conv(self.lstm(x)[0].mT))).mean(2))}


class MultiScaleLSTMCNN(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, hidden = c, c["hidden"]
        self.scales = nn.ModuleList(
            nn.Conv1d(len(c["features"]), c["channels"], c["kernel"], dilation=scale) for scale in c["scales"])
        self.lstm = nn.LSTM(len(c["scales"]) * c["channels"], hidden, c["layers"], batch_first=True)
        self.attn = nn.MultiheadAttention(hidden, c["heads"], batch_first=True)
        self.norm, self.fc = nn.LayerNorm(hidden), nn.Linear(hidden, c["outputs"])

    def forward(self, x):
        found = []
        for scale, convolution in zip(self.c["scales"], self.scales):
            rows = [x[:, max(0, i)] for i in range(1 - scale, x.shape[1])]
            means = torch.stack([torch.stack(rows[i : i + scale]).mean(0) for i in range(x.shape[1])], 2)
            found.append(F.relu(convolution(F.pad(means, (scale * (self.c["kernel"] - 1), 0)))))
        states = self.lstm(torch.cat(found, 1).mT)[0]
        attended = self.norm(states + self.attn(states, states, states)[0])
        return {"logits": self.fc(attended[:, -1])}


class TemporalBlock(nn.Module):
    def __init__(self, inputs, outputs, dilation):
        super().__init__()
        self.padding = 2 * dilation
        self.conv1 = nn.Conv1d(inputs, outputs, 3, dilation=dilation)
        self.conv2 = nn.Conv1d(outputs, outputs, 3, dilation=dilation)
        self.downsample = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x):
        y = F.relu(self.conv1(F.pad(x, (self.padding, 0))))
        y = F.relu(self.conv2(F.pad(y, (self.padding, 0))))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class TemporalNetwork(nn.Module):
    def __init__(self, inputs, hidden, layers):
        super().__init__()
        self.network = nn.Sequential(
            *(TemporalBlock(hidden if layer else inputs, hidden, 2**layer) for layer in range(layers)))

    def forward(self, x):
        return self.network(x.mT).mT, None


class MultiTimeframe(nn.Module):
    def __init__(self, c):
        super().__init__()
        inputs, hidden, layers = len(c["features"]), c["hidden"], c["layers"]
        self.names = [f"{path['reader']}_{path['timeframe']}" for path in c["paths"]]
        for name in self.names:
            reader = name.split("_")[0]
            self.add_module(
                name, TemporalNetwork(inputs, hidden, layers) if reader == "tcn"
                else {"lstm": nn.LSTM, "gru": nn.GRU}[reader](inputs, hidden, layers, batch_first=True))
        self.attn, self.norm = nn.MultiheadAttention(hidden, c["heads"], batch_first=True), nn.LayerNorm(hidden)
        self.fc1, self.fc2 = nn.Linear(len(self.names) * hidden, c["fusion"]), nn.Linear(c["fusion"], c["outputs"])

    def forward(self, **windows):
        read = [getattr(self, name)(windows[f"x{i}"])[0][:, -1] for i, name in enumerate(self.names)]
        states = torch.stack(read, 1)
        heard, attention = self.attn(states, states, states, average_attn_weights=False)
        logits = self.fc2(F.relu(self.fc1(self.norm(states + heard).flatten(1))))
        return {"logits": logits, "states": states, "attention": attention}


def encoder(c, activation, before):
    width = c["width"]
    layer = nn.TransformerEncoderLayer(
        width, c["heads"], c["feedForward"], dropout=0.0, activation=activation, batch_first=True, norm_first=before)
    return nn.TransformerEncoder(
        layer, c["layers"], norm=nn.LayerNorm(width) if before else None, enable_nested_tensor=False)


def positions(length, width):
    angles = torch.arange(length, dtype=torch.float64)[:, None] * torch.exp(
        -torch.arange(0, width, 2, dtype=torch.float64) * math.log(10000) / width)
    return torch.stack([angles.sin(), angles.cos()], 2).flatten(1)[:, :width].float()


def recency(length):
    """What the newest, last, key gets most of; the same for every query."""
    return torch.exp(-torch.linspace(0, 2, length)).flip(0).expand(length, length)


class SequenceTransformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c = c
        self.inp, self.head = nn.Linear(len(c["features"]), c["width"]), nn.Linear(c["width"], c["outputs"])
        self.enc = encoder(c, c["activation"], c["normalization"] == "before")
        self.register_buffer("pe", positions(c["window"], c["width"]))

    def forward(self, x):
        mask = recency(x.shape[1]) if self.c["favoursRecent"] else None
        return {"logits": self.head(self.enc(self.inp(x) + self.pe, mask=mask)[:, -1])}


class Attending(nn.Module):
    def __init__(self, width, heads, maps=0):
        super().__init__()
        if maps:
            self.maps = modules(nn.Linear, maps, width, width)
        self.attn, self.norm = nn.MultiheadAttention(width, heads, batch_first=True), nn.LayerNorm(width)

    def forward(self, query, context):
        return self.norm(query + self.attn(query, context, context)[0])


class EnhancedTransformer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.c, width = c, c["width"]
        self.inp, self.enc = nn.Linear(len(c["features"]), width), encoder(c, "gelu", True)
        self.cross_scale = Attending(width, c["heads"], len(c["scales"]))
        self.cross_asset = Attending(width, c["heads"]) if c["assets"] > 1 else None
        self.direction, self.volatility = nn.Linear(width, 1), nn.Linear(width, 1)
        self.classes, self.returns = nn.Linear(width, 5), nn.Linear(width, c["horizons"])

    def forward(self, x):
        leading, window = x.shape[:-2], x.shape[-2]
        rows = self.inp(x.flatten(0, -3)) + positions(window, self.c["width"])
        states, bars = self.enc(rows, mask=recency(window)), []
        for scale, linear in zip(self.c["scales"], self.cross_scale.maps):
            whole = rows[:, window % scale :]
            bars.append(linear(whole.unflatten(1, (-1, scale)).mean(2)))
        summary = self.cross_scale(states[:, -1:], torch.cat(bars, 1))[:, 0].unflatten(0, leading)
        if self.cross_asset is not None:
            summary = self.cross_asset(summary, summary)
        return {
            "direction": self.direction(summary)[..., 0], "classes": self.classes(summary),
            "log_returns": self.returns(summary), "volatility": F.softplus(self.volatility(summary))[..., 0],
        }


KINDS = {
    "temporal-fusion-transformer": TemporalFusionTransformer, "lstm-cnn": LSTMCNN,
    "bidirectional-lstm-cnn": BidirectionalLSTMCNN, "multi-scale-lstm-cnn": MultiScaleLSTMCNN,
    "multi-timeframe": MultiTimeframe, "sequence-transformer": SequenceTransformer,
    "enhanced-transformer": EnhancedTransformer,
}

FEATURES = ["a", "b", "c"]
LSTM_CNN = {
    "features": FEATURES, "window": 12, "channels": [4, 6], "kernel": 3, "pool": 2, "hidden": 5, "layers": 2,
    "fusion": 4, "outputs": 2, "dropout": 0.2, "arrangement": "beside",
}
TRANSFORMER = {
    "features": FEATURES, "window": 10, "width": 8, "heads": 2, "layers": 2, "feedForward": 12, "dropout": 0.1,
    "activation": "relu", "normalization": "after", "favoursRecent": False, "outputs": 2,
}
ENHANCED = {
    "features": FEATURES, "window": 17, "width": 8, "heads": 2, "layers": 2, "feedForward": 12, "dropout": 0.15,
    "scales": [2, 5, 17], "assets": 1, "horizons": 3,
}
# name: kind, configuration, shapes of the inputs
CASES = {
    "temporal-fusion-transformer": ("temporal-fusion-transformer", {
        "statics": ["s", "t"], "observed": FEATURES, "known": ["k", "l"], "lookback": 9, "horizon": 4, "width": 8,
        "heads": 2, "quantiles": [0.1, 0.5, 0.9], "dropout": 0.1,
    }, {"statics": (3, 2), "past": (3, 9, 5), "future": (3, 4, 2)}),
    "lstm-cnn": ("lstm-cnn", LSTM_CNN, {"x": (3, 12, 3)}),
    "lstm-cnn-stacked": ("lstm-cnn", LSTM_CNN | {"arrangement": "stacked"}, {"x": (3, 12, 3)}),
    "bidirectional-lstm-cnn": ("bidirectional-lstm-cnn", {
        "features": FEATURES, "hidden": 4, "channels": 5, "kernel": 5, "outputs": 2, "dropout": 0.2,
    }, {"x": (3, 11, 3)}),
    "multi-scale-lstm-cnn": ("multi-scale-lstm-cnn", {
        "features": FEATURES, "window": 12, "scales": [1, 2, 5], "channels": 4, "kernel": 3, "hidden": 8, "layers": 2,
        "heads": 2, "outputs": 2, "dropout": 0.2,
    }, {"x": (3, 12, 3)}),
    "multi-timeframe": ("multi-timeframe", {
        "features": FEATURES, "paths": [
            {"timeframe": "15m", "reader": "lstm", "window": 9}, {"timeframe": "4h", "reader": "gru", "window": 7},
            {"timeframe": "1d", "reader": "tcn", "window": 8},
        ], "hidden": 8, "layers": 2, "heads": 2, "fusion": 6, "outputs": 2, "dropout": 0.2,
    }, {"x0": (3, 9, 3), "x1": (3, 7, 3), "x2": (3, 8, 3)}),
    "sequence-transformer": ("sequence-transformer", TRANSFORMER, {"x": (3, 10, 3)}),
    "sequence-transformer-recent": ("sequence-transformer", TRANSFORMER | {
        "favoursRecent": True, "activation": "gelu", "normalization": "before",
    }, {"x": (3, 10, 3)}),
    "enhanced-transformer": ("enhanced-transformer", ENHANCED, {"x": (3, 17, 3)}),
    "enhanced-transformer-assets": ("enhanced-transformer", ENHANCED | {"assets": 2}, {"x": (3, 2, 17, 3)}),
}


def run(module, inputs):
    with torch.no_grad():
        return {name: value.contiguous() for name, value in module.eval()(**inputs).items()}


def write_fixtures(folder):
    chance = torch.Generator().manual_seed(30)
    for name, (kind, configuration, shapes) in CASES.items():
        module = KINDS[kind](configuration)
        with torch.no_grad():
            for key, value in module.state_dict().items():
                if key.endswith("running_var"):
                    value.uniform_(0.5, 2, generator=chance)
                elif value.is_floating_point() and key != "pe":
                    value.normal_(0, 0.4, generator=chance)
        inputs = {key: torch.randn(*shape, generator=chance) for key, shape in shapes.items()}
        tensors = {"state." + key: value for key, value in module.state_dict().items()}
        tensors |= {"inputs." + key: value for key, value in inputs.items()}
        tensors |= {"outputs." + key: value for key, value in run(module, inputs).items()}
        metadata = {"kind": kind, "configuration": json.dumps(configuration)}
        path = os.path.join(folder, f"{name}.safetensors")
        save_file(tensors, path, metadata)
        os.chmod(path, 0o644)


def run_swift(network, inputs, out):
    with safe_open(network, framework="pt") as file:
        # A fitted network's file also says how its windows are read.
        key, kind = next((f"tidegate.{kind}.v1", kind) for kind in KINDS if f"tidegate.{kind}.v1" in file.metadata())
        configuration = json.loads(file.metadata()[key])
        module = KINDS[kind](configuration)
        module.load_state_dict({name: file.get_tensor(name) for name in file.keys()}, strict=True)
    with safe_open(inputs, framework="pt") as file:
        save_file(run(module, {name: file.get_tensor(name) for name in file.keys()}), out)


if len(sys.argv) == 4:
    run_swift(*sys.argv[1:])
else:
    write_fixtures(os.path.join(os.path.dirname(os.path.abspath(__file__)), "Networks"))
