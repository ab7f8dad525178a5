/* A headless Chromium driven through the DevTools protocol over a pair of pipes. */
import { spawn } from "node:child_process";
import { mkdtempSync, writeFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export async function launch({ width = 1280, height = 720, args = [], scheme = "dark" } = {}) {
  const profile = mkdtempSync(join(tmpdir(), "page-"));
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", [
    "--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--hide-scrollbars", "--no-first-run",
    `--user-data-dir=${profile}`, "--remote-debugging-pipe", `--window-size=${width},${height}`, ...args, "about:blank",
  ], { stdio: ["ignore", "ignore", process.env.VERBOSE ? "inherit" : "ignore", "pipe", "pipe"] });
  let buffer = "", id = 0;
  const waiting = new Map(), listeners = [];
  child.stdio[4].setEncoding("utf8");
  child.stdio[4].on("data", (text) => {
    buffer += text;
    for (let end; (end = buffer.indexOf("\0")) >= 0; buffer = buffer.slice(end + 1)) {
      const message = JSON.parse(buffer.slice(0, end));
      if (message.id) {
        const { resolve, reject } = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.error) reject(new Error(JSON.stringify(message.error))); else resolve(message.result);
      } else for (const listener of listeners) listener(message);
    }
  });
  const send = (method, params = {}, sessionId) => new Promise((resolve, reject) => {
    waiting.set(++id, { resolve, reject });
    child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + "\0");
  });
  const { targetInfos } = await send("Target.getTargets");
  const target = targetInfos.find(({ type }) => type === "page");
  const { sessionId } = await send("Target.attachToTarget", { targetId: target.targetId, flatten: true });
  const page = new Page((method, params) => send(method, params, sessionId), listeners);
  await page.begin(width, height, scheme);
  page.close = async () => {
    await send("Browser.close").catch(() => {});
    await new Promise((resolve) => (child.exitCode === null ? child.once("exit", resolve) : resolve()));
    rmSync(profile, { recursive: true, force: true });
  };
  return page;
}

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const keyCodes = { Enter: 13, Escape: 27, Tab: 9, ArrowLeft: 37, ArrowUp: 38, ArrowRight: 39, ArrowDown: 40, Delete: 46, Backspace: 8, F6: 117, " ": 32 };

export class Page {
  constructor(send, listeners) {
    this.send = send;
    this.problems = [];
    /** Called with each request that `Fetch.enable` stops. */
    this.onPaused = null;
    listeners.push(({ method, params }) => method === "Fetch.requestPaused" && this.onPaused?.(params));
    listeners.push(({ method, params }) => {
      if (method === "Runtime.exceptionThrown") this.problems.push(params.exceptionDetails.exception?.description ?? params.exceptionDetails.text);
      if (method === "Log.entryAdded" && params.entry.level === "error") this.problems.push(`${params.entry.text} ${params.entry.url ?? ""}`);
      if (method === "Runtime.consoleAPICalled" && params.type === "error") this.problems.push(params.args.map((a) => a.value ?? a.description).join(" "));
    });
  }
  async begin(width, height, scheme) {
    await Promise.all(["Page.enable", "Runtime.enable", "Log.enable"].map((name) => this.send(name)));
    await this.resize(width, height);
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
  }
  resize(width, height, ratio = 1) {
    return this.send("Emulation.setDeviceMetricsOverride", { width, height, deviceScaleFactor: ratio, mobile: false });
  }
  async open(url) {
    await this.send("Page.navigate", { url });
    await this.until("document.readyState === 'complete' && window.tessera", 15000);
    await this.evaluate("window.tessera.ready");
  }
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression}: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`);
    return result.value;
  }
  async until(expression, limit = 20000) {
    const end = Date.now() + limit;
    while (Date.now() < end) {
      if (await this.evaluate(`Boolean(${expression})`).catch(() => false)) return;
      await sleep(40);
    }
    throw new Error(`waited ${limit} ms in vain for: ${expression}`);
  }
  sleep = sleep;
  async frames(count = 2) {
    await this.evaluate(`new Promise((done) => { let n = ${count}; const next = () => (n-- > 0 ? requestAnimationFrame(next) : done()); next(); })`);
  }
  async screenshot(path) {
    await this.frames(3);
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    writeFileSync(path, Buffer.from(data, "base64"));
  }
  mouse(type, x, y, options = {}) {
    return this.send("Input.dispatchMouseEvent", { type, x, y, button: "none", ...options });
  }
  async clickAt(x, y, clickCount = 1) {
    await this.mouse("mouseMoved", x, y);
    await this.mouse("mousePressed", x, y, { button: "left", clickCount });
    await this.mouse("mouseReleased", x, y, { button: "left", clickCount });
  }
  async drag(points, button = "left") {
    await this.mouse("mouseMoved", ...points[0]);
    await this.mouse("mousePressed", ...points[0], { button, clickCount: 1 });
    for (const [x, y] of points.slice(1)) await this.mouse("mouseMoved", x, y, { button, buttons: 1 });
    await this.mouse("mouseReleased", ...points.at(-1), { button, clickCount: 1 });
  }
  async click(selector) {
    const place = await this.evaluate(`(() => { const e = document.querySelector(${JSON.stringify(selector)}); if (!e) return null;
      e.scrollIntoView({ block: "nearest" }); const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()`);
    if (!place) throw new Error(`there is no ${selector}`);
    await this.clickAt(...place);
  }
  async key(key, { ctrl, shift, alt } = {}) {
    const modifiers = (alt ? 1 : 0) | (ctrl ? 2 : 0) | (shift ? 8 : 0);
    const code = keyCodes[key] ?? key.toUpperCase().charCodeAt(0);
    const text = key.length === 1 && !ctrl && !alt ? key : key === "Enter" ? "\r" : undefined;
    await this.send("Input.dispatchKeyEvent", { type: text ? "keyDown" : "rawKeyDown", key, text, modifiers, windowsVirtualKeyCode: code });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", key, modifiers, windowsVirtualKeyCode: code });
  }
  type(text) {
    return this.send("Input.insertText", { text });
  }
}
