"""Trainers scaled by compose: every fit is done once whatever happens to trainers, and no table depends on how many."""

import datetime
import json
import os
import signal
import time

from compose_stack import Failure, expect, run, wait

TRAININGS = 20
# What a table takes from the trials of all trainings so far.
COUNTED = {"trials", "deflated_sharpe", "verdict"}
FIRST = datetime.date(2023, 10, 1)


def windows():
    """Of the trainings: thirty days each, every ninth day a new one."""
    for number in range(TRAININGS):
        start = FIRST + datetime.timedelta(days=9 * number)
        yield start, start + datetime.timedelta(days=30)


class Fleet:
    """The stack's trainers; its feed has ended, so that all of its history is there."""

    def __init__(self, stack):
        self.stack = stack

    def check(self):
        self.scale(3)
        three, seconds, owners = self.run_all(kills=2)
        # A trainer that was killed comes back as another.
        expect(len(owners) >= 3, f"three trainers did {TRAININGS} trainings in {seconds:.0f} s, two of them killed in the middle: "
               + ", ".join(f"{count}" for count in sorted(owners.values(), reverse=True)) + " fits done by each")
        self.scale(1)
        one, seconds, _ = self.run_all(kills=0)
        expect(one == three, f"one trainer, alone in {seconds:.0f} s, came to the same {TRAININGS} versions and tables")

    def scale(self, count):
        self.stack.compose("up", "-d", "--no-deps", "--wait", "--scale", f"trainer={count}", "trainer")
        wait(f"{count} trainers are scraped", lambda: self.stack.scraped().get("trainer") == count, limit=60)

    def run_all(self, kills):
        """Asks for all trainings and waits for them.

        Returns each one's table by its window's begin, the seconds it took, and how many fits each trainer ended.
        """
        last = int(self.stack.number("SELECT coalesce(max(id), 0) FROM jobs"))
        begin = time.monotonic()
        commands = "\n".join(f"--mode quick --seeds 1 --from {start} --to {end}" for start, end in windows())
        # Asked for in one container, since starting one takes longer than asking.
        script = 'while read -r line; do tidegate train --detach $line --json >/dev/null || exit 1; done <<<"$1"'
        self.stack.compose("--profile", "tools", "run", "--rm", "--no-deps", "--entrypoint", "bash", "tidegate", "-c", script,
                           "bash", commands)
        owners, killed = {}, 0

        def done():
            nonlocal killed
            rows = self.stack.rows(f"SELECT state, count(*) FROM jobs WHERE id > {last} GROUP BY 1") or []
            states = {state: int(count) for state, count in rows}
            if states.get("failed"):
                raise Failure(f"{states['failed']} jobs failed")
            for owner, in self.stack.rows(f"SELECT DISTINCT lease_owner FROM jobs WHERE id > {last} AND state = 'leased'") or []:
                owners.setdefault(owner, 0)
            if killed < kills and states.get("done", 0) >= 2 * TRAININGS * (killed + 1):
                killed += 1
                self.kill(killed)
            return set(states) == {"done"}

        wait(f"{TRAININGS} trainings are done", done, limit=900, pause=0.3)
        seconds = time.monotonic() - begin
        rows = self.stack.rows(
            f"SELECT payload ->> 'from', result FROM jobs WHERE id > {last} AND parent IS NULL ORDER BY id")
        fits = self.stack.rows(f"SELECT lease_owner FROM jobs WHERE id > {last} AND parent IS NOT NULL")
        # The trials that a table counts are those of all trainings before it.
        results = {begin: {key: value for key, value in json.loads(result).items() if key not in COUNTED}
                   for begin, result in rows}
        versions = {result["version"] for result in results.values()}
        stored = self.stack.number(f"SELECT count(*) FROM trials WHERE job_id > {last}")
        twice = self.stack.number(
            f"SELECT count(*) FROM (SELECT 1 FROM trials WHERE job_id > {last} GROUP BY job_id, fold HAVING count(*) > 1) x")
        expect(len(rows) == len(results) == len(versions) == TRAININGS and twice == 0 and stored == len(fits),
               f"{TRAININGS} trainings, {TRAININGS} model versions, {len(fits)} fits, as many trials, none twice")
        for owner, in fits:
            owners[owner] = owners.get(owner, 0) + 1
        return results, seconds, {owner: count for owner, count in owners.items() if count}

    def kill(self, number):
        container = f"{self.stack.project}-trainer-{number}"
        state = json.loads(run("docker", "inspect", container).stdout)[0]
        os.kill(state["State"]["Pid"], signal.SIGKILL)
