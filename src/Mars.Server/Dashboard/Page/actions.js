// The best actions of a window as bars.

import { make, name, percent, write } from "./format.js";

function row() {
  const fill = make("i");
  const bar = make("span", "bar", fill);
  bar.setAttribute("aria-hidden", "true");
  return make("li", "", make("span", "label"), make("span", "score"), bar);
}

/** Shows the first few of an answer in a list. */
export function showActions(list, top, most, none) {
  const wanted = Math.min(top.length, most);
  if (wanted === 0) {
    if (list.firstElementChild?.className !== "none")
      list.replaceChildren(make("li", "none", none));
    else
      write(list.firstElementChild, none);
    return;
  }
  if (list.firstElementChild?.className === "none")
    list.replaceChildren();
  while (list.children.length < wanted)
    list.append(row());
  while (list.children.length > wanted)
    list.lastElementChild.remove();
  for (let i = 0; i < wanted; i++) {
    const [label, score, bar] = list.children[i].children;
    write(label, name(top[i].label));
    write(score, percent(top[i].score));
    bar.firstElementChild.style.transform = `scaleX(${top[i].score})`;
  }
}
