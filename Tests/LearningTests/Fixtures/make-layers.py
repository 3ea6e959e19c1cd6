#!/usr/bin/env python3
"""Writes layers.json beside it: layers of PyTorch with their state, inputs and outputs, in double precision.

  python3 -m venv V && V/bin/pip install torch==2.13.0 && V/bin/python Tests/LearningTests/Fixtures/make-layers.py
"""

import json
import os

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
CHANCE = torch.Generator().manual_seed(20)


def normal(*shape):
    return torch.randn(*shape, generator=CHANCE)


def tensors(named):
    return {
        name: {
            "shape": list(value.shape), "dtype": str(value.dtype)[6:],
            "data": [x if x not in (float("inf"), -float("inf")) else str(x) for x in value.flatten().tolist()],
        }
        for name, value in named.items()
    }


def case(module, inputs, outputs):
    """`outputs` runs the module, whose parameters are drawn anew, so that none is left at a default."""
    with torch.no_grad():
        for value in module.parameters():
            value.copy_(normal(*value.shape) * 0.5)
        state = tensors(module.state_dict())
        return {"state": state, "inputs": tensors(inputs), "outputs": tensors(outputs(module))}


class TemporalBlock(nn.Module):
    """Bai et al. 2018, https://github.com/locuslab/TCN, without weight normalisation."""

    def __init__(self, inputs, outputs, kernel, dilation):
        super().__init__()
        self.padding = (kernel - 1) * dilation
        self.conv1 = nn.Conv1d(inputs, outputs, kernel, padding=self.padding, dilation=dilation)
        self.conv2 = nn.Conv1d(outputs, outputs, kernel, padding=self.padding, dilation=dilation)
        self.downsample = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x):
        y = F.relu(self.conv1(x)[..., : -self.padding])
        y = F.relu(self.conv2(y)[..., : -self.padding])
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class TemporalNetwork(nn.Module):
    def __init__(self, inputs, hidden):
        super().__init__()
        self.network = nn.Sequential(TemporalBlock(inputs, hidden, 3, 1), TemporalBlock(hidden, hidden, 3, 2))

    def forward(self, x):
        return self.network(x.transpose(1, 2)).transpose(1, 2)


def batch_norm(module):
    module.train()
    first = module(batches[0])
    module(batches[1])
    learned = {"after." + name: value.clone() for name, value in module.state_dict().items() if "running" in name}
    return {"first": first, **learned, "predicted": module.eval()(batches[0])}


def attention(module):
    y, weights = module(query, context, context, attn_mask=mask, average_attn_weights=False)
    return {"y": y, "weights": weights}


def encoder(module):
    return {"y": module.eval()(sequence, mask=square)}


batches = [normal(4, 3, 5), normal(4, 3, 5) * 2 + 1]
query, context, mask = normal(2, 3, 8), normal(2, 5, 8), normal(3, 5)
sequence, square = normal(2, 6, 8), normal(6, 6)
channels, steps = normal(2, 4, 9), normal(2, 7, 3)
torch.backends.mha.set_fastpath_enabled(False)

layers = {
    "conv1d": case(
        nn.Conv1d(4, 6, 3, stride=2, padding=2, dilation=2, groups=2), {"x": channels}, lambda m: {"y": m(channels)}),
    "gru": case(
        nn.GRU(3, 4, 2, batch_first=True), {"x": steps}, lambda m: dict(zip(["output", "hidden"], m(steps)))),
    "lstm_bidirectional": case(
        nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), {"x": steps}, lambda m: {"output": m(steps)[0]}),
    "batch_norm": case(nn.BatchNorm1d(3), {"first": batches[0], "second": batches[1]}, batch_norm),
    "attention": case(
        nn.MultiheadAttention(8, 2, batch_first=True), {"query": query, "context": context, "mask": mask}, attention),
    "encoder_before_gelu": case(
        nn.TransformerEncoder(
            nn.TransformerEncoderLayer(8, 2, 12, dropout=0.0, activation="gelu", batch_first=True, norm_first=True), 2,
            norm=nn.LayerNorm(8), enable_nested_tensor=False), {"x": sequence, "mask": square}, encoder),
    "temporal_network": case(TemporalNetwork(3, 4), {"x": steps}, lambda m: {"y": m(steps)}),
}

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "layers.json"), "w") as file:
    json.dump({"torch": torch.__version__.split("+")[0], **layers}, file, indent=None)
    file.write("\n")
