import { byId, element, replaceKeepingFocus } from "../base/dom.js";

/** Asks where images are that do not lie where their projects saw them last. */
export class LostImages {
  constructor(store, session) {
    Object.assign(this, { store, session });
    this.host = element("div", { class: "messages" });
    byId("notices").prepend(this.host);
    store.subscribe(["lost"], ({ lost }) => replaceKeepingFocus(this.host, lost.map((image) => this.#form(image))));
  }

  #form({ id, project, image, has_changed: hasChanged }) {
    const field = element("input", {
      type: "text", spellcheck: "false", autocomplete: "off", value: image, "data-key": `lost-${id}`, "aria-label": `Path of the image of ${project}`,
    });
    const fact = hasChanged
      ? "has changed since: it is not the image of which the project is"
      : "is not there any more";
    const form = element("form", { class: "notice warning lost" },
      element("p", {}, element("strong", {}, project), `: its image ${image} ${fact}. What was done is kept. Where is the image now? `
        + "Give its path, or that of the folder that holds it, whatever its name is; or drop it on the page. Its checksum tells it."),
      element("div", { class: "lost-path" }, field, element("button", { type: "submit", class: "primary" }, "Open")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.session.findLost(id, field.value);
    });
    return form;
  }
}
