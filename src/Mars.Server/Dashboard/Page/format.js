// Numbers, times and names as people read them, and elements with text: never with HTML, because names come from outside.

export const percent = score => `${Math.round(score * 100)} %`;
export const rate = value => value.toFixed(1);
export const count = value => value.toLocaleString("en").replaceAll(",", "\u202f");
export const name = label => label.replaceAll("_", " ");
export const clock = time => new Date(time).toLocaleTimeString("en-GB");
export const lasted = ms => ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.round(ms % 60000 / 1000)} s`;
export const delay = ms => ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;

/** make("li", "label", "text") or make("li", "label", child, child). */
export function make(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className)
    element.className = className;
  element.append(...content); // strings become text nodes
  return element;
}

/** Writes only what has changed, so that nothing is laid out, or read aloud, again for nothing. */
export function write(element, text) {
  if (element.textContent !== text)
    element.textContent = text;
}

export const at = id => document.getElementById(id);
