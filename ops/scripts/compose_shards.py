"""Services divided by instrument while the feed runs, and an instance lost for good to one that stands by."""

import time

from compose_stack import SERVICES, expect, run, wait

DIVIDED = ["feature-builder", "inference-server"]


class Shards:
    """The stack's feed must not have ended."""

    def __init__(self, stack):
        self.stack = stack

    def check(self):
        for service in DIVIDED:
            self.stack.environment[f"TIDEGATE_PIPELINE_SHARDS_{service.upper().replace('-', '_')}"] = "2"
        begin = time.monotonic()
        self.stack.compose("up", "-d", "--no-deps", "--wait", *SERVICES)
        self.wait_until_all_work("each shard has news of the feed")
        expect(not self.stack.feed_has_ended(), f"{' and '.join(DIVIDED)} divided in two while the feed ran, in "
               f"{time.monotonic() - begin:.0f} s")
        self.stack.compose("up", "-d", "--no-deps", "--wait", "--scale", "inference-server=3", "inference-server")
        standing = self.stack.number("SELECT count(*) FROM service_status WHERE name = 'inference-server' AND instance LIKE 'standby %'")
        expect(standing == 1, "a third inference-server stands by")
        # The first container holds a shard, since it was there before the third; without it the numbers have a hole.
        lost = self.stack.inspect("inference-server")["Config"]["Hostname"]
        shard = next(shard for shard, holder in self.holders().items() if holder.split("/")[0] == lost)
        run("docker", "rm", "-f", lost)
        begin = time.monotonic()
        wait("another is its shard", lambda: self.holders().get(shard, lost).split("/")[0] != lost, limit=60)
        seconds = time.monotonic() - begin
        self.wait_until_all_work("the taken over shard has news of the feed")
        expect(not self.stack.feed_has_ended(), f"its container removed by force, the one that stood by was the shard after {seconds:.1f} s, "
               f"and level with the feed after {time.monotonic() - begin:.1f} s")

    def holders(self):
        """Who holds each shard of the inference-server now."""
        rows = self.stack.rows(
            "SELECT shard, holder FROM shard_claims WHERE service = 'inference-server' AND shards = 2 AND expires_at > clock_timestamp()")
        return dict(rows or [])

    def wait_until_all_work(self, what):
        """Every shard, by its own word of the last seconds, is where the feed is now."""
        goal = self.stack.positions()["ingestor"][0]

        def all_work():
            rows = self.stack.rows(
                "SELECT name, instance FROM service_status WHERE ready AND instance IN ('1of2', '2of2') "
                f"AND position >= {goal} AND updated_at > clock_timestamp() - interval '3 seconds'")
            return len(rows or []) == 2 * len(DIVIDED)

        wait(what, all_work, limit=120)
