import { byId, element } from "./dom.js";

/** In a lower window, in CSS pixels, several warnings are folded to a line at first: the views need the room. */
const heightForLists = 800;

/**
 * Sentences of the server in the page: errors stay until they are closed, a message until the next action, and warnings of
 * the image and the result are listed in full, foldable to their number and the first of them, never behind an icon alone.
 */
export class Notices {
  #messages = element("div", { class: "messages", role: "status", "aria-live": "polite" });
  #errors = element("div", { class: "messages", role: "alert" });
  #warnings = element("div", { class: "messages" });
  #shownWarnings = "";

  constructor(store) {
    byId("notices").append(this.#errors, this.#messages, this.#warnings);
    store.subscribe(["project"], ({ project }) => this.#showWarnings(project));
  }

  /** Shows what went wrong; requests that were given up on purpose are not errors. */
  error(error) {
    if (error.name === "AbortError") return;
    const known = [...this.#errors.children].some((notice) => notice.firstChild.textContent === error.message);
    if (!known) this.#errors.append(this.#notice("error", error.message));
  }

  message(sentence) {
    this.#messages.replaceChildren(this.#notice("message", asSentence(sentence)));
  }

  /** A new action begins: what was said of the last one is past. */
  clear() {
    this.#messages.replaceChildren();
    this.#errors.replaceChildren();
  }

  #showWarnings(project) {
    const warnings = [...(project?.image.warnings ?? []), ...(project?.result?.warnings ?? [])];
    const key = JSON.stringify([project?.id, warnings]);
    // Drawn anew only when they change, so that folded warnings stay folded.
    if (key === this.#shownWarnings) return;
    this.#shownWarnings = key;
    if (warnings.length === 0) return this.#warnings.replaceChildren();
    if (warnings.length === 1) return this.#warnings.replaceChildren(this.#notice("warning", asSentence(warnings[0])));
    const list = element("ul", {}, warnings.map((warning) => element("li", {}, asSentence(warning))));
    const title = element("summary", {}, `${warnings.length} warnings`,
      element("span", { class: "first" }, `: ${asSentence(warnings[0])}`));
    const details = element("details", { class: "notice warning", open: innerHeight >= heightForLists }, title, list);
    this.#warnings.replaceChildren(details);
  }

  #notice(kind, sentence) {
    const notice = element("div", { class: `notice ${kind}` }, element("p", {}, sentence));
    const close = () => notice.remove();
    const name = `Close: ${sentence}`;
    notice.append(element("button", { type: "button", class: "quiet", "aria-label": name, onclick: close }, "×"));
    return notice;
  }
}

/** With a capital at its beginning, unless the name of a file stands there, and a stop at its end. */
export function asSentence(text) {
  const sentence = /^[^\s:]*[./][^\s:]*(:|\s)/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
