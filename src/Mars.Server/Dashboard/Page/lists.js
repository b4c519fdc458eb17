// Events and models at the side.

import { at, clock, lasted, make, name, write } from "./format.js";

const mostEvents = 50;

/** A list of events, the newest first. Rows are kept, so that a reader's place in the list is. */
export class EventList {
  #rows = new Map();
  #list;
  #empty;
  #withCamera;

  constructor(list, empty, withCamera) {
    [this.#list, this.#empty, this.#withCamera] = [list, empty, withCamera];
  }

  show(event) {
    let row = this.#rows.get(event.id);
    if (!row) {
      row = make("li", "", make("time"), make("span", "label"), make("span", "lasted"));
      if (this.#withCamera) {
        const link = make("a", "", event.camera);
        link.href = `#camera=${encodeURIComponent(event.camera)}`;
        row.append(make("span", "where", link));
      }
      this.#rows.set(event.id, row);
      this.#list.prepend(row);
      if (this.#rows.size > mostEvents) {
        const [oldest, last] = this.#rows.entries().next().value;
        last.remove();
        this.#rows.delete(oldest);
      }
    }
    row.className = event.end === null ? "open" : "";
    const [time, label, length] = row.children;
    time.dateTime = new Date(event.start).toISOString();
    write(time, clock(event.start));
    write(label, name(event.label));
    write(length, event.end === null ? "now" : lasted(event.end - event.start));
    this.#empty.hidden = true;
  }

  /** Forgets actions that are under way and not among these: nobody will say that they have ended. */
  keep(ids) {
    for (const [id, row] of this.#rows) {
      if (row.className === "open" && !ids.has(id)) {
        row.remove();
        this.#rows.delete(id);
      }
    }
  }

  clear() {
    this.#rows.clear();
    this.#list.replaceChildren();
    this.#empty.hidden = false;
  }
}

let models = "";

/** Models, and packages that could not be used. */
export function showModels(server) {
  const seen = JSON.stringify([server.models, server.refused, server.ready]);
  if (seen === models)
    return;
  models = seen;
  const rows = server.models.map(model => {
    const key = make("p", "key", model.key);
    if (model.isDefault)
      key.append(make("span", "tag", "default"));
    const row = make("li", "", key,
      make("p", "quiet", `${model.kind}, ${model.precision} on ${model.provider} · ${model.labels} actions · ${model.cameras} ${model.cameras === 1 ? "camera" : "cameras"}`));
    if (model.strideFactor > 1)
      row.append(make("p", "trouble", `Too slow for its cameras: strides are ${model.strideFactor} times as long${model.refusesCameras ? ", and new cameras are refused" : ""}`));
    return row;
  });
  const refused = server.refused.map(reason => make("li", "", make("p", "trouble", `Refused: ${reason}`)));
  at("models").replaceChildren(...rows, ...refused);
  at("no-models").hidden = rows.length + refused.length > 0;
}
