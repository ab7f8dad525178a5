import { getJSON } from "../base/api.js";
import { ask } from "../base/dialog.js";
import { byId, element } from "../base/dom.js";

/**
 * "Analyse...": every option of the command in a panel, grouped as in its help. Empty fields are left to the program, and only
 * what the user set is sent, so that the recipe says no more than was decided.
 */
export class Settings {
  #options = null;

  constructor(store, session) {
    Object.assign(this, { store, session });
    this.button = byId("analyse");
    this.button.addEventListener("click", () => this.open());
    store.subscribe(["project", "job"], ({ project, job }) => (this.button.disabled = !project || Boolean(job && !job.failed)));
  }

  async open() {
    if (this.button.disabled) return;
    try {
      this.#options ??= await getJSON("/api/options");
    } catch (error) {
      return this.session.notices.error(error);
    }
    const { project } = this.store.values;
    const used = project.result?.settings ?? {};
    const groups = byGroup(this.#options);
    const content = [
      element("p", {}, "What is left empty takes its default or is chosen from the image; the report says which values were ",
        "chosen, and why."),
      [...groups].map(([group, options], index) => this.#group(group, options, used, index)),
    ];
    const settings = await ask({
      title: `Analyse ${project.name}`, content, acceptLabel: "Analyse", className: "settings",
      accept: (form) => this.#collect(form),
    });
    if (settings) await this.session.perform("analysis", { settings, columns: "found" });
  }

  #group(group, options, used, index) {
    const isUsed = options.some(({ name }) => name in used);
    return element("details", { class: "option-group", open: index === 0 || isUsed },
      element("summary", {}, group),
      element("div", { class: "options" }, options.map((option) => this.#option(option, used[option.name]))));
  }

  #option({ name, takes_value: takesValue, value_name: valueName, choices, help, default: byDefault }, value) {
    const id = `option-${name}`;
    const about = { id, name, "aria-describedby": `${id}-help` };
    const helpText = element("p", { id: `${id}-help`, class: "hint" }, help);
    const title = name.replaceAll("-", " ");
    if (!takesValue) {
      return element("div", { class: "option" }, element("label", { class: "check", for: id },
        element("input", { ...about, type: "checkbox", checked: value === true }), ` ${title}`), helpText);
    }
    const field = choices
      ? element("select", about, element("option", { value: "" }, byDefault ? `default: ${byDefault}` : "default"),
        choices.map((choice) => element("option", { value: choice }, choice)))
      : element("input", { ...about, type: "text", placeholder: byDefault, autocomplete: "off", spellcheck: "false" });
    field.value = value ?? "";
    return element("div", { class: "option" },
      element("label", { for: id }, title, valueName && !choices && element("span", { class: "faint" }, ` · ${valueName}`)),
      field, helpText);
  }

  #collect(form) {
    const settings = {};
    for (const { name, takes_value: takesValue } of this.#options) {
      const field = form.elements.namedItem(name);
      if (takesValue && field.value.trim() !== "") settings[name] = field.value.trim();
      else if (!takesValue && field.checked) settings[name] = true;
    }
    return settings;
  }
}

/** The options of each group, both in the order of the server's list. */
function byGroup(options) {
  const groups = new Map();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return groups;
}
