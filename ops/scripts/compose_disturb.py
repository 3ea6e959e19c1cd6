"""What is done to a running deployment, and how long each service takes to be where the others are."""

import os
import signal
import time

from compose_stack import SERVICES, STAGES, Failure, run, wait


class Disturbances:
    """Each of them ends when the service is back; `pause` is how long one lasts, in seconds."""

    def __init__(self, stack, pause):
        self.stack = stack
        self.pause = pause
        self.table = []
        self.network = f"{stack.project}_pipeline"

    def kill(self, service):
        """SIGKILL to the process on the host, as the kernel would; the restart policy brings it back."""
        state = self.stack.inspect(service)
        os.kill(state["State"]["Pid"], signal.SIGKILL)
        wait(f"{service} is started again", lambda: self.stack.inspect(service)["RestartCount"] > state["RestartCount"])

    def stop(self, service):
        container = self.stack.container(service)
        run("docker", "stop", container)
        status = self.stack.inspect(service)["State"]["ExitCode"]
        if status != 0:
            raise Failure(f"{service} did not stop in order: exit status {status}")
        run("docker", "start", container)

    def freeze(self, service):
        run("docker", "pause", self.stack.container(service))
        time.sleep(self.pause)
        run("docker", "unpause", self.stack.container(service))

    def cut(self, service):
        run("docker", "network", "disconnect", self.network, self.stack.container(service))
        time.sleep(self.pause)
        run("docker", "network", "connect", "--alias", service, self.network, self.stack.container(service))

    def recreate_database(self):
        self.stack.compose("up", "-d", "--no-deps", "--force-recreate", "--wait", "postgres")

    def disturb(self, what, action, service):
        if self.stack.feed_has_ended():
            raise Failure(f"the feed ended before {service} was disturbed by {what}: give it a longer one")
        begin = time.monotonic()
        action(service) if service != "postgres" else action()
        back = time.monotonic()
        self.wait_until_caught_up(SERVICES if service == "postgres" else [service])
        self.table.append((service, what, back - begin, time.monotonic() - back))
        print(f"compose-check: {service:20} {what:24} {back - begin:6.1f} s, caught up after {time.monotonic() - back:5.1f} s",
              flush=True)

    def wait_until_caught_up(self, services):
        """Ready, with news, and past where the ingestor was when the service came back, by the service's own word."""
        begin = time.monotonic()
        goal = wait("the database answers", lambda: self.stack.positions().get("ingestor", (0, 0))[0])

        def caught_up(service):
            position, age = self.stack.positions().get(service, (0, 1e9))
            has_news = age < min(3.0, time.monotonic() - begin)
            if service == "ingestor":
                return has_news and position > goal
            return has_news and (service not in STAGES or position >= goal)

        for service in services:
            wait(f"{service} catches up", lambda: caught_up(service), limit=120)

    def all(self):
        for service in SERVICES:
            self.disturb("SIGKILL", self.kill, service)
            self.disturb("stopped and started", self.stop, service)
            self.disturb(f"paused {self.pause:.0f} s", self.freeze, service)
            self.disturb(f"cut off {self.pause:.0f} s", self.cut, service)
        self.disturb("recreated on its volume", self.recreate_database, "postgres")

    def print_table(self):
        print(f"\n{'service':20}  {'disturbance':24}  {'lasted s':>8}  {'caught up s':>11}")
        for service, what, lasted, caught_up in self.table:
            print(f"{service:20}  {what:24}  {lasted:8.1f}  {caught_up:11.1f}")
        print(f"{len(self.table)} disturbances, nothing lost\n", flush=True)
