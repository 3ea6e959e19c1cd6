"""Who should not get in: containers beside the deployment without the right key, or with the wrong database user."""

import glob
import json
import os

from compose_stack import SERVICES, Failure, expect, run


class Strangers:
    def __init__(self, stack, image):
        self.stack = stack
        self.image = image

    def container(self, script, *options, check=False, limit=60, image=None):
        """Runs a shell script on the pipeline's network as the services' user; gives its result."""
        return run(
            "docker", "run", "--rm", "--network", f"{self.stack.project}_pipeline", "--user", "10001:10001", "--tmpfs",
            "/tmp:mode=1777", *options, "--entrypoint", "sh", image or self.image, "-c", script, check=check, limit=limit)

    def mount(self, bundle):
        return ("-v", f"{self.stack.volume(bundle)}:/{bundle.removeprefix('bundle-')}:ro")

    # The bus

    # Six seconds of listening, from when it has begun.
    READ = ("tidegate record /tmp/heard.tgr --folder /tmp/me --endpoint tcp://{publisher}:7000 --service {publisher} --json "
            "{secure} & until [ -e /tmp/heard.tgr ]; do sleep 0.2; done; sleep 6; kill -TERM $!; wait $!")

    def heard(self, prepare, publisher, secure, *options):
        """How many batches a container hears from a publisher within some seconds."""
        script = f"mkdir -p /tmp/me/keys; {prepare} {self.READ.format(publisher=publisher, secure=secure)}"
        result = self.container(script, *options)
        try:
            return json.loads(result.stdout.strip().split("\n")[-1])["batches"]
        except (ValueError, KeyError):
            raise Failure(f"a listener to {publisher} ended with {result.returncode}: {result.stderr.strip()[-400:]}")

    def check_reading(self):
        own = "cp /operator/keys/* /tmp/me/keys/;"
        expect(self.heard(own, "ingestor", "--secure", *self.mount("bundle-operator")) > 0,
               "the operator's key reads the feed")
        expect(self.heard("", "ingestor", "") == 0, "a container without a key hears nothing")
        other = ("cp /feature-builder/keys/feature-builder.key /tmp/me/keys/operator.key;"
                 "cp /feature-builder/keys/risk-gate.pub /tmp/me/keys/;")
        expect(self.heard(other, "risk-gate", "--secure", *self.mount("bundle-feature-builder")) == 0,
               "the feature-builder's key does not read the risk-gate's orders")

    def keep_stale_keys(self):
        """Keeps the operator's and the ingestor's keys aside, and gives both others; the ingestor goes on with its own."""
        run("docker", "volume", "create", self.stack.volume("stale"))
        self.container("cp -r /operator/keys /stale/operator; cp -r /ingestor/keys /stale/ingestor", *self.mount("bundle-operator"),
                       *self.mount("bundle-ingestor"), "-v", f"{self.stack.volume('stale')}:/stale", "--user", "0:0", check=True)
        for role in ["operator", "ingestor"]:
            self.stack.compose("run", "--rm", "--no-deps", "secrets", "tidegate", "keys", "replace", role, "--folder", "/vault")
        self.stack.compose("up", "--no-deps", "--force-recreate", "secrets")
        run("docker", "restart", self.stack.container("ingestor"))

    def check_stale_keys(self):
        """After every service has been started again since they were replaced."""
        volume = ("-v", f"{self.stack.volume('stale')}:/stale:ro", "--user", "0:0")
        heard = self.heard("cp /stale/operator/* /tmp/me/keys/;", "ingestor", "--secure", *volume)
        expect(heard == 0, "the operator's key from before its replacement hears nothing")
        own = "cp /operator/keys/* /tmp/me/keys/;"
        expect(self.heard(own, "ingestor", "--secure", *self.mount("bundle-operator")) > 0, "the operator's new key does")
        self.check_publisher("with the ingestor's key from before its replacement", "cp /stale/ingestor/* /tmp/me/keys/;", "--secure",
                             *volume)

    def check_publishing(self):
        other = ("for kind in key pub; do cp /trainer/keys/trainer.$kind /tmp/me/keys/ingestor.$kind; done;"
                 "cp /ingestor/keys/feature-builder.pub /ingestor/keys/executor.pub /ingestor/keys/metrics-recorder.pub "
                 "/ingestor/keys/operator.pub /ingestor/keys/ingestor.allow /tmp/me/keys/;")
        self.check_publisher("without a key", "", "")
        self.check_publisher("with the trainer's key", other, "--secure", *self.mount("bundle-trainer"), *self.mount("bundle-ingestor"))

    def check_publisher(self, what, prepare, secure, *options):
        """A stranger at the ingestor's name, with the ingestor's own words: the services look at it, and take nothing."""
        script = ("mkdir -p /tmp/me/keys; cp /operator/keys/* /tmp/me/keys/;"
                  + self.READ.format(publisher="ingestor", secure="--secure") + " >/dev/null; rm -r /tmp/me/keys/*;" + prepare
                  + f"tidegate replay /tmp/heard.tgr --folder /tmp/me --endpoint 'tcp://*:7000' --json {secure} & sleep 12; "
                  "kill -TERM $!; wait $!")
        result = self.container(script, *self.mount("bundle-operator"), "--network-alias", "ingestor", *options)
        try:
            behind = json.loads(result.stdout.strip().split("\n")[-1])["behind"]
        except (ValueError, KeyError):
            raise Failure(f"a stranger at the ingestor's name said: {result.stderr.strip()[-400:]}")
        expect(sorted(behind) == ["executor", "feature-builder", "metrics-recorder"],
               f"a publisher {what} at the ingestor's name is heard by nobody")

    # The database

    def sql(self, statement, user, *options, connection="service=tidegate"):
        script = f'psql -X "{connection} user={user}" -c "{statement}"'
        return self.container(
            script, "-e", "PGSERVICEFILE=/etc/tidegate/pg_service.conf", "-v", f"{self.stack.volume('bundle-executor')}:/run/tidegate:ro",
            "-v", f"{os.path.dirname(os.path.abspath(__file__))}/../../compose/config:/etc/tidegate:ro", *options,
            image="postgres:15-bookworm")

    def check_database(self):
        def refused(result, because):
            return result.returncode != 0 and because in result.stderr
        executor = "tidegate_executor"
        expect(self.sql("SELECT count(*) FROM fills", executor).returncode == 0, "the executor's user reads its fills")
        for statement in ["INSERT INTO decisions DEFAULT VALUES", "UPDATE fills SET price = 1", "DELETE FROM orders",
                          "SELECT * FROM model_versions", "CREATE TABLE mine (a int)"]:
            expect(refused(self.sql(statement, executor), "permission denied"), f"its user may not: {statement}")
        expect(refused(self.sql("SELECT 1", "tidegate_risk_gate"), "password"), "nor log in as the risk-gate")
        plain = "host=postgres dbname=tidegate sslmode=disable passfile=/run/tidegate/passfile"
        expect(refused(self.sql("SELECT 1", executor, connection=plain), "no encryption"), "nor come without TLS")

    # What is secret

    def secrets(self):
        """Every secret of the deployment, as text that must stand nowhere."""
        script = ("cat /vault/passwords/* /vault/keys/*.key; grep -v -- ----- /vault/database/server.key")
        result = run("docker", "run", "--rm", "--network", "none", "--user", "0:0", "-v", f"{self.stack.volume('vault')}:/vault:ro",
                     "--entrypoint", "sh", self.image, "-c", script)
        return [line for line in result.stdout.split("\n") if line]

    def check_secrets(self):
        secrets = self.secrets()
        expect(len(secrets) >= 20, f"there are {len(secrets)} secrets to look for")
        names = run("docker", "ps", "-aq", "--filter", f"label=com.docker.compose.project={self.stack.project}").stdout.split()
        images = ["tidegate/services:local", "tidegate/learning:local"]
        places = {
            "docker inspect": run("docker", "inspect", *names, *images).stdout,
            "docker history": "".join(run("docker", "history", "--no-trunc", image).stdout for image in images),
            "the logs": self.stack.compose("logs", "--no-color").stdout,
            "ps and its environments": self.processes(),
        }
        for place, text in places.items():
            expect(len(text) > 100 and not any(secret in text for secret in secrets), f"no secret stands in {place}")

    @staticmethod
    def processes():
        text = ""
        for path in glob.glob("/proc/[0-9]*/cmdline") + glob.glob("/proc/[0-9]*/environ"):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    text += file.read() + "\n"
            except OSError:
                continue
        return text

    def check_confinement(self):
        for service in SERVICES + ["postgres", "prometheus"]:
            found = self.stack.inspect(service)
            host = found["HostConfig"]
            user = found["Config"]["User"]
            if not (host["ReadonlyRootfs"] and host["CapDrop"] == ["ALL"] and not host["CapAdd"] and user not in ("", "root", "0")
                    and any("no-new-privileges" in option for option in host["SecurityOpt"]) and host["Memory"] > 0):
                raise Failure(f"{service} is not confined")
        expect(True, "every container has a read-only file system, no capability, another user than root, and a memory limit")
