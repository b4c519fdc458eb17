// Puts the page together: one stream in, what it says shown.

import { CameraView } from "./camera.js";
import { Cards } from "./cards.js";
import { at, clock, count, rate, write } from "./format.js";
import { eventLanes } from "./lanes.js";
import { EventList, showModels } from "./lists.js";
import { follow } from "./stream.js";

const span = 60_000;
const lanes = 12;
const pictureInterval = 1000;
const largePictureInterval = 250;

const cameras = new Map();
const events = new Map();
const cards = new Cards();
const large = new CameraView();
const eventList = new EventList(at("events"), at("no-events"), true);

let server = { ready: false, draining: false, pictures: false, models: [], refused: [] };
let skew = 0; // the server's clock less ours
let connection = "connecting";
let lastMessage = 0;
let known = false; // whether the server has told which cameras there are

const now = () => Date.now() + skew;

function update(message) {
  skew = message.now - Date.now();
  lastMessage = Date.now();
  if (message.first) {
    // What is still there stays as it is, with whoever reads it.
    const ids = new Set(message.cameras.map(c => c.id));
    message.gone = [...cameras.keys()].filter(id => !ids.has(id));
    const told = new Set(message.events.map(e => e.id));
    [...events].filter(([id, event]) => event.end === null && !told.has(id)).forEach(([id]) => events.delete(id));
    eventList.keep(told);
    known = true;
    if (large.id !== null)
      large.past();
  }
  if (message.server)
    server = message.server;
  for (const camera of message.cameras)
    cameras.set(camera.id, camera);
  for (const id of message.gone) {
    cameras.delete(id);
    cards.remove(id);
  }
  for (const event of message.events) {
    events.set(event.id, event);
    eventList.show(event);
    large.event(event);
  }
  for (const [id, event] of events) {
    if (event.end !== null && event.end < now() - span)
      events.delete(id);
  }
  show(message.cameras);
}

// Whose time has come: all once a second, for what is said of time, otherwise those that have changed.
function show(changed) {
  for (const camera of changed)
    cards.show(camera, now(), server.pictures);
  if (large.id !== null && cameras.has(large.id))
    large.show(cameras.get(large.id), server, now());
  else if (large.id !== null && known)
    large.missing();
  showModels(server);
  at("empty").hidden = !known || cameras.size > 0;
  const all = [...cameras.values()].filter(c => c.connected);
  const sum = of => all.reduce((total, camera) => total + of(camera), 0);
  write(at("total-cameras"), known ? count(all.length) : "–");
  write(at("total-frames"), known ? rate(sum(c => c.frameRate)) : "–");
  write(at("total-windows"), known ? rate(sum(c => c.answerRate)) : "–");
  write(at("total-dropped"), known ? count(sum(c => c.dropped)) : "–");
  showConnection();
}

function showConnection() {
  const chip = at("connection");
  const texts = { connecting: "Connecting …", lost: "Connection lost", refused: "Not allowed" };
  chip.dataset.state = connection;
  write(chip, connection !== "live" ? texts[connection] : server.draining ? "Stopping" : server.ready ? "Live" : "Loading models …");
  const away = connection === "lost" || connection === "refused";
  document.body.classList.toggle("stale", away);
  at("banner").hidden = !away;
  if (!away)
    return;
  const seen = known ? ` What you see is from ${clock(lastMessage + skew)}.` : "";
  write(at("banner-text"), connection === "refused"
    ? `The server does not let you look at cameras: ask for the role of a viewer.${seen}`
    : `${server.draining ? "The server has stopped." : "There is no connection to the server."}${seen} It is tried again by itself.`);
}

function route() {
  const before = large.id;
  const id = new URLSearchParams(location.hash.slice(1)).get("camera");
  at("overview").hidden = id !== null;
  at("camera").hidden = id === null;
  document.title = id === null ? "Mars" : `${id} – Mars`;
  if (id === null) {
    large.close();
    if (before !== null)
      cards.focus(before);
    return;
  }
  large.open(id);
  show([]);
  at("camera-name").focus();
  scrollTo(0, 0);
}

const stream = follow("/live/events", update, state => {
  connection = state;
  showConnection();
});

setInterval(() => {
  show([...cameras.values()]);
  const from = now() - span;
  const recent = [...events.values()].filter(e => (e.end ?? now()) > from);
  at("timeline").hidden = recent.length === 0;
  if (large.id === null && recent.length > 0)
    eventLanes(at("lanes"), recent, from, now(), lanes);
}, 1000);
setInterval(() => large.id === null && connection === "live" && cards.refresh(), pictureInterval);
setInterval(() => connection === "live" && large.refresh(), largePictureInterval);

addEventListener("hashchange", route);
at("try-now").addEventListener("click", () => stream.now());
const command = `./mars watch film.mp4${location.origin === "http://127.0.0.1:5150" ? "" : ` --server ${location.origin}`}`;
write(at("command"), command);
at("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(command);
    write(at("copy"), "Copied");
  } catch {
    getSelection().selectAllChildren(at("command")); // without TLS there is no clipboard but on this machine
    write(at("copy"), "Press Ctrl+C");
  }
  setTimeout(() => write(at("copy"), "Copy"), 2000);
});
route();
