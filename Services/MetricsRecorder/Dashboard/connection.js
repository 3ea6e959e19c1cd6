// The live connection: server-sent events first, polling while they do not come, and word of which it is.

const SILENCE = 5000;
const POLL_EVERY = 2000;
const REOPEN_AFTER = 10000;

/** The JSON of an address of this server; throws with the server's own words when it refuses. */
export async function get(path) {
  const response = await fetch(path, { cache: "no-store", signal: AbortSignal.timeout(8000) });
  const value = await response.json().catch(() => ({ error: `${response.status} ${response.statusText}` }));
  if (!response.ok) throw new Error(value.error ?? String(response.status));
  return value;
}

/**
 * Calls `onTick(summary)` about once a second, and `onState("live" | "polling" | "lost", reason)` at each change.
 */
export function connect(onTick, onState) {
  let source;
  let openedAt = 0;
  let heardAt = Date.now();
  let state = "";
  let polling = false;

  const become = (next, reason = "") => {
    if (next === state) return;
    state = next;
    onState(next, reason);
  };

  const open = () => {
    source?.close();
    openedAt = Date.now();
    source = new EventSource("api/stream");
    source.addEventListener("tick", (event) => {
      heardAt = Date.now();
      become("live");
      onTick(JSON.parse(event.data));
    });
  };

  const poll = async () => {
    if (polling) return;
    polling = true;
    try {
      const summary = await get("api/summary");
      if (Date.now() - heardAt > SILENCE) {
        become("polling");
        onTick(summary);
      }
    } catch (error) {
      become("lost", error.message);
    } finally {
      polling = false;
    }
  };

  open();
  setInterval(() => {
    if (Date.now() - heardAt <= SILENCE) return;
    if (source.readyState === EventSource.CLOSED && Date.now() - openedAt > REOPEN_AFTER) open();
    poll();
  }, POLL_EVERY);
}
