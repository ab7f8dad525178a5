/* Measures the work per frame while the views of the page are panned:  node panning.mjs URL
 *
 * URL is what `tessera gui --no-browser FILE` prints; the image must have been analysed. `&renderer=canvas` behind it takes the
 * fallback without WebGL. Needs Chromium. */
import { launch } from "./browser.mjs";

const [url] = process.argv.slice(2);
const page = await launch({ width: 1920, height: 1080 });

function quantiles(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(Math.floor(share * sorted.length), sorted.length - 1)].toFixed(2);
  return `median ${at(0.5)}, 95 % ${at(0.95)}, largest ${at(1)}`;
}

const start = Date.now();
await page.open(url);
await page.until("window.tessera.state.points", 60000);
console.log(`${await page.evaluate("window.tessera.state.points.count")} sites, ${await page.evaluate("window.tessera.renderer")}, loaded in ${Date.now() - start} ms`);
await page.sleep(1500);

for (const view of ["micrograph", "layout"]) {
  const middle = await page.evaluate(`(() => {
    const box = document.querySelector('#${view}').getBoundingClientRect();
    return [box.x + box.width / 2, box.y + box.height / 2];
  })()`);
  for (const steps of [0, 6]) {
    for (let i = 0; i < steps; i++) {
      await page.send("Input.dispatchMouseEvent", { type: "mouseWheel", x: middle[0], y: middle[1], deltaX: 0, deltaY: -120 });
    }
    await page.sleep(800);
    await page.mouse("mousePressed", ...middle, { button: "left", clickCount: 1 });
    // The moves are made in the page, one per frame, so that the speed of the protocol does not count.
    const frames = await page.evaluate(`new Promise((done) => {
      const host = document.querySelector('#${view}');
      let count = 0;
      const move = () => {
        if (count++ === 32) return done(window.tessera.frames('${view}').slice(-30));
        host.dispatchEvent(new PointerEvent("pointermove", {
          bubbles: true, pointerId: 1, buttons: 1,
          clientX: ${middle[0]} + 60 * Math.sin(count / 9), clientY: ${middle[1]} + 40 * Math.cos(count / 7),
        }));
        requestAnimationFrame(move);
      };
      move();
    })`);
    await page.mouse("mouseReleased", ...middle, { button: "left", clickCount: 1 });
    const intervals = frames.slice(1).map((frame, i) => frame.start - frames[i].start);
    console.log(`${view}, ${steps} steps of the wheel: work in ms: ${quantiles(frames.map((frame) => frame.work))}; interval: ${quantiles(intervals)}`);
  }
}

const picking = await page.evaluate(`(() => {
  const host = document.querySelector('#micrograph'), box = host.getBoundingClientRect(), times = [];
  for (let i = 0; i < 200; i++) {
    const start = performance.now();
    host.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerId: 1, clientX: box.x + 100 + i, clientY: box.y + 100 + i }));
    times.push(performance.now() - start);
  }
  return times;
})()`);
console.log(`the column under the pointer, in ms: ${quantiles(picking)}`);
for (const problem of page.problems) console.log(problem);
await page.close();
