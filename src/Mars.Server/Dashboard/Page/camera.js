// One camera, large.

import { showActions } from "./actions.js";
import { stateOf } from "./cards.js";
import { at, clock, count, delay, make, name, percent, rate, write } from "./format.js";
import { trackLanes } from "./lanes.js";
import { EventList } from "./lists.js";
import { Picture } from "./picture.js";

const shown = 5;
const span = 300_000;
const lanes = 8;

export class CameraView {
  id = null;
  #picture = null;
  #events = new EventList(at("camera-events"), at("camera-no-events"), false);
  #track = [];
  #maps = true;
  #looking = false;
  #labels = "";

  constructor() {
    at("look").addEventListener("click", () => this.#look(null));
    at("unlook").addEventListener("click", () => this.#unlook());
  }

  async open(id) {
    this.id = id;
    this.#track = [];
    this.#labels = "";
    this.#events.clear();
    this.#picture?.show(false);
    this.#picture = new Picture(at("view"), id);
    this.#picture.visible = true;
    this.#unlook();
    write(at("camera-name"), id);
    this.#notices([]);
    await this.past();
  }

  close() {
    this.#picture?.show(false);
    this.id = null;
  }

  /** What was before this page looked. */
  async past() {
    const id = this.id;
    try {
      const response = await fetch(`/live/camera?id=${encodeURIComponent(id)}`);
      if (!response.ok || this.id !== id)
        return;
      const past = await response.json();
      this.#track = past.track;
      past.events.forEach(event => this.#events.show(event));
      this.#notices(past.notices);
    } catch {
      // The stream says that the server is away.
    }
  }

  event(event) {
    if (event.camera === this.id)
      this.#events.show(event);
  }

  show(camera, server, now) {
    const [state, text] = stateOf(camera, now);
    at("camera-state").dataset.state = state;
    write(at("camera-state"), text);
    showActions(at("camera-top"), camera.top, shown, camera.answered > 0 ? "No action stands out." : "Waiting for the first window …");
    this.#remember(camera, now);
    trackLanes(at("track"), this.#track, now - span, now, lanes);
    this.#numbers(camera);
    this.#maps = server.models.find(m => m.key === camera.model)?.maps ?? false;
    at("look").disabled = !this.#maps || camera.answered === 0 || state === "left";
    if (!this.#maps && !this.#looking)
      write(at("look-text"), `${camera.model} cannot say where it looks: its graph has no activation maps. Export it again to have them.`);
    if (this.#looking)
      this.#choices(camera);
    const pictures = server.pictures && state !== "left" && !this.#looking;
    if (!this.#looking) {
      this.#picture.show(pictures);
      at("view").alt = pictures ? `What ${this.id} sees now` : "";
      at("no-view").hidden = pictures;
      write(at("no-view"), state === "left" ? "The camera has left." : "Pictures are off on this server (Mars:Page:Pictures). A map of where the model looks lies on grey, then.");
      write(at("view-text"), pictures ? "The newest frame, as small as the model gets it." : "");
    }
  }

  /** The server knows no camera of that name. */
  missing() {
    at("camera-state").dataset.state = "left";
    write(at("camera-state"), "not known to this server");
    at("look").disabled = true;
    at("no-view").hidden = false;
    write(at("no-view"), "It may come back.");
  }

  refresh() {
    if (!this.#looking)
      this.#picture?.refresh();
  }

  async #look(label) {
    const id = this.id;
    this.#looking = true;
    at("look").disabled = true;
    write(at("look-text"), "The model looks at the current window …");
    try {
      const response = await fetch(`/live/activation-map?camera=${encodeURIComponent(id)}${label === null ? "" : `&label=${encodeURIComponent(label)}`}`);
      if (this.id !== id || !this.#looking)
        return;
      if (!response.ok) {
        const problem = response.headers.get("Content-Type")?.includes("json") ? (await response.json()).detail : null;
        this.#unlook();
        write(at("look-text"), problem ?? "There is no window of this camera now.");
        return;
      }
      const what = name(decodeURIComponent(response.headers.get("Mars-Label")));
      this.#picture.show(true);
      this.#picture.set(await response.blob());
      at("view").alt = `Where the model sees “${what}” in the window of ${clock(Date.now())}: brighter and warmer is more`;
      at("no-view").hidden = true;
      at("unlook").hidden = false;
      write(at("look"), "Look again");
      write(at("look-text"), `Where “${what}” (${percent(Number(response.headers.get("Mars-Score")))}) is seen at ${clock(Date.now())}.`);
      write(at("view-text"), "Brighter and warmer: it speaks more for that action.");
    } catch {
      this.#unlook();
      write(at("look-text"), "The server did not answer.");
    } finally {
      at("look").disabled = false;
    }
  }

  #unlook() {
    this.#looking = false;
    this.#labels = "";
    this.#picture?.show(false);
    at("unlook").hidden = true;
    at("look-labels").hidden = true;
    write(at("look"), "Where does the model look?");
    write(at("look-text"), "");
  }

  // The map of another of the best actions.
  #choices(camera) {
    const labels = camera.top.map(a => a.label);
    const set = [...labels].sort().join("\n");
    if (set === this.#labels || at("look-labels").contains(document.activeElement))
      return;
    this.#labels = set;
    at("look-labels").hidden = labels.length === 0;
    at("look-labels").replaceChildren(...labels.map(label => {
      const button = make("button", "", name(label));
      button.type = "button";
      button.addEventListener("click", () => this.#look(label));
      return button;
    }));
  }

  #remember(camera, now) {
    const time = Math.floor(now / 1000) * 1000;
    const last = this.#track.at(-1);
    if (camera.top.length === 0 || camera.lastFrame === null || now - camera.lastFrame > 1500)
      return;
    const { label, score } = camera.top[0];
    if (last?.time === time) {
      if (score > last.score)
        [last.label, last.score] = [label, score];
    } else if (!last || last.time < time) {
      this.#track.push({ time, label, score });
    }
    while (this.#track[0].time < now - span)
      this.#track.shift();
  }

  #numbers(camera) {
    const rows = [
      ["model", camera.model],
      ["frames/s", rate(camera.frameRate)],
      ["windows/s", rate(camera.answerRate)],
      ["capture to answer", camera.age === null ? "the camera's clock is another" : delay(camera.age)],
      ["window to answer", delay(camera.delay)],
      ["frames", count(camera.frames)],
      ["frames rejected", count(camera.rejected), camera.rejected > 0],
      ["windows answered", count(camera.answered)],
      ["windows dropped", count(camera.dropped), camera.dropped > 0],
      ["last frame", camera.lastFrame === null ? "–" : clock(camera.lastFrame)],
    ];
    const list = at("numbers");
    if (list.children.length === 0)
      list.append(...rows.flatMap(([what]) => [make("dt", "", what), make("dd")]));
    rows.forEach(([, value, bad], i) => {
      write(list.children[2 * i + 1], value);
      list.children[2 * i + 1].classList.toggle("bad", bad ?? false);
    });
  }

  #notices(notices) {
    at("notices").replaceChildren(...notices.toReversed().map(notice => make("li", "", make("time", "", clock(notice.time)), make("span", "", `${words(notice.kind)}: ${notice.detail}`))));
    at("no-notices").hidden = notices.length > 0;
  }
}

// BadFrame: bad frame
const words = kind => kind.replace(/(?<=[a-z])[A-Z]/g, letter => ` ${letter}`).toLowerCase();
