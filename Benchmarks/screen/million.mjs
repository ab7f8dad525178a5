/* Measures panning with as many columns as wanted:  node million.mjs URL [COLUMNS]
 *
 * URL is what `tessera gui --no-browser FILE` prints; the image must have been analysed. The page is given COLUMNS (10^6 by default)
 * columns on a grid over the image, of four classes, in the place of those of the server. Says how long the main thread works per frame and
 * how long one frame follows another, with and without markers: the difference is what the columns cost. Needs Chromium. */
import { launch } from "./browser.mjs";

const [url, number = "1000000"] = process.argv.slice(2);
const wanted = Number(number);
const page = await launch({ width: 1280, height: 720 });
let size = null;

/** x, y, place in the layout, and whether a node is vacant, of each column. */
function sites({ width, height }) {
  const columns = Math.ceil(Math.sqrt((wanted * width) / height));
  const spacing = width / columns;
  const values = new Float32Array(5 * wanted);
  for (let site = 0; site < wanted; site++) {
    const x = ((site % columns) + 0.5) * spacing;
    const y = (Math.floor(site / columns) + 0.5) * spacing;
    const cloud = site % 4;
    values.set([x, y, (cloud % 2) * 30 + 8 * Math.sin(site * 1.7), Math.floor(cloud / 2) * 30 + 8 * Math.cos(site * 2.3), 0], 5 * site);
  }
  return Buffer.from(values.buffer);
}

function labels(classes) {
  const bytes = new Uint8Array(3 * wanted).fill(255);
  const numbers = new Uint16Array(bytes.buffer, 0, wanted);
  for (let site = 0; site < wanted; site++) numbers[site] = 1 + (site % Math.min(4, classes));
  return Buffer.from(bytes.buffer);
}

await page.send("Fetch.enable", { patterns: ["sites", "labels"].map((name) => ({ urlPattern: `*/${name}?*`, requestStage: "Request" })) });
page.onPaused = async ({ requestId, request }) => {
  const body = request.url.includes("/sites?") ? sites(size.image) : labels(size.classes);
  await page.send("Fetch.fulfillRequest", {
    requestId, responseCode: 200, responseHeaders: [{ name: "Content-Type", value: "application/octet-stream" }], body: body.toString("base64"),
  });
};
const { origin, searchParams } = new URL(url);
const state = await (await fetch(`${origin}/api/projects/1?token=${searchParams.get("token")}`)).json();
size = { image: state.image, classes: state.classes.length };
const start = Date.now();
await page.open(url);
await page.until(`window.tessera.state.points?.count === ${wanted}`, 120000);
console.log(`${wanted} columns, ${await page.evaluate("window.tessera.renderer")}, drawn ${((Date.now() - start) / 1000).toFixed(1)} s after the page was asked for`);
await page.sleep(2000);

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)].toFixed(1);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, largest ${at(1)}`;
}

async function pan(title, view = "micrograph") {
  const middle = await page.evaluate(`(() => {
    const box = document.querySelector('#${view}').getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  })()`);
  await page.mouse("mousePressed", ...middle, { button: "left", clickCount: 1 });
  const frames = await page.evaluate(`new Promise((done) => {
    const host = document.querySelector('#${view}');
    let count = 0;
    const move = () => {
      if (count++ === 62) return done(window.tessera.frames('${view}').slice(-60));
      host.dispatchEvent(new PointerEvent("pointermove", {
        bubbles: true, pointerId: 1, buttons: 1, clientX: ${middle[0]} + 60 * Math.sin(count / 9), clientY: ${middle[1]} + 40 * Math.cos(count / 7),
      }));
      requestAnimationFrame(move);
    };
    move();
  })`);
  await page.mouse("mouseReleased", ...middle, { button: "left", clickCount: 1 });
  const intervals = frames.slice(1).map((frame, at) => frame.start - frames[at].start);
  console.log(`${title}: work in ms: ${quantiles(frames.map((frame) => frame.work))}; interval in ms: ${quantiles(intervals)}`);
}

for (const [steps, words] of [[0, "all columns in view"], [8, "zoomed in"]]) {
  const host = await page.evaluate("(() => { const b = document.querySelector('#micrograph').getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()");
  for (let at = 0; at < steps; at++) {
    await page.send("Input.dispatchMouseEvent", { type: "mouseWheel", x: host[0], y: host[1], deltaX: 0, deltaY: -200 });
  }
  await page.sleep(1500);
  await pan(`micrograph, ${words}`);
  await page.click("#markers-shown");
  await page.sleep(500);
  await pan("the same without markers");
  await page.click("#markers-shown");
}
await pan("layout", "layout");
await page.close();
