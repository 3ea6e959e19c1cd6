"""What scale-check measures while a site runs: processor time, memory, messages, rows, and the time from candle to order."""

import collections
import glob
import re
import struct
import threading
import time

from scale_site import SERVICES, STAGES, Failure

PUBLISHERS = ["ingestor"] + STAGES
ENVELOPE = struct.Struct(">HHIQQQQqq")
TABLES = ["feed_log", "candles", "anomalies", "predictions", "decisions", "orders", "order_events", "fills", "accounts",
          "positions", "metrics"]
# Each must stay where it is while a figure is taken.
LOSSES = ["dropped", "missing", "refused"]
# What a stage asked for again, and got twice: nothing is lost, but it had waited long enough to ask.
AGAIN = ["recovered", "duplicate"]


class Tap:
    """Listens to watermarks on the bus, which each stage sends when all that it makes of a bar is out."""

    def __init__(self, site):
        import zmq
        self.zmq = zmq
        self.site = site
        self.context = zmq.Context()
        self.sent = {name: {} for name in PUBLISHERS}  # by position, in seconds since 1970
        self.ends = threading.Event()
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def sockets(self, topic):
        for name in PUBLISHERS:
            socket = self.context.socket(self.zmq.SUB)
            socket.setsockopt(self.zmq.RCVHWM, 0)
            socket.setsockopt(self.zmq.LINGER, 0)
            socket.setsockopt(self.zmq.SUBSCRIBE, topic)
            socket.connect(f"ipc://{self.site.bus}/{name}")
            yield name, socket

    def frames(self, topic, take, ends):
        poller, sockets = self.zmq.Poller(), {}
        for name, socket in self.sockets(topic):
            poller.register(socket, self.zmq.POLLIN)
            sockets[socket] = name
        while not ends():
            for socket, _ in poller.poll(100):
                while True:
                    try:
                        take(sockets[socket], socket.recv_multipart(self.zmq.NOBLOCK))
                    except self.zmq.Again:
                        break
        for socket in sockets:
            socket.close()

    def listen(self):
        def take(name, frames):
            envelope = ENVELOPE.unpack(frames[1])
            self.sent[name][envelope[5]] = envelope[8] / 1e9
        self.frames(b"watermark/", take, self.ends.is_set)

    def sizes(self, seconds):
        """Mean bytes of a message, its three frames together, by stream."""
        total, count = collections.Counter(), collections.Counter()

        def take(name, frames):
            stream = frames[0].split(b"/", 1)[0].decode()
            if stream == "watermark":
                stream += " of " + name
            total[stream] += sum(map(len, frames))
            count[stream] += 1
        deadline = time.monotonic() + seconds
        self.frames(b"", take, lambda: time.monotonic() > deadline)
        return {stream: total[stream] / count[stream] for stream in total if stream != "heartbeat"}

    def stop(self):
        self.ends.set()
        self.thread.join(5)
        self.context.term()


