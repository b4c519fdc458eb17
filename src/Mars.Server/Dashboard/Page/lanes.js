// Time from left to right, a lane for each camera or action.

import { clock, make, name } from "./format.js";

const labelWidth = 140;
const letterWidth = 6.5;

function lane(what, spans) {
  const label = make("span", "what", what);
  label.title = what;
  return make("div", "lane", label, make("div", "when", ...spans));
}

function place(span, start, end, from, to) {
  const width = to - from;
  span.style.left = `${Math.max(0, (start - from) / width) * 100}%`;
  span.style.width = `${Math.max(0, (Math.min(end, to) - Math.max(start, from)) / width) * 100}%`;
  return span;
}

function axis(from, to) {
  return lane("", [clock(from), clock((from + to) / 2), clock(to)].map(t => make("b", "", t)));
}

/** Events of several cameras: the label on the bar. */
export function eventLanes(element, events, from, to, most) {
  const room = Math.max(0, element.clientWidth - labelWidth) / (to - from);
  const cameras = [...new Set(events.map(e => e.camera))].sort().slice(0, most);
  const rows = cameras.map(camera => lane(camera, events.filter(e => e.camera === camera).map(event => {
    const [label, end] = [name(event.label), event.end ?? to];
    const fits = room * (end - Math.max(event.start, from)) > label.length * letterWidth + 12;
    return place(make("span", event.end === null ? "open" : "", fits ? label : ""), event.start, end, from, to);
  })));
  const last = axis(from, to);
  last.classList.add("axis");
  element.replaceChildren(...rows, last);
}

/** The best action of each second of one camera: a lane for each action, the surer the stronger. */
export function trackLanes(element, track, from, to, most) {
  const seconds = new Map();
  for (const point of track.filter(p => p.time >= from))
    seconds.set(point.label, [...seconds.get(point.label) ?? [], point]);
  const labels = [...seconds].sort((a, b) => b[1].length - a[1].length).slice(0, most).map(([label]) => label).sort();
  const rows = labels.map(label => lane(name(label), runs(seconds.get(label)).map(run => {
    const span = place(make("span", "point"), run.start, run.end, from, to);
    span.style.opacity = 0.25 + 0.75 * run.score;
    return span;
  })));
  const last = axis(from, to);
  last.classList.add("axis");
  element.replaceChildren(...rows, last);
  element.setAttribute("aria-label", labels.length === 0
    ? "Nothing yet."
    : `The best action of each second: ${labels.map(l => `${name(l)} for ${seconds.get(l).length} s`).join(", ")}.`);
}

// Seconds that follow each other with nearly the same score are one bar.
function runs(points) {
  const found = [];
  for (const { time, score } of points) {
    const last = found.at(-1);
    const step = Math.round(score * 4) / 4;
    if (last && last.end === time && last.score === step)
      last.end = time + 1000;
    else
      found.push({ start: time, end: time + 1000, score: step });
  }
  return found;
}
