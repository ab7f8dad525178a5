import { getJSON } from "../base/api.js";
import { byId, element } from "../base/dom.js";
import { asSentence } from "../base/notices.js";
import { count, counted, short } from "../base/numbers.js";

/**
 * What the program proposes for the classes, to accept or to put aside, and the places that are like none of them. Proposals
 * that were put aside are remembered by this browser.
 */
export class Review {
  #revision = -1;
  #loading = -1;
  #review = null;

  constructor(store, session, micrograph) {
    Object.assign(this, { store, session, micrograph });
    this.state = element("p", { class: "hint", "aria-live": "polite" });
    this.proposals = element("ul", { class: "proposals" });
    this.outliers = element("ul", { class: "places" });
    this.outlierTitle = element("h3", {}, "Like none of the classes");
    this.outlierHint = element("p", { class: "hint" });
    byId("panel-review").append(
      element("section", { "aria-label": "Proposals" }, element("h3", {}, "Proposals"),
        element("p", { class: "hint" }, "For each class: is it one motif at this noise, and if not, what parts it best. Stability is the ",
          "share of a random half of the members that fall into the same parts without the others."),
        this.state, this.proposals),
      element("section", { "aria-label": "Outliers" }, this.outlierTitle, this.outlierHint, this.outliers));
    store.subscribe(["tab", "project"], () => this.#load());
  }

  async #load() {
    const { tab, project } = this.store.values;
    if (tab !== "review") return;
    if (!project?.result) {
      this.#review = null;
      this.#revision = -1;
      this.state.textContent = "Proposals come once the micrograph is analysed.";
      this.proposals.replaceChildren();
      this.outliers.replaceChildren();
      this.outlierHint.textContent = "";
      return;
    }
    const key = `${project.id}/${project.revision}`;
    if (this.#revision === key || this.#loading === key) return;
    this.#loading = key;
    this.state.textContent = "The classes are being examined…";
    try {
      const review = await getJSON(this.session.path("review"));
      const now = this.store.values.project;
      if (`${now?.id}/${now?.revision}` !== key) return;
      [this.#review, this.#revision] = [review, key];
      this.#show();
    } catch (error) {
      this.state.textContent = asSentence(error.message);
    } finally {
      if (this.#loading === key) this.#loading = -1;
    }
  }

  // ---- proposals ----

  #asideKey({ number, count: members, parts }) {
    return `tessera.aside/${this.store.values.project.project_file ?? ""}/${number}/${members}/${parts.join("+")}`;
  }

  #show() {
    const open = this.#review.proposals.filter((proposal) => proposal.split && !localStorage.getItem(this.#asideKey(proposal)));
    const whole = this.#review.proposals.filter(({ split }) => !split);
    const aside = this.#review.proposals.length - open.length - whole.length;
    this.state.textContent = [
      open.length === 0 ? "No class is proposed for division." : `${counted(open.length, "class")} could be divided.`.replace("classs", "classes"),
      whole.length > 0 && `${whole.length === 1 ? "1 class is" : `${whole.length} classes are`} not divided by a gap.`,
      aside > 0 && `${aside} put aside.`,
    ].filter(Boolean).join(" ");
    this.proposals.replaceChildren(...open.map((proposal) => this.#row(proposal)),
      aside > 0 && element("li", {}, element("button", { type: "button", onclick: () => this.#bringBack() }, "Show those put aside")) || "");
    this.#showOutliers(this.#review.outliers);
  }

  #row(proposal) {
    const { number, name, count: members, spread, split, parts, stability } = proposal;
    const facts = [
      `into ${parts.map(count).join(" + ")} ${split.text}`, spread !== null && `variance ${short(spread, 3)} times the noise`,
      stability !== null && `stability ${stability.toFixed(2)}`,
    ].filter(Boolean).join(", ");
    const title = `Class ${number}, ${name}`;
    return element("li", {},
      element("div", {}, element("strong", {}, title), ` · ${counted(members, "site")}`),
      element("div", { class: "faint" }, facts),
      element("div", { class: "buttons" },
        element("button", { type: "button", "aria-label": `Show the parts of ${title}`, onclick: () => this.#mark(proposal) }, "Show"),
        element("button", { type: "button", "aria-label": `Reject the division of ${title}`, onclick: () => this.#reject(proposal) }, "Reject"),
        element("button", { type: "button", class: "primary", "aria-label": `Accept the division of ${title}`, onclick: () => this.#accept(proposal) },
          "Accept")));
  }

  /** All but the largest part stand out in both views; a second press ends it. */
  #mark({ number, members }) {
    const { points, marked } = this.store.values;
    if (!points) return;
    if (marked && this.marked === number) return this.store.set({ marked: null });
    this.marked = number;
    const flags = new Uint8Array(points.count);
    for (const part of members) for (const site of part) flags[site] = 1;
    this.store.set({ marked: flags });
  }

  #reject(proposal) {
    localStorage.setItem(this.#asideKey(proposal), "1");
    this.store.set({ marked: null });
    this.#show();
  }

  #bringBack() {
    for (const proposal of this.#review.proposals) localStorage.removeItem(this.#asideKey(proposal));
    this.#show();
  }

  async #accept({ number, split }) {
    const { text, ...options } = split;
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== null));
    await this.session.perform("actions", { action: "split", class: number, ...given });
  }

  // ---- outliers ----

  #showOutliers(outliers) {
    this.outlierHint.textContent = outliers.length === 0
      ? "No site differs from its class by more than chance."
      : `${counted(outliers.length, "place")}, the most unlike first: z is the distance in standard deviations, q the share of such places that chance would give.`;
    this.outliers.replaceChildren(...outliers.map(({ site, x, y, z, q, height_ratio: height }) => {
      const facts = [`z ${short(z, 3)}`, `q ${short(q, 2)}`, height !== null && `${short(height, 3)} times as high as its class`];
      return element("li", {}, element("button", { type: "button", class: "place", onclick: () => this.#go(site, x, y) },
        element("span", {}, `site ${site}`), element("span", { class: "faint" }, facts.filter(Boolean).join(", "))));
    }));
  }

  #go(site, x, y) {
    this.store.set({ selected: site, rings: [{ x, y }] });
    this.micrograph.flyTo(x, y);
  }
}
