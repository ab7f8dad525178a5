import { ask } from "../base/dialog.js";
import { element } from "../base/dom.js";

/** With no more options than this all groups are open. */
const fewOptions = 14;

/**
 * Asks for the settings of a command: every option in a panel, grouped as in its help. Empty fields are left to the program, and
 * only what the user set is returned, so that the recipe says no more than was decided.
 *
 * @param command an entry of `/api/commands`  @param used the settings of the last run
 * @param columns null, or `{usesColumns}` where columns can be given
 * @returns `{settings, usesColumns}`, or null where it was given up
 */
export function askSettings({ command, title, used, hint, columns, acceptLabel }) {
  const groups = byGroup(command.options);
  const given = columns && element("input", { id: "option-uses-columns", type: "checkbox", checked: columns.usesColumns });
  return ask({
    title, acceptLabel, className: "settings",
    content: [
      element("p", {}, command.abstract),
      element("p", { class: "hint" }, hint),
      command.options.length === 0 && element("p", {}, "This command has no settings."),
      given && element("div", { class: "option" },
        element("label", { class: "check", for: "option-uses-columns" }, given, " Use the columns and classes of the analysis"),
        element("p", { class: "hint" }, "Otherwise the columns are found anew.")),
      [...groups].map(([group, options], index) =>
        optionGroup(group, options.map((option) => ({ ...option, help: asFieldNames(option.help, command.options) })), used,
          index === 0 || command.options.length <= fewOptions)),
    ],
    accept: (form) => ({ settings: collect(command.options, form), usesColumns: Boolean(given?.checked) }),
  });
}

function optionGroup(group, options, used, isOpen) {
  const isUsed = options.some(({ name }) => name in used);
  return element("details", { class: "option-group", open: isOpen || isUsed },
    element("summary", {}, group),
    element("div", { class: "options" }, options.map((option) => optionField(option, used[option.name]))));
}

function optionField({ name, takes_value: takesValue, value_name: valueName, choices, help, default: byDefault }, value) {
  const id = `option-${name}`;
  const about = { id, name, "aria-describedby": `${id}-help` };
  const helpText = element("p", { id: `${id}-help`, class: "hint" }, help);
  const title = name.replaceAll("-", " ");
  if (!takesValue) {
    return element("div", { class: "option" }, element("label", { class: "check", for: id },
      element("input", { ...about, type: "checkbox", checked: value === "" || value === true }), ` ${title}`), helpText);
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

/** The help of a command with the names of this form where it has those of a terminal: "needs --fold" is "needs “fold”" here. */
function asFieldNames(help, options) {
  return help?.replace(/--([a-z][a-z0-9-]*)/g, (word, name) =>
    options.some((option) => option.name === name) ? `“${name.replaceAll("-", " ")}”` : word);
}

function collect(options, form) {
  const settings = {};
  for (const { name, takes_value: takesValue } of options) {
    const field = form.elements.namedItem(name);
    if (takesValue && field.value.trim() !== "") settings[name] = field.value.trim();
    else if (!takesValue && field.checked) settings[name] = true;
  }
  return settings;
}

/** The options of each group, both in the order of the server's list. */
function byGroup(options) {
  const groups = new Map();
  for (const option of options) groups.set(option.group, [...(groups.get(option.group) ?? []), option]);
  return groups;
}
