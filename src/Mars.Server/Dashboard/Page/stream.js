// The one stream from the server, read with fetch and not EventSource: that gives up for good when a proxy answers 502, and does not notice a connection that is dead.

const silence = 6000; // the server speaks once a second: after this long the connection is dead, whatever the browser thinks
const longestWait = 8000;

/**
 * Keeps the stream open for ever. Calls update(message) for each message, and state(name, detail) when the connection is "live", "lost" (detail: milliseconds until
 * the next attempt) or "refused" (it then waits for now()).
 */
export function follow(url, update, state) {
  let wait = 500;
  let wake = () => {};
  const pause = time => new Promise(done => {
    const timer = setTimeout(done, time);
    wake = () => { clearTimeout(timer); done(); };
  });

  async function run() {
    for (;;) {
      const status = await once(url, message => {
        if (message.first) {
          wait = 500;
          state("live");
        }
        update(message);
      });
      if (status === 401 || status === 403) {
        state("refused");
        await pause(2 ** 31 - 1);
      } else {
        state("lost", wait);
        await pause(wait);
        wait = Math.min(wait * 2, longestWait);
      }
    }
  }

  run();
  addEventListener("online", () => wake());
  return { now: () => { wait = 500; wake(); } };
}

// Until the connection ends. Gives the HTTP status, or 0 where there was none.
async function once(url, update) {
  const abort = new AbortController();
  let timer = setTimeout(() => abort.abort(), silence);
  try {
    const response = await fetch(url, { cache: "no-store", signal: abort.signal });
    if (!response.ok)
      return response.status;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done)
        return response.status;
      clearTimeout(timer);
      timer = setTimeout(() => abort.abort(), silence);
      text += value;
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events) {
        const data = event.split("\n").filter(line => line.startsWith("data:")).map(line => line.slice(5)).join("\n");
        if (data)
          update(JSON.parse(data));
      }
    }
  } catch {
    return 0; // the network's words for it help nobody
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
