import { element } from "./dom.js";

let made = 0;

/**
 * A modal dialog with a title, content and buttons; Escape closes it, Enter accepts it as it stands, and the browser keeps the
 * focus inside and gives it back. Resolves when it is closed: with what `accept` returned, or null where it was cancelled.
 *
 * @param closeLabel of the button that leaves it; "Cancel" where something else would be accepted
 * @param accept called with the form when it is submitted; throws an Error whose message is shown where something is missing
 */
export function ask({ title, content, acceptLabel, accept, className, closeLabel = acceptLabel ? "Cancel" : "Close" }) {
  const id = `dialog-${(made += 1)}`;
  const problem = element("p", { class: "problem", role: "alert" });
  const form = element("form", { novalidate: true },
    element("h2", { id }, title), element("div", { class: "dialog-body" }, content), problem,
    element("div", { class: "buttons" },
      element("button", { type: "button", onclick: () => dialog.close() }, closeLabel),
      acceptLabel && element("button", { type: "submit", class: "primary", autofocus: true }, acceptLabel)));
  const dialog = element("dialog", { "aria-labelledby": id, class: className }, form);
  document.body.append(dialog);
  return new Promise((resolve) => {
    let result = null;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      try {
        result = accept?.(form) ?? null;
        dialog.close();
      } catch (error) {
        problem.textContent = error.message;
      }
    });
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(result);
    });
    dialog.showModal();
  });
}
