/* Accessibility of the page:  node accessibility.mjs URL.  Names on all controls, contrast, focus visible, the Tab key reaches all and is not trapped. */
import { launch } from "./browser.mjs";
const [url] = process.argv.slice(2);
let failures = 0;
const report = (name, problems) => {
  if (problems.length) failures++;
  console.log(`${problems.length ? "FAIL" : "ok  "}  ${name}${problems.length ? `:\n        ${problems.join("\n        ")}` : ""}`);
};
const contrast = `(() => {
  const parse = (text) => { const n = text.match(/-?[\\d.]+(?:e-?\\d+)?/g).map(Number); return text.startsWith("color(") ? [n[0] * 255, n[1] * 255, n[2] * 255, n[3] ?? 1] : [n[0], n[1], n[2], n[3] ?? 1]; };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const luminance = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((s, c, i) => s + c * [0.2126, 0.7152, 0.0722][i], 0);
  const background = (e) => { const layers = []; for (let at = e; at; at = at.parentElement) { const c = parse(getComputedStyle(at).backgroundColor); layers.push(c); if (c[3] === 1) break; } return layers.reverse().reduce((under, c) => over(c, under), [255, 255, 255, 1]); };
  const found = [];
  const seen = new Set();
  const elements = [...document.querySelectorAll("body *")].filter((e) => e.checkVisibility({ visibilityProperty: true }) && ([...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()) || (e.matches("input[type=text], input[type=number], select"))));
  for (const e of elements) {
    if (e.closest(".unseen")) continue;
    const style = getComputedStyle(e), under = background(e);
    for (const [what, color] of [["text", style.color], ...(e.placeholder ? [["placeholder", getComputedStyle(e, "::placeholder").color]] : [])]) {
      const c = over(parse(color), under);
      const [a, b] = [luminance(c), luminance(under)].sort((x, y) => y - x);
      const ratio = (a + 0.05) / (b + 0.05);
      const key = e.className + color + under;
      if (ratio < 4.5 && !seen.has(key)) { seen.add(key); found.push(what + " of " + e.tagName + "." + e.className + " '" + e.textContent.slice(0, 30) + "' " + ratio.toFixed(2)); }
    }
  }
  return found; })()`;

for (const scheme of ["dark", "light"]) {
  const page = await launch({ scheme });
  await page.open(url);
  await page.until("window.tessera.state.points");
  await page.sleep(1200);
  const names = async (where) => {
    await page.send("Accessibility.enable");
    const { nodes } = await page.send("Accessibility.getFullAXTree");
    const roles = ["button", "link", "checkbox", "radio", "slider", "textbox", "combobox", "spinbutton", "tab", "img", "image", "application", "dialog", "progressbar", "searchbox"];
    const bad = nodes.filter((n) => !n.ignored && roles.includes(n.role?.value) && !n.name?.value?.trim()).map((n) => `${n.role.value} without a name (${n.backendDOMNodeId})`);
    report(`${scheme}, ${where}: ${nodes.filter((n) => !n.ignored && roles.includes(n.role?.value)).length} controls have names`, bad);
    report(`${scheme}, ${where}: contrast of text at least 4.5:1`, await page.evaluate(contrast));
  };
  const tabbing = async (where) => {
    const marked = await page.evaluate(`(() => { let n = 0; const scope = document.querySelector("dialog[open]") ?? document;
      for (const e of scope.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")) {
        if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({ visibilityProperty: true })) continue; e.dataset.reach = n++; } return n; })()`);
    await page.evaluate("document.activeElement?.blur()");
    const reached = new Set(), unseen = [];
    let rounds = 0;
    for (let i = 0; i < marked * 2 + 20 && rounds < 3; i++) {
      await page.key("Tab");
      const at = await page.evaluate(`(() => { const e = document.activeElement; if (!e || e === document.body) return null; const s = getComputedStyle(e);
        const b = e.getBoundingClientRect();
        return { reach: e.dataset.reach, visible: s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2, inView: b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth, name: e.tagName + " " + (e.ariaLabel ?? e.textContent).slice(0, 30) }; })()`);
      if (!at) { rounds++; continue; }
      if (reached.has(at.reach)) { if (reached.size >= marked) break; continue; }
      reached.add(at.reach);
      if (!at.visible) unseen.push(`no outline on ${at.name}`);
      if (!at.inView) unseen.push(`out of view: ${at.name}`);
    }
    const missed = await page.evaluate(`[...document.querySelectorAll("[data-reach]")].filter((e) => !${JSON.stringify([...reached])}.includes(e.dataset.reach)).map((e) => e.outerHTML.slice(0, 120))`);
    report(`${scheme}, ${where}: Tab reaches all ${marked} controls`, missed);
    report(`${scheme}, ${where}: focus is visible`, unseen);
    await page.evaluate("for (const e of document.querySelectorAll('[data-reach]')) delete e.dataset.reach");
  };
  await names("classes");
  await tabbing("classes");
  const site = await page.evaluate("(() => { const s = window.tessera.state, w = s.project.image.width / 2; return s.points.placeIndex.nearest(w, w, 50); })()");
  await page.clickAt(...(await page.evaluate(`window.tessera.placeOf("micrograph", ${site})`)));
  await page.until("document.querySelector('.card:not([hidden])')");
  await names("details");
  await tabbing("details");
  await page.key("Escape");
  for (const tab of ["columns", "maps", "review", "cells", "history"]) {
    await page.click(`#tab-${tab}`);
    // Proposals and motif-cells are asked for when they are first looked at.
    await page.until(`!/being|examined/.test(document.querySelector("#panel-${tab}").textContent)`);
    await page.sleep(300);
    await names(tab);
    await tabbing(tab);
  }
  await page.click("#analyse");
  await page.until("document.querySelector('dialog[open]')");
  await page.evaluate("for (const d of document.querySelectorAll('dialog details')) d.open = true");
  await names("settings");
  await tabbing("settings");
  await page.key("Escape");
  await page.click("#export");
  await page.sleep(200);
  await page.evaluate("[...document.querySelectorAll('#export-menu button')].find((b) => b.textContent.startsWith('Methods')).click()");
  await page.until("document.querySelector('dialog[open]')");
  await names("methods");
  await tabbing("methods");
  await page.key("Escape");
  await page.key("?");
  await page.until("document.querySelector('dialog[open]')");
  await names("help");
  await page.key("Escape");
  const text = await page.evaluate("document.activeElement.id || document.activeElement.tagName");
  console.log(`      focus after the dialogs: ${text}`);
  await page.close();
}
console.log(failures ? `${failures} failed` : "all hold");
process.exitCode = failures ? 1 : 0;
