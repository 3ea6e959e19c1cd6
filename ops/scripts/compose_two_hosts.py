"""The services on two hosts: two projects that share nothing but the host's address and what they publish there."""

import fcntl
import json
import os
import socket
import struct
import tempfile
import time

from compose_stack import ROOT, expect, free_port, run, wait


def gateway():
    """An address at which containers of any network reach what the host publishes."""
    bridge = json.loads(run("docker", "network", "inspect", "bridge").stdout)[0]["Options"]["com.docker.network.bridge.name"]
    # Docker's own account of the gateway lacks it where the bridge was there before the engine: the interface always tells.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        answer = fcntl.ioctl(probe, 0x8915, struct.pack("256s", bridge.encode()))  # SIOCGIFADDR
    return socket.inet_ntoa(answer[20:24])


class TwoHosts:
    def __init__(self, image, market, data):
        self.image = image
        self.data = data
        self.folder = tempfile.TemporaryDirectory(prefix="tidegate-two-hosts.")
        os.chmod(self.folder.name, 0o755)
        self.address = gateway()
        self.environment = {
            **os.environ, **market, "TIDEGATE_DATA": data, "TIDEGATE_FIRST": self.address, "TIDEGATE_SECOND": self.address,
            "TIDEGATE_BUNDLES": f"{self.folder.name}/bundles", "TIDEGATE_SOURCE_SPEED": "max",
            "TIDEGATE_DASHBOARD_PORT": free_port(), "TIDEGATE_PROMETHEUS_PORT": free_port(),
        }

    def compose(self, host, *arguments, check=True):
        return run("docker", "compose", "-p", f"tidegate-check-{host}", "-f", f"{ROOT}/compose/two-hosts.yaml", "--profile", host,
                   *arguments, check=check, env=self.environment)

    def command(self, bundle, user, *arguments):
        """The command line, from a container of neither host."""
        url = f"service=tidegate host={self.address} user={user}"
        return run("docker", "run", "--rm", "--user", "10001:10001", "--workdir", "/tmp", "-e", f"TIDEGATE_DATABASE_URL={url}",
                   "-e", "PGSERVICEFILE=/etc/tidegate/pg_service.conf", "-v", f"{ROOT}/compose/config:/etc/tidegate:ro", "-v",
                   f"{self.folder.name}/bundles/{bundle}:/run/tidegate:ro", "-v", f"{self.data}:/data:ro", self.image, "tidegate",
                   *arguments, check=False, limit=600)

    def status(self):
        result = self.command("operator", "tidegate_operator", "status", "--json")
        return json.loads(result.stdout.strip().split("\n")[-1]) if result.returncode == 0 else {"services": []}

    def check(self):
        begin = time.monotonic()
        run("docker", "run", "--rm", "--network", "none", "--user", "0:0", "-v", f"{self.folder.name}/vault:/vault", "-v",
            f"{self.folder.name}/bundles:/bundles", self.image, "tidegate", "prepare", "secrets", "--folder", "/vault", "--bundles",
            "/bundles", "--owner", "10001:10001", "--database-owner", "999:999", "--database-hosts", self.address)
        os.chmod(f"{self.folder.name}/bundles", 0o755)
        try:
            self.compose("first", "up", "-d", "--wait")
            self.compose("second", "up", "-d", "--wait")
            ready = wait("both hosts' services report", lambda: [s for s in self.status()["services"] if s["ready"]], limit=60)
            wait("two trainers report", lambda: sum(s["name"] == "trainer" and s["ready"] for s in self.status()["services"]) == 2,
                 limit=60)
            expect(len({s["name"] for s in ready}) == 8, "on two hosts: all eight services report, and two trainers")
            result = self.command("owner", "tidegate", "verify", "tables", "--data", "/data", "--json")
            report = json.loads(result.stdout.strip().split("\n")[-1])
            expect(report["identical"] and report["rows"]["fills"] > 0,
                   f"on two hosts: all tables are the backtest's, {report['rows']['fills']} fills, after {time.monotonic() - begin:.0f} s")
        finally:
            self.close()

    def close(self):
        for host in ("second", "first"):
            self.compose(host, "down", "--volumes", "--timeout", "5", check=False)
        self.folder.cleanup()
