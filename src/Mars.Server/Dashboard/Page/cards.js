// The cameras, a card each.

import { showActions } from "./actions.js";
import { at, count, delay, lasted, rate, write } from "./format.js";
import { Picture } from "./picture.js";

const order = new Intl.Collator("en", { numeric: true }).compare;
const silentAfter = 3000;
const shown = 3;

/** "live", "silent" or "left", and how it is said. */
export function stateOf(camera, now) {
  if (!camera.connected)
    return ["left", "left"];
  if (camera.lastFrame === null)
    return ["waiting", "no frame yet"];
  const quiet = now - camera.lastFrame;
  return quiet > silentAfter ? ["silent", `silent for ${lasted(Math.floor(quiet / 1000) * 1000).replace(".0", "")}`] : ["live", "live"];
}

export class Cards {
  #cards = new Map();
  #list = at("cameras");
  #seen = new IntersectionObserver(entries => {
    for (const entry of entries)
      entry.target.picture.visible = entry.isIntersecting;
  });

  /** Brings a camera's card up to date. */
  show(camera, now, pictures) {
    const card = this.#cards.get(camera.id) ?? this.#add(camera.id);
    const [state, text] = stateOf(camera, now);
    if ((card.element.dataset.state === "left") !== (state === "left") || !card.element.parentElement) {
      card.element.dataset.state = state;
      this.#place(camera.id, card);
    }
    card.element.dataset.state = state;
    card.state.dataset.state = state;
    write(card.state, text);
    showActions(card.actions, camera.top, shown, camera.answered > 0 ? "No action stands out." : "Waiting for the first window …");
    write(card.facts.frameRate, rate(camera.frameRate));
    write(card.facts.answerRate, rate(camera.answerRate));
    write(card.facts.age, camera.answered > 0 ? delay(camera.age ?? camera.delay) : "–");
    write(card.facts.dropped, count(camera.dropped));
    card.facts.dropped.classList.toggle("bad", camera.dropped > 0);
    card.picture.show(pictures && state !== "left");
  }

  remove(id) {
    this.#cards.get(id)?.element.remove();
    this.#cards.delete(id);
  }

  /** Pictures of the cards that are on the screen. */
  refresh() {
    for (const card of this.#cards.values())
      card.picture.refresh();
  }

  focus(id) {
    this.#cards.get(id)?.link.focus();
  }

  #add(id) {
    const element = at("card").content.cloneNode(true).firstElementChild;
    const link = element.querySelector(".name");
    link.textContent = id;
    link.title = id;
    link.href = `#camera=${encodeURIComponent(id)}`;
    const card = {
      element, link,
      state: element.querySelector(".state"),
      actions: element.querySelector(".actions"),
      facts: Object.fromEntries([...element.querySelectorAll("[data-fact]")].map(f => [f.dataset.fact, f])),
      picture: new Picture(element.querySelector(".thumb"), id),
    };
    element.picture = card.picture;
    this.#seen.observe(element);
    this.#cards.set(id, card);
    return card;
  }

  // By name, those that have left behind the others.
  #place(id, card) {
    const left = of => of.element.dataset.state === "left" ? 1 : 0;
    const after = ([name, other]) => left(other) - left(card) || order(name, id);
    const next = [...this.#cards].filter(other => other[1] !== card && other[1].element.parentElement && after(other) > 0).sort((a, b) => left(a[1]) - left(b[1]) || order(a[0], b[0]))[0];
    this.#list.insertBefore(card.element, next?.[1].element ?? null);
  }
}
