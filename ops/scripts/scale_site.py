"""One deployment of all services on this machine, fed by the synthetic-generator, for scale-check."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request

SERVICES = ["ingestor", "synthetic-generator", "feature-builder", "inference-server", "executor", "risk-gate",
            "metrics-recorder", "trainer"]
STAGES = ["feature-builder", "inference-server", "executor", "risk-gate", "metrics-recorder"]
START = 1_672_531_200  # 2023-01-01, the synthetic feed's beginning
# So that every prediction may become an order: the gate's limits are for small accounts, and a losing one stops trading.
TRADING = {
    "TRADING_CASH": "100000000", "RISK_GROSS_EXPOSURE": "100", "RISK_DAILY_LOSS": "1", "RISK_DRAWDOWN": "1",
    "RISK_ORDERS_PER_HOUR": "1000000", "PAPER_FEE": "0", "PAPER_HALF_SPREAD": "0", "PAPER_IMPACT": "0",
}


class Failure(Exception):
    pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def names(count):
    return [f"binance.S{number:04d}-USDT" for number in range(count)]


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M", time.gmtime(seconds))


class Site:
    def __init__(self, bin, symbols, timeframes, progress):
        self.bin = bin
        self.symbols = symbols
        self.timeframes = timeframes
        self.progress = progress
        self.folder = tempfile.mkdtemp(prefix="tg-scale.", dir="/tmp")
        self.bus = os.path.join(self.folder, "bus")
        self.processes = {}
        self.ports = {name: free_port() for name in SERVICES}
        self.environment = None

    # Life

    def start(self, hold):
        """Starts everything; the feed waits at its bar number `hold` for a champion."""
        os.mkdir(self.bus, 0o700)
        clean = {key: value for key, value in os.environ.items()
                 if key != "DATABASE_URL" and not key.startswith("TIDEGATE_") or key.endswith("_HOME")}
        self.environment = clean
        self.tidegate("migrate")
        with open(os.path.join(self.folder, "postgres/data/tidegate.conf")) as file:
            settings = dict(line.strip().split(" = ", 1) for line in file if " = " in line)
        self.url = f"host={settings['unix_socket_directories'].strip(chr(39))} port=5432 user=postgres dbname=tidegate"
        with open(os.path.join(self.folder, "postgres/data/postmaster.pid")) as file:
            self.postmaster = int(file.readline())
        market = {
            "MARKET_INSTRUMENTS": ",".join(names(self.symbols)), "MARKET_TIMEFRAME": self.timeframes[0],
            "MARKET_HIGHER": ",".join(self.timeframes[1:]), "SYNTHETIC_BARS": "10000000",
        }
        self.environment = clean | {"TIDEGATE_DATABASE_URL": self.url, "OMP_WAIT_POLICY": "passive", "OMP_NUM_THREADS": "1"}
        self.environment |= {f"TIDEGATE_{key}": value for key, value in (market | TRADING).items()}
        for name in SERVICES:
            self.launch(name, ["--source-hold", moment(START + 60 * hold)] if name == "ingestor" else [])
        for name in SERVICES:
            self.wait(f"{name} is ready", lambda: self.metric(name, "tidegate_ready") == 1, 60)

    def launch(self, name, arguments):
        if name == "ingestor":
            arguments = ["--source-kind", "synthetic"] + arguments
        with open(os.path.join(self.folder, f"{name}.log"), "ab") as log:
            self.processes[name] = subprocess.Popen(
                [os.path.join(self.bin, name), "--bus-folder", self.bus, "--http-port", str(self.ports[name]), "--log-level",
                 "notice"] + arguments, env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)

    def pace(self, speed):
        """Goes on with the feed at so many times real time, or at `max`."""
        ingestor = self.processes["ingestor"]
        ingestor.terminate()
        ingestor.wait(60)
        self.launch("ingestor", ["--source-speed", str(speed)])
        self.wait("the ingestor is ready again", lambda: self.metric("ingestor", "tidegate_ready") == 1, 60)

    def stop(self):
        for name in ["executor", "risk-gate", "inference-server", "feature-builder", "ingestor"] + SERVICES:
            process = self.processes.get(name)
            if process and process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if self.environment is not None:
            environment = {key: value for key, value in self.environment.items() if key != "TIDEGATE_DATABASE_URL"}
            subprocess.run([os.path.join(self.bin, "tidegate"), "down", "--delete", "--folder", self.folder], env=environment,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def check(self):
        """Throws when a service has ended: each must live from start to stop, or figures mean nothing."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                with open(os.path.join(self.folder, f"{name}.log"), errors="replace") as file:
                    last = file.read().strip().splitlines()[-1:] or ["it said nothing"]
                raise Failure(f"{name} ended with status {process.returncode}: {last[0]}")

    # Asking

    def tidegate(self, *arguments, timeout=900):
        done = subprocess.run([os.path.join(self.bin, "tidegate"), *arguments, "--folder", self.folder], env=self.environment,
                              capture_output=True, text=True, timeout=timeout)
        if done.returncode != 0:
            raise Failure(f"tidegate {arguments[0]} ended with status {done.returncode}: {(done.stderr or done.stdout).strip()}")

    def train(self, model, alias):
        """A quick model of few symbols; a service does not care from which it was learned."""
        self.progress(f"training a quick {model}, the {alias}")
        self.tidegate("train", "--mode", "quick", "--seeds", "1", "--model", model, "--promote", alias, "--instruments",
                      ",".join(names(min(self.symbols, 10))))

    def metrics(self, name):
        """A service's samples: series with labels, as Prometheus writes them, and their values."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in lines if line and line[0] != "#")}

    def metric(self, name, series):
        try:
            return self.metrics(name).get(series, 0.0)
        except OSError:
            return None

    def rows(self, sql):
        done = subprocess.run(["psql", self.url, "-XqAt", "-F", "\t", "-c", sql], capture_output=True, text=True)
        if done.returncode != 0:
            raise Failure(f"psql: {done.stderr.strip()}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def bars(self):
        return int(self.rows("SELECT coalesce(max(batches), 0) FROM feed_status")[0][0])

    def wait(self, what, ask, seconds):
        deadline = time.monotonic() + seconds
        while not ask():
            self.check()
            if time.monotonic() > deadline:
                raise Failure(f"waited {seconds} s in vain: {what}")
            time.sleep(0.1)
