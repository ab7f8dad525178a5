import { byId, element } from "../base/dom.js";

/** What to do next, written where a view is still empty. */
export class Hints {
  constructor(store) {
    this.micrograph = element("p", { class: "empty" }, "Open a micrograph with the button above, or drop the file here.");
    this.layout = element("p", { class: "empty" });
    byId("micrograph").append(this.micrograph);
    byId("layout").append(this.layout);
    store.subscribe(["project", "projects"], (values) => this.#show(values));
  }

  #show({ project, projects }) {
    this.micrograph.hidden = projects.length > 0;
    this.layout.hidden = !project || Boolean(project.result?.is_layout);
    this.layout.textContent = project?.result
      ? "This result has no layout." : "Columns with like surroundings lie together here, once the micrograph is analysed.";
  }
}