def processor_seconds(pid):
    """Of all threads of a process; the scheduler's own account, since ticks of 10 ms are too coarse here."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        try:
            with open(path) as file:
                total += int(file.read().split()[0])
        except OSError:
            pass
    return total / 1e9


def children(pid):
    found = []
    for path in glob.glob(f"/proc/{pid}/task/*/children"):
        try:
            with open(path) as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def memory(pid, field):
    try:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            return int(re.search(rf"^{field}:\s+(\d+)", file.read(), re.M).group(1)) * 1024
    except OSError:
        return 0


class Moment:
    """All counters at one moment."""

    def __init__(self, site):
        self.time = time.time()
        server = [site.postmaster] + children(site.postmaster)
        self.processor = {name: processor_seconds(process.pid) for name, process in site.processes.items()}
        self.processor["postgres"] = sum(map(processor_seconds, server))
        self.memory = {name: memory(process.pid, "Rss") for name, process in site.processes.items()}
        # Its processes share most of their memory.
        self.memory["postgres"] = sum(memory(pid, "Pss") for pid in server)
        self.published, self.losses, self.inputs = {}, dict.fromkeys(LOSSES + AGAIN, 0.0), {}
        for name in SERVICES:
            for series, value in site.metrics(name).items():
                if found := re.match(r'tidegate_messages_published_total\{kind="(.*)"\}', series):
                    stream = found[1] if found[1] != "watermark" else f"watermark of {name}"
                    if name in PUBLISHERS and found[1] != "control":
                        self.published[stream] = self.published.get(stream, 0) + value
                elif found := re.match(r"tidegate_messages_(\w+)_total", series):
                    if found[1] in self.losses:
                        self.losses[found[1]] += value
                        self.inputs[f"{name}: {series}"] = value
        self.wal = float(site.rows("SELECT pg_current_wal_insert_lsn() - '0/0'")[0][0])


def idle(site, seconds):
    """Processor seconds a second of every service while the feed stands still."""
    first = Moment(site)
    time.sleep(seconds)
    last = Moment(site)
    return {name: (last.processor[name] - first.processor[name]) / (last.time - first.time) for name in last.processor}


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def measure(site, tap, bars, models, resting, seconds=600):
    """Takes all figures over so many bars; the feed runs already."""
    sent = tap.sent["ingestor"]
    first = Moment(site)
    known = len(sent)
    site.wait(f"{bars} bars", lambda: len(sent) - known >= bars, seconds)
    last = Moment(site)
    inside = sorted(position for position, time in list(sent.items()) if first.time <= time <= last.time)
    site.wait("the last bar is recorded",
              lambda: all(inside[-1] in tap.sent[name] for name in STAGES), 120)
    time.sleep(0.5)  # rows of a batch are written a little after it is out
    count, elapsed = len(inside), last.time - first.time
    begin = max((p for p in list(sent) if p < inside[0]), default=inside[0] - 1)
    within = f"position > {begin} AND position <= {inside[-1]}"
    per_bar = {}
    for name, spent in last.processor.items():
        used = spent - first.processor[name] - resting[name] * elapsed
        per_bar[f"cpu {name}"] = max(0.0, used) * 1000 / count
    for stream, value in last.published.items():
        per_bar[f"messages {stream}"] = (value - first.published.get(stream, 0)) / count
    # An ordinary event of a bar, of which the stored feed has one for each candle and watermark.
    for table in TABLES:
        rows, size, all_rows = site.rows(
            f"SELECT count(*) FILTER (WHERE {within}), pg_total_relation_size('{table}'), count(*) FROM {table}")[0]
        per_bar[f"rows {table}"] = int(rows) / count
        per_bar[f"stored {table}"] = int(rows) / count * int(size) / max(1, int(all_rows))
    per_bar["wal"] = (last.wal - first.wal) / count
    stored = dict((int(p), float(t)) for p, t in site.rows(
        f"SELECT position, extract(epoch FROM stored_at) FROM feed_log WHERE position = batch AND {within}"))
    lags = {}
    for name in PUBLISHERS:
        lags[name] = [(tap.sent[name][p] - stored[p]) * 1000 for p in inside if p in stored and p in tap.sent[name]]
    complete = {
        "candles": site.symbols * count, "predictions": site.symbols * models * count, "decisions": site.symbols * count}
    actual = {
        "candles": int(site.rows(f"SELECT count(*) FROM candles WHERE timeframe = '{site.timeframes[0]}' AND {within}")[0][0]),
        "predictions": round(per_bar["rows predictions"] * count), "decisions": round(per_bar["rows decisions"] * count)}
    lost, again = ({name: int(last.losses[name] - first.losses[name]) for name in names} for names in (LOSSES, AGAIN))
    lost["rows"] = sum(abs(complete[name] - actual[name]) for name in complete)
    gate = lags["risk-gate"]
    quarter = max(1, len(gate) // 4)
    return {
        "bars": count, "seconds": elapsed, "bars_per_second": count / elapsed, "per_bar": per_bar, "lost": lost, "again": again,
        # The inputs of which that is the sum.
        "lost_by": {series: value - first.inputs.get(series, 0) for series, value in last.inputs.items()
                    if value != first.inputs.get(series, 0)},
        "busy": {name: (last.processor[name] - first.processor[name]) / elapsed for name in last.processor},
        "memory": last.memory,
        "lag": {name: {"p50": percentile(values, 0.5), "p99": percentile(values, 0.99), "max": max(values)}
                for name, values in lags.items() if values},
        # Whether the pipeline falls behind: the time to an order at the end beside that at the beginning.
        "trend": percentile(gate[-quarter:], 0.5) / max(0.001, percentile(gate[:quarter], 0.5)),
    }


def expect_nothing_lost(figures):
    lost = {name: count for name, count in figures["lost"].items() if count}
    if lost:
        raise Failure("not every message arrived as it was published: " + ", ".join(f"{n} {c}" for n, c in lost.items()))
