"""A deployment under docker compose, as the check drives it: compose itself, the database, the dashboard, Prometheus."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

sys.dont_write_bytecode = True
ROOT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
STAGES = ["feature-builder", "inference-server", "executor", "risk-gate", "metrics-recorder"]
SERVICES = ["ingestor", "synthetic-generator"] + STAGES + ["trainer"]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Failure(Exception):
    """Something that must hold does not."""


def run(*command, check=True, limit=300, **more):
    result = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True, timeout=limit, **more)
    if check and result.returncode != 0:
        lines = (result.stderr + result.stdout).strip().split("\n")
        raise Failure(f"{' '.join(command)} ended with {result.returncode}: " + "\n".join(lines[-15:]))
    return result


def expect(holds, what):
    if not holds:
        raise Failure(what)
    print(f"compose-check: {what}", flush=True)


def wait(what, condition, limit=90.0, pause=0.2):
    """Waits until `condition` gives something true, and returns it."""
    end = time.monotonic() + limit
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"{what}: not within {limit:.0f} s")
        time.sleep(pause)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


class Stack:
    """One project of compose.yaml, under a name of its own."""

    def __init__(self, project, settings):
        self.project = project
        self.environment = {**os.environ, **settings}
        self.dashboard = f"http://127.0.0.1:{settings['TIDEGATE_DASHBOARD_PORT']}"
        self.prometheus = f"http://127.0.0.1:{settings['TIDEGATE_PROMETHEUS_PORT']}"

    def compose(self, *arguments, check=True, limit=300, **settings):
        return run(
            "docker", "compose", "-p", self.project, "-f", f"{ROOT}/compose/compose.yaml", "--profile", "demo", *arguments,
            check=check, limit=limit, env={**self.environment, **settings})

    def down(self):
        self.compose("--profile", "tools", "down", "--volumes", "--remove-orphans", "--timeout", "5", check=False)

    def container(self, service):
        return f"{self.project}-{service}-1"

    def volume(self, name):
        return f"{self.project}_{name}"

    def inspect(self, service):
        return json.loads(run("docker", "inspect", self.container(service)).stdout)[0]

    def is_healthy(self, service):
        """Whether the service has containers and each is healthy. Their numbers may have holes, where one was removed by force."""
        names = run("docker", "ps", "-aq", "--filter", f"label=com.docker.compose.project={self.project}",
                    "--filter", f"label=com.docker.compose.service={service}").stdout.split()
        states = [found["State"] for found in json.loads(run("docker", "inspect", *names).stdout)] if names else []
        return states != [] and all(
            state["Running"] and not state["Paused"] and state.get("Health", {}).get("Status", "healthy") == "healthy" for state in states)

    # The database, asked from within its own container

    def rows(self, sql):
        """Rows of columns as text; `None` where the database does not answer now."""
        command = 'PGPASSWORD=$(cat /run/tidegate/password) exec psql -X -U tidegate -d tidegate -AtF "$(printf "\\t")" -c "$1"'
        result = run("docker", "exec", self.container("postgres"), "sh", "-c", command, "sh", sql, check=False)
        if result.returncode != 0:
            return None
        return [line.split("\t") for line in result.stdout.split("\n") if line]

    def number(self, sql):
        rows = self.rows(sql)
        return float(rows[0][0]) if rows and rows[0][0] != "" else None

    def positions(self):
        """How far each ready service is and how old its word is, in seconds, by its own row of the status table."""
        rows = self.rows(
            "SELECT name, max(position), min(extract(epoch FROM clock_timestamp() - updated_at)) FROM service_status "
            "WHERE ready GROUP BY 1")
        return {name: (int(position), float(age)) for name, position, age in rows or []}

    def feed_has_ended(self):
        return self.rows("SELECT 1 FROM feed_status WHERE finished") != []

    # What it serves

    def fetch(self, address):
        """The body, or `None` where nobody answers."""
        try:
            with DIRECT.open(address, timeout=5) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return None

    def scraped(self):
        """The services that Prometheus has scraped, each with its number of containers."""
        text = self.fetch(f"{self.prometheus}/api/v1/query?query=up%7Bjob%3D%22tidegate%22%7D%20%3D%3D%201")
        found = {}
        for series in json.loads(text)["data"]["result"] if text else []:
            name = series["metric"]["service"]
            found[name] = found.get(name, 0) + 1
        return found
