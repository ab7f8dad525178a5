import { getJSON } from "../base/api.js";
import { ask } from "../base/dialog.js";
import { element } from "../base/dom.js";

const titles = { analyze: "Analysis", strain: "Strain", segment: "Segmentation", particles: "Particles", moire: "Moire" };

/** What a paper says of the results on the page, with the work to cite, and the commands that give the same results. */
export async function showMethods(session, save) {
  let parts;
  try {
    ({ parts } = await getJSON(session.path("methods")));
  } catch (error) {
    return session.notices.error(error);
  }
  const content = parts.length === 0 ? element("p", {}, "Nothing has been done yet that could be described.") : parts.map((part) =>
    element("section", { "aria-label": titles[part.command] ?? part.command },
      element("h3", {}, titles[part.command] ?? part.command), element("p", { class: "paragraph" }, part.text),
      element("ol", { class: "references" }, part.references.map((reference) => element("li", {}, reference))),
      element("p", { class: "hint" }, "The same result in a terminal:"),
      element("pre", { tabindex: 0, "aria-label": `Command of ${titles[part.command] ?? part.command}` }, part.command_line)));
  const text = parts.map(({ command, document, command_line: line }) =>
    `${titles[command] ?? command}\n\n${document}\n    ${line}\n`).join("\n");
  await ask({
    title: "Methods", className: "help", content, closeLabel: "Close", acceptLabel: parts.length > 0 ? "Save as text" : undefined,
    accept: () => save(new Blob([text], { type: "text/plain" }), "methods.txt"),
  });
}
