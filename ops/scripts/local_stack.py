"""A pipeline that `tidegate up` runs on this machine, as the checks see it that measure it from outside."""

import glob
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
STAGES = ["feature-builder", "inference-server", "executor", "risk-gate", "metrics-recorder"]
# In the order of their metrics ports.
SERVICES = ["ingestor", "synthetic-generator"] + STAGES + ["trainer"]


class Failure(Exception):
    """Something that must hold does not."""


def recorded_candles(program):
    """The folder of recorded candles; where there is none it says so, and in CI that is a failure."""
    data = os.path.abspath(os.path.join(os.environ.get("TIDEGATE_SHARED", f"{ROOT}/../shared"), "data"))
    if os.path.isdir(f"{data}/ohlcv"):
        return data
    print(f"{program}: no recorded candles in {data}", file=sys.stderr)
    sys.exit(1 if os.environ.get("CI") == "true" else 0)


def built():
    """Where the programs are, the optimised ones if there are some."""
    folders = [path for path in (".build/release", ".build/debug") if os.path.exists(f"{ROOT}/{path}/tidegate")]
    return f"{ROOT}/{folders[0]}" if folders else None


def free_port(count):
    """The first of `count` ports in a row that nobody has."""
    for first in range(20000 + os.getpid() % 10000, 32000, count):
        probes = [socket.socket() for _ in range(count)]
        try:
            for offset, probe in enumerate(probes):
                probe.bind(("127.0.0.1", first + offset))
            return first
        except OSError:
            continue
        finally:
            for probe in probes:
                probe.close()
    raise Failure("no free ports")


class LocalStack:
    """`tidegate up` in a folder of its own, with a database of its own."""

    def __init__(self, bin, arguments, settings=None):
        # Told to end, the check takes down what it started.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        self.bin = bin
        self.folder = tempfile.mkdtemp(prefix="tg-local.", dir="/tmp")
        first = free_port(9)
        self.ports = {name: first + offset for offset, name in enumerate(SERVICES)}
        # It tells its metrics where its dashboard is.
        self.ports["metrics-recorder"] = first + 8
        environment = {**os.environ, **(settings or {})}
        for name in ("DATABASE_URL", "TIDEGATE_DATABASE_URL"):
            environment.pop(name, None)
        self.log = f"{self.folder}/up.log"
        self.connections = {}
        self.session = None
        with open(self.log, "ab") as log:
            self.up = subprocess.Popen(
                [f"{bin}/tidegate", "up", "--folder", self.folder, "--metrics-port", str(first), "--port", str(first + 8),
                 *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)

    def said(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def wait(self, what, condition, limit=300.0, pause=0.1):
        """Waits until `condition` gives something true, and returns it."""
        end = time.monotonic() + limit
        while True:
            value = condition()
            if value:
                return value
            if self.up.poll() is not None:
                raise Failure(f"tidegate up ended with {self.up.returncode}: {self.said()[-600:]}")
            if time.monotonic() > end:
                raise Failure(f"{what}: not within {limit:.0f} s")
            time.sleep(pause)

    def wait_for_models(self):
        """Until the history is fed, the first models are trained, and the rest of the feed has begun."""
        self.wait("the first models are trained", lambda: re.search(r"^replay", self.said(), re.M))

    def pids(self):
        """The services' processes that run now."""
        found = {}
        for path in glob.glob(f"/proc/{self.up.pid}/task/*/children"):
            try:
                with open(path) as file:
                    children = file.read().split()
                for child in children:
                    name = os.path.basename(os.readlink(f"/proc/{child}/exe"))
                    if name in self.ports:
                        found[name] = int(child)
            except OSError:
                continue
        return found

    def metrics(self, service, *names):
        """The values of metrics without labels, `None` for one that is not there; `None` alone where nobody answers."""
        connection = self.connections.get(service)
        if connection is None:
            connection = http.client.HTTPConnection("127.0.0.1", self.ports[service], timeout=2)
            self.connections[service] = connection
        try:
            connection.request("GET", "/metrics")
            text = connection.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            connection.close()
            self.connections[service] = None
            return None
        found = (re.search(rf"^{name} (\S+)$", text, re.M) for name in names)
        return [float(match.group(1)) if match else None for match in found]

    def resident(self, pid):
        """Resident bytes of a process, as the kernel counts them."""
        with open(f"/proc/{pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def psql(self, *arguments):
        with open(f"{self.folder}/postgres/data/postmaster.pid") as file:
            sockets = file.read().split("\n")[4]
        return ["psql", "-XqAt", "-h", sockets, "-U", "postgres", "-d", "tidegate", "-v", "ON_ERROR_STOP=1", *arguments]

    def query(self, sql):
        return subprocess.run(self.psql("-c", sql), capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    def number(self, sql):
        """The one number that a query gives, over a connection that stays; -1 for none."""
        if self.session is None:
            self.session = subprocess.Popen(self.psql(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        self.session.stdin.write(f"SELECT coalesce(({sql}), -1);\n")
        line = self.session.stdout.readline()
        if not line:
            raise Failure(f"the database does not answer: {sql}")
        return int(line)

    def finish(self):
        if self.session is not None:
            self.session.kill()
            self.session.wait()
        if self.up.poll() is None:
            self.up.send_signal(signal.SIGTERM)
            try:
                self.up.wait(60)
            except subprocess.TimeoutExpired:
                self.up.kill()
                self.up.wait()
        subprocess.run([f"{self.bin}/tidegate", "down", "--delete", "--folder", self.folder], capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
