import { getBytes, getJSON, postJSON, projectPath, remove, upload } from "./api.js";
import { Points } from "../drawing/points.js";

/**
 * Talks with the server about one project: opens it, follows its events, sends actions, and brings state, sites and labels
 * into the store together, so that no view ever sees labels of one revision with classes of another.
 */
export class Session {
  /** Number of the project that is open; answers about another one come too late. */
  #opened = 0;
  #events = null;
  #sitesKey = "";
  #loading = Promise.resolve();
  #isLost = false;
  #commands = null;

  constructor(store, notices) {
    Object.assign(this, { store, notices });
  }

  get id() {
    return this.store.values.project?.id;
  }

  /** The address of something of the open project. */
  path(...parts) {
    return projectPath(this.id, ...parts);
  }

  /** Opens the project that the address names (`#project=2`), else the first. */
  async start() {
    const projects = await this.#list();
    const asked = Number(new URLSearchParams(location.hash.slice(1)).get("project"));
    const first = projects.find(({ id }) => id === asked) ?? projects[0];
    if (first) await this.open(first.id);
  }

  /** Asks which projects are open, and which wait for their images. */
  async #list() {
    const [projects, lost] = await Promise.all([getJSON("/api/projects"), getJSON("/api/lost")]);
    this.store.set({ projects, lost });
    return projects;
  }

  async open(id) {
    const state = await getJSON(projectPath(id));
    this.#events?.close();
    this.#opened = id;
    this.#sitesKey = "";
    // What belongs to the project that was open would point into other sites.
    this.store.set({
      selected: -1, hovered: -1, emphasised: 0, hidden: new Set(), toMerge: new Set(), lasso: null, points: null,
      candidates: null, job: null, project: null, overlay: null, mapKey: null, rings: [], marked: null, scribbles: [], mode: "select",
    });
    this.#keepInAddress(id);
    document.title = `${state.name} – Tessera`;
    const [black, white] = state.image.contrast;
    this.store.set({ contrast: { black, white, gamma: 1 } });
    this.#takeMap(state, null);
    await this.#adopt(state);
    this.#follow(id);
  }

  /** So that a reload comes back to the project. The token is a secret that the cookie holds by now: it leaves the address. */
  #keepInAddress(id) {
    const address = new URL(location.href);
    address.searchParams.delete("token");
    address.hash = `project=${id}`;
    history.replaceState(null, "", address);
  }

  /** Sends a file as a new project and opens it. */
  async openFile(file) {
    const state = await upload(file);
    await this.#list();
    await this.open(state.id);
  }

  /** Opens a project that waits for its image, which a person says lies at a path. */
  async findLost(id, path) {
    this.notices.clear();
    try {
      const state = await postJSON(`/api/lost/${id}`, { path });
      await this.#list();
      await this.open(state.id);
    } catch (error) {
      this.notices.error(error);
    }
  }

  /**
   * Posts something that changes the project and takes over the state it returns. Errors become sentences in the page.
   * @returns whether it succeeded
   */
  async perform(name, body = {}) {
    this.notices.clear();
    try {
      const state = await postJSON(this.path(name), body);
      await this.#adopt(state);
      if (state.message) this.notices.message(state.message);
      return true;
    } catch (error) {
      this.notices.error(error);
      return false;
    }
  }

  /** What the server says of a command and its options; null after an error, which is said. */
  async command(name) {
    try {
      this.#commands ??= await getJSON("/api/commands");
    } catch (error) {
      this.notices.error(error);
      return null;
    }
    return this.#commands.find((command) => command.name === name) ?? null;
  }

  async cancelJob() {
    try {
      await remove(this.path("job"));
    } catch (error) {
      this.notices.error(error);
    }
  }

  /** Fetches the state anew. */
  async refresh() {
    try {
      await this.#adopt(await getJSON(this.path()));
    } catch (error) {
      this.notices.error(error);
    }
  }

  #follow(id) {
    const events = (this.#events = new EventSource(projectPath(id, "events")));
    events.addEventListener("message", (event) => {
      const { revision, job } = JSON.parse(event.data);
      this.#isLost = false;
      this.#takeJob(job ?? null);
      if (revision > (this.store.values.project?.revision ?? -1)) this.refresh();
    });
    events.addEventListener("error", () => {
      // The browser tries again by itself; it is said once.
      if (this.#isLost || this.#events !== events) return;
      this.#isLost = true;
      this.notices.error(new Error("The connection to the server is lost; the page tries to reach it again."));
    });
  }

  #takeJob(job) {
    const before = this.store.values.job;
    if (job?.failed && before?.failed !== job.failed) this.notices.error(new Error(job.failed));
    if (JSON.stringify(job) !== JSON.stringify(before)) this.store.set({ job });
  }

  /** One after the other: answers of two requests may arrive in any order. */
  #adopt(state) {
    const work = this.#loading.then(() => this.#load(state));
    this.#loading = work.catch(() => {});
    return work;
  }

  async #load(state) {
    const before = this.store.values.project;
    if (state.id !== this.#opened || before?.revision > state.revision) return;
    // An event and the answer to the request that caused it bring the same state twice.
    if (before?.revision === state.revision) return this.#takeJob(state.job ?? null);
    const points = state.result ? await this.#points(state) : null;
    if (state.id !== this.#opened) return;
    const { selected, toMerge, hidden } = this.store.values;
    const numbers = new Set(state.classes.map(({ number }) => number));
    this.#takeMap(state, before);
    this.#takeJob(state.job ?? null);
    const isSameSites = points && this.store.values.points?.places === points.places;
    this.store.set({
      project: state,
      points,
      toMerge: new Set([...toMerge].filter((number) => numbers.has(number))),
      hidden: new Set([...hidden].filter((number) => number === "" || numbers.has(number))),
      emphasised: 0,
      marked: null,
      ...(isSameSites ? { selected } : { selected: -1, hovered: -1, lasso: null, rings: [] }),
    });
  }

  async #points(state) {
    const query = `?revision=${state.revision}`;
    // Servers that do not say when the sites changed last are asked for them at every revision.
    const key = `${state.id}/${state.result.sites_revision ?? state.revision}`;
    const isKnown = key === this.#sitesKey && this.store.values.points;
    const [sites, labels] = await Promise.all([
      isKnown ? null : getBytes(projectPath(state.id, "sites") + query), getBytes(projectPath(state.id, "labels") + query),
    ]);
    this.#sitesKey = key;
    const points = sites ? Points.parse(sites) : this.store.values.points;
    return points.labelled(labels) ?? points;
  }

  /** The filter begins with the settings that the server chose for this map. */
  #takeMap(state, before) {
    if (!state.map || before?.map) return;
    const { filter } = this.store.values;
    this.store.set({ filter: { ...filter, window: state.map.window, bound: state.map.bound, isShown: Boolean(before) } });
  }
}
