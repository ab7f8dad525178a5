import { byId } from "../base/dom.js";
import { askSettings } from "../maps/command-form.js";

/** "Analyse...": every option of `analyze` in a panel. */
export class Settings {
  constructor(store, session) {
    Object.assign(this, { store, session });
    this.button = byId("analyse");
    this.button.addEventListener("click", () => this.open());
    store.subscribe(["project", "job"], ({ project, job }) => (this.button.disabled = !project || Boolean(job && !job.failed)));
  }

  async open() {
    if (this.button.disabled) return;
    const command = await this.session.command("analyze");
    if (!command) return;
    const { project } = this.store.values;
    const answer = await askSettings({
      command, title: `Analyse ${project.name}`, used: project.result?.settings ?? {}, acceptLabel: "Analyse",
      hint: "What is left empty takes its default or is chosen from the image; the report says which values were chosen, and why.",
    });
    if (answer) await this.session.perform("analysis", { settings: answer.settings, columns: "found" });
  }
}
