import { byId, element } from "../base/dom.js";

/** What was done, with the time; what was undone stays readable until something else is done. */
export class HistoryList {
  constructor(store, session) {
    this.session = session;
    this.undo = byId("undo");
    this.redo = byId("redo");
    this.undo.addEventListener("click", () => this.step("undo"));
    this.redo.addEventListener("click", () => this.step("redo"));
    this.list = element("ol", { class: "history", reversed: true });
    byId("panel-history").append(this.list);
    store.subscribe(["project", "job"], ({ project, job }) => this.#show(project, Boolean(job && !job.failed)));
  }

  async step(name) {
    if (!this[name].disabled) await this.session.perform(name);
  }

  #show(project, isBusy) {
    for (const [name, title] of [["undo", "Undo"], ["redo", "Redo"]]) {
      const what = project?.[name];
      const words = what ? `${title} ${what}` : title;
      this[name].disabled = !what || isBusy;
      this[name].querySelector(".words").textContent = words;
      this[name].title = words;
    }
    // The newest first: it is what undo takes back.
    const entries = (project?.history ?? []).toReversed();
    this.list.replaceChildren(...entries.map(({ time, text, is_undone: isUndone }) =>
      element("li", { class: isUndone ? "undone" : undefined },
        element("time", { datetime: time, title: new Date(time).toLocaleString() }, new Date(time).toLocaleTimeString("en-GB")),
        element("span", {}, text), isUndone && element("span", { class: "faint" }, "undone"))));
    if (entries.length === 0) this.list.replaceChildren(element("li", {}, "Nothing has been done yet."));
  }
}
