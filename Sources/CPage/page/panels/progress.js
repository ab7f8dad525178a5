import { byId } from "../base/dom.js";

const titles = {
  analysis: "Analysing", map: "Running the network", strain: "Measuring strain", segment: "Segmenting", particles: "Finding particles",
  moire: "Measuring the moire",
};

/** The job that runs: its stage, its share, and a way to stop it. */
export class Progress {
  constructor(store, session) {
    this.box = byId("progress");
    this.stage = byId("progress-stage");
    this.bar = byId("progress-bar");
    byId("progress-cancel").addEventListener("click", () => session.cancelJob());
    store.subscribe(["job"], ({ job }) => this.#show(job));
  }

  #show(job) {
    this.box.hidden = !job || Boolean(job.failed);
    if (this.box.hidden) return;
    const text = `${titles[job.kind] ?? job.kind}: ${job.stage}`;
    // Set only when it changes: a live region would otherwise be read out at every per cent.
    if (this.stage.textContent !== text) this.stage.textContent = text;
    if (Number.isFinite(job.share)) this.bar.value = job.share;
    else this.bar.removeAttribute("value");
  }
}
