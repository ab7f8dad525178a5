import { getJSON } from "../base/api.js";
import { byId, element } from "../base/dom.js";
import { asSentence } from "../base/notices.js";
import { count, short } from "../base/numbers.js";

const space = "http://www.w3.org/2000/svg";
/** Side of the square of a node, the room for its words, and the gaps, in units of the picture. */
const side = 56;
const words = 34;
const gapX = 26;
const gapY = 40;
/** Nodes of one level that stand in a row. */
const perRow = 6;
/** Colours of types of cells that are not perfect crystal; the same as those of classes. */
const colors = ["#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#f0e442", "#0072b2", "#88ccee", "#882255", "#ddcc77"];

/**
 * The hierarchy of motif-cells as a graph: small ones above, an edge where one occurs inside another, with the cells that each is
 * made of. A node that is pressed shows its places in the micrograph.
 */
export class Cells {
  #known = "";
  #cells = null;
  #chosen = -1;

  constructor(store, session, micrograph) {
    Object.assign(this, { store, session, micrograph });
    this.state = element("p", { class: "hint", "aria-live": "polite" });
    this.facts = element("p", { class: "figure", "aria-live": "polite" });
    this.graph = element("div", { class: "graph" });
    byId("panel-cells").append(this.state, this.facts, this.graph);
    store.subscribe(["tab", "project"], () => this.#load());
  }

  async #load() {
    const { tab, project } = this.store.values;
    if (tab !== "cells") return;
    const key = project?.result ? `${project.id}/${project.revision}` : "";
    if (key === this.#known && key !== "") return;
    this.#known = key;
    this.graph.replaceChildren();
    this.facts.textContent = "";
    if (!key) {
      this.state.textContent = "Motif-cells come once the micrograph is analysed.";
      return;
    }
    this.state.textContent = "The motif-cells are being read…";
    try {
      const cells = await getJSON(this.session.path("cells"));
      if (this.#known !== key) return;
      this.#cells = cells;
      this.#chosen = -1;
      if (cells.absence) {
        this.state.textContent = asSentence(cells.absence);
        return;
      }
      this.state.textContent = `${count(cells.hierarchy.nodes.length)} motif-cells, by the number of their cells from above to below; lines lead `
        + "to those that hold them. Of single cells it is said how many stand alone, of all of their kind. Press one to see where it occurs.";
      this.graph.replaceChildren(this.#draw(cells));
    } catch (error) {
      if (this.#known === key) this.state.textContent = asSentence(error.message);
    }
  }

  // ---- the graph ----

  /** Where each node stands: rows by level, the most frequent first. */
  #places({ nodes }) {
    const levels = [...new Set(nodes.map(({ level }) => level))].sort((a, b) => a - b);
    const places = [];
    let row = 0;
    for (const level of levels) {
      const members = nodes.map((node, at) => ({ node, at })).filter(({ node }) => node.level === level);
      members.sort((a, b) => b.node.count - a.node.count);
      for (const [place, { at }] of members.entries()) {
        const [line, column] = [Math.floor(place / perRow), place % perRow];
        places[at] = { x: gapX / 2 + column * (side + gapX), y: 22 + (row + line) * (side + words + gapY) };
      }
      row += Math.ceil(members.length / perRow);
    }
    return { places, rows: row };
  }

  #draw({ hierarchy, lattice }) {
    const { places, rows } = this.#places(hierarchy);
    const width = perRow * (side + gapX);
    const picture = svg("svg", { viewBox: `0 0 ${width} ${rows * (side + words + gapY) + 10}`, role: "group", "aria-label": "Graph of motif-cells" });
    this.edges = hierarchy.edges.map(({ lower, higher }) => {
      const [from, to] = [places[lower], places[higher]];
      const line = svg("line", {
        x1: from.x + side / 2, y1: from.y + side + words, x2: to.x + side / 2, y2: to.y - 2, class: "edge",
      });
      picture.append(line);
      return { lower, higher, line };
    });
    this.nodes = hierarchy.nodes.map((node, at) => this.#node(node, at, places[at], hierarchy, lattice));
    picture.append(...this.nodes);
    return picture;
  }

  #node(node, at, { x, y }, hierarchy, lattice) {
    const group = svg("g", {
      class: "node", tabindex: 0, role: "button", "aria-pressed": "false", transform: `translate(${x} ${y})`,
      "aria-label": `${this.#title(node, hierarchy)}; show where it occurs`,
    });
    group.append(svg("rect", { width: side, height: side + words, rx: 5 }), ...this.#shape(node, lattice));
    const number = svg("text", { x: side / 2, y: side + 13, class: "count" });
    number.textContent = node.level === 1 ? `${count(node.count)} of ${count(node.cell_count)}` : `× ${count(node.count)}`;
    group.append(number);
    if (node.q_value !== undefined && node.q_value !== null) {
      const chance = svg("text", { x: side / 2, y: side + 27, class: "chance" });
      chance.textContent = node.q_value < 0.05 ? `q ${short(node.q_value, 2)}` : "as chance";
      group.append(chance);
    }
    group.addEventListener("click", () => this.#choose(at));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.#choose(at);
    });
    return group;
  }

  /** The cells of a node as the parallelograms of the lattice. */
  #shape({ cells }, lattice) {
    const [u, v] = lattice ? [lattice.u, lattice.v] : [[1, 0], [0, 1]];
    const outline = ({ i, j }) => [[0, 0], [1, 0], [1, 1], [0, 1]].map(([a, b]) => [
      (i + a) * u[0] + (j + b) * v[0], (i + a) * u[1] + (j + b) * v[1],
    ]);
    const all = cells.flatMap(outline);
    const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
    const [left, top] = [Math.min(...xs), Math.min(...ys)];
    const scale = (side - 12) / Math.max(Math.max(...xs) - left, Math.max(...ys) - top, Math.hypot(...u) * 1.5);
    const moveX = side / 2 - ((Math.max(...xs) + left) / 2) * scale;
    const moveY = side / 2 - ((Math.max(...ys) + top) / 2) * scale;
    return cells.map((cell) => svg("polygon", {
      points: outline(cell).map(([x, y]) => `${(x * scale + moveX).toFixed(1)},${(y * scale + moveY).toFixed(1)}`).join(" "),
      fill: colors[(cell.type - 1) % colors.length], class: "cell",
    }));
  }

  #title(node, { types }) {
    const kinds = node.cells.map(({ type }) => {
      const { members = [], extras = [] } = types.find((entry) => entry.type === type) ?? {};
      const missing = members.filter((number) => number === "0").length;
      const named = members.filter((number) => number !== "0").map((number) => this.#name(number));
      return [named.join(" + "), missing > 0 && `${missing} missing`, extras.length > 0 && `${extras.length} more`].filter(Boolean).join(", ");
    });
    const times = node.level === 1 ? `${count(node.count)} times alone, ${count(node.cell_count)} cells in all` : `${count(node.count)} times`;
    return `${node.cells.length === 1 ? "One cell" : `${node.cells.length} cells`} (${kinds.join("; ")}), ${times}`;
  }

  #name(number) {
    return this.store.values.project.classes.find((entry) => entry.number === number)?.name ?? `class ${number}`;
  }

  // ---- one node ----

  #choose(at) {
    this.#chosen = this.#chosen === at ? -1 : at;
    for (const [index, node] of this.nodes.entries()) node.setAttribute("aria-pressed", String(index === this.#chosen));
    for (const { lower, higher, line } of this.edges) line.classList.toggle("chosen", [lower, higher].includes(this.#chosen));
    if (this.#chosen < 0) {
      this.facts.textContent = "";
      return this.store.set({ rings: [] });
    }
    const { hierarchy, places } = this.#cells;
    const node = hierarchy.nodes[at];
    const chance = node.expected === undefined || node.expected === null ? ""
      : `; it occurs ${count(node.occurrences)} times, where chance would give ${short(node.expected, 3)} (q ${short(node.q_value, 2)})`;
    this.facts.textContent = `${this.#title(node, hierarchy)}${chance}.`;
    // Single cells are shown wherever they are, those inside larger groups in another colour.
    const isShown = (place) => place.node === at || (node.level === 1 && place.type === node.cells[0].type);
    this.store.set({
      rings: places.filter(isShown).map(({ x, y, node: own }) => ({ x, y, color: own === at ? "white" : "#ffb454" })),
    });
  }
}

function svg(name, attributes) {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
