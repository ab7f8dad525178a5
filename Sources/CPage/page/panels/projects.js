import { byId, element } from "../base/dom.js";

/** Chooses among the open micrographs, and opens another: by a button, or dropped anywhere on the page. */
export class Projects {
  constructor(store, session) {
    Object.assign(this, { store, session });
    this.select = byId("projects");
    this.file = byId("file");
    this.select.addEventListener("change", () => this.#open(Number(this.select.value)));
    byId("open").addEventListener("click", () => this.file.click());
    this.file.addEventListener("change", () => {
      if (this.file.files.length > 0) this.#send(this.file.files[0]);
      this.file.value = "";
    });
    store.subscribe(["projects", "project"], (values) => this.#show(values));
    this.#takeDrops();
  }

  #show({ projects, project }) {
    this.select.replaceChildren(...projects.map(({ id, name }) => element("option", { value: id }, name)));
    if (projects.length === 0) this.select.append(element("option", { value: "" }, "no micrograph"));
    if (project) this.select.value = project.id;
    this.select.disabled = projects.length < 2;
    this.select.title = project?.name ?? "";
  }

  async #open(id) {
    try {
      await this.session.open(id);
    } catch (error) {
      this.session.notices.error(error);
    }
  }

  async #send(file) {
    const { notices } = this.session;
    notices.clear();
    notices.message(`${file.name} is being sent to the server.`);
    try {
      await this.session.openFile(file);
      notices.clear();
    } catch (error) {
      notices.clear();
      notices.error(error);
    }
  }

  #takeDrops() {
    const isFile = (event) => event.dataTransfer?.types.includes("Files");
    // `dragleave` also comes for every element that the file passes over; only leaving the page has no next element.
    addEventListener("dragover", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      document.body.classList.add("dropping");
    });
    addEventListener("dragleave", (event) => event.relatedTarget === null && document.body.classList.remove("dropping"));
    addEventListener("drop", (event) => {
      if (!isFile(event)) return;
      event.preventDefault();
      document.body.classList.remove("dropping");
      if (event.dataTransfer.files.length > 0) this.#send(event.dataTransfer.files[0]);
    });
  }
}
