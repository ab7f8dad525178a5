/** Makes an element: `element("button", { class: "primary", onclick: run }, "Run", icon)`. Falsy children are left out. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "value" || key === "checked" || key === "disabled") made[key] = value;
    else made.setAttribute(key === "className" ? "class" : key, value === true ? "" : value);
  }
  made.append(...children.flat(Infinity).filter((child) => child || child === 0 || child === ""));
  return made;
}

/** The element of an id that index.html holds. */
export function byId(id) {
  return document.getElementById(id);
}

/**
 * Replaces the children of `parent` and keeps the focus where it was: on the new element with the same `data-key`.
 * Without this a list that is drawn anew after an action throws keyboard users back to the top of the page.
 */
export function replaceKeepingFocus(parent, children) {
  const key = parent.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
  const scroll = parent.scrollTop;
  parent.replaceChildren(...children);
  parent.scrollTop = scroll;
  if (key !== undefined) parent.querySelector(`[data-key="${CSS.escape(key)}"]`)?.focus({ preventScroll: true });
}
