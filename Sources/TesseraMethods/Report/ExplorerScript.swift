/// What makes the linked views of a report: plain JavaScript without anything from elsewhere.
enum ExplorerScript {
  static let script = #"""
    function explore(box) {
      const facts = JSON.parse(box.dataset.facts), n = facts.count, NONE = 65535;
      const text = atob(box.dataset.values), bytes = new Uint8Array(text.length);
      for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
      const data = new DataView(bytes.buffer);
      const floats = at => Float32Array.from({ length: n }, (_, i) => data.getFloat32(at + 4 * i, true));
      const words = at => Uint16Array.from({ length: n }, (_, i) => data.getUint16(at + 2 * i, true));
      const X = floats(0), Y = floats(4 * n), height = floats(8 * n), U = words(12 * n), V = words(14 * n);
      const label = words(16 * n), sure = words(18 * n), vacant = bytes.subarray(20 * n, 21 * n);
      const classes = [{ number: "", name: "no class", color: "#a7adb6", corners: facts.classes[0]?.corners ?? [] }, ...facts.classes];
      for (let i = 0; i < n; i++) if (label[i] >= classes.length) label[i] = 0;
      const members = classes.map(() => []);
      for (let i = 0; i < n; i++) members[label[i]].push(i);
      const order = classes.map((_, k) => k).sort((a, b) => members[b].length - members[a].length);
      const shown = classes.map(() => true), marked = new Set();
      let chosen = null, chosenCount = 0, pinned = -1, hovered = -1;

      const values = box.querySelector(".values"), note = box.querySelector(".marked");
      const image = box.querySelector("img.source");
      const find = what => box.querySelector(`[data-do=${what}]`);
      const format = (value, digits) => value.toFixed(digits).replace("-", "\u2212");
      function describe(i) {
        const c = classes[label[i]], parts = [`site ${i}`];
        parts.push(label[i] ? (c.name === c.number ? `class ${c.number}` : `class ${c.number}: ${c.name}`) : "no class");
        if (sure[i] !== NONE) parts.push(`confidence ${format(sure[i] / (NONE - 1), 3)}`);
        parts.push(`x ${format(X[i], 2)} px, y ${format(Y[i], 2)} px`);
        if (facts.pixel) parts.push(`x ${format(X[i] * facts.pixel[0], 4)} nm, y ${format(Y[i] * facts.pixel[1], 4)} nm`);
        parts.push(vacant[i] ? "vacant node" : Number.isFinite(height[i]) ? `height ${Number(height[i].toPrecision(4))}` : "");
        return parts.filter(Boolean).join(" \u00b7 ");
      }

      function makeView(element) {
        const kind = element.dataset.view, canvas = element.querySelector("canvas"), tip = element.querySelector(".tip");
        const isImage = kind === "image", box = facts.layout;
        const x = isImage ? X : Float32Array.from(U, v => v === NONE ? NaN : box[0] + v / (NONE - 1) * box[2]);
        const y = isImage ? Y : Float32Array.from(V, v => v === NONE ? NaN : box[1] + v / (NONE - 1) * box[3]);
        // The corners of what the view shows: pixels reach half a pixel beyond their centres.
        const frame = isImage ? [-0.5, -0.5, facts.width, facts.height]
          : [box[0] - 0.03 * box[2] - 1e-9, box[1] - 0.03 * box[3] - 1e-9, 1.06 * box[2] + 2e-9, 1.06 * box[3] + 2e-9];
        const view = { kind, canvas, element, tip, x, y, frame, scale: 1, left: 0, top: 0, width: 0, height: 0, lassoing: false, path: null,
          base: document.createElement("canvas"), isStale: true };
        const spacing = Math.sqrt(frame[2] * frame[3] / Math.max(1, n));
        view.place = i => [(x[i] - view.left) * view.scale, (y[i] - view.top) * view.scale];
        view.whole = () => {
          view.scale = view.least = Math.min(view.width / frame[2], view.height / frame[3]);
          view.left = frame[0] - (view.width / view.scale - frame[2]) / 2;
          view.top = frame[1] - (view.height / view.scale - frame[3]) / 2;
        };
        view.zoom = (factor, px, py) => {
          const scale = Math.min(Math.max(view.scale * factor, view.least), view.least * 400);
          view.left += px / view.scale - px / scale; view.top += py / view.scale - py / scale;
          view.scale = scale; view.hold(); redraw(view);
        };
        view.move = (dx, dy) => { view.left -= dx / view.scale; view.top -= dy / view.scale; view.hold(); redraw(view); };
        // The middle of the view stays on what there is to see.
        view.hold = () => {
          if (view.scale <= view.least * 1.0001) return view.whole();
          const [w, h] = [view.width / view.scale / 2, view.height / view.scale / 2];
          view.left = Math.min(Math.max(view.left + w, frame[0]), frame[0] + frame[2]) - w;
          view.top = Math.min(Math.max(view.top + h, frame[1]), frame[1] + frame[3]) - h;
        };
        view.radius = () => isImage ? Math.min(Math.max(0.24 * spacing * view.scale, 1), 8)
          : Math.min(8, (0.9 + Math.min(3.6, 90 / Math.sqrt(Math.max(1, n)))) * Math.sqrt(view.scale / view.least));
        // Sites by cells of a grid, for the search of the nearest.
        const columns = Math.max(1, Math.min(512, Math.ceil(Math.sqrt(n / 2)))), cells = new Map();
        const cellOf = (px, py) => Math.floor((py - frame[1]) / frame[3] * columns) * columns * 4 + Math.floor((px - frame[0]) / frame[2] * columns);
        for (let i = 0; i < n; i++) if (Number.isFinite(x[i] + y[i])) {
          const cell = cellOf(x[i], y[i]), list = cells.get(cell);
          if (list) list.push(i); else cells.set(cell, [i]);
        }
        view.nearest = (px, py, reach = 14) => {
          const wx = view.left + px / view.scale, wy = view.top + py / view.scale, r = reach / view.scale;
          let best = -1, least = r * r;
          for (let cy = wy - r; ; cy = Math.min(cy + frame[3] / columns, wy + r)) {
            for (let cx = wx - r; ; cx = Math.min(cx + frame[2] / columns, wx + r)) {
              for (const i of cells.get(cellOf(cx, cy)) ?? []) if (shown[label[i]]) {
                const d = (x[i] - wx) ** 2 + (y[i] - wy) ** 2;
                if (d < least) [best, least] = [i, d];
              }
              if (cx >= wx + r) break;
            }
            if (cy >= wy + r) break;
          }
          return best;
        };
        return view;
      }

      function outline(path, corners, px, py, r) {
        corners.forEach(([cx, cy], k) => k ? path.lineTo(px + cx * r, py + cy * r) : path.moveTo(px + cx * r, py + cy * r));
        path.closePath();
      }
      function drawSites(view, pen, r, isBright) {
        for (const k of order) {
          if (!shown[k]) continue;
          const { color, corners } = classes[k], small = r < 2.2, path = small ? null : new Path2D();
          pen.fillStyle = color;
          for (const i of members[k]) {
            if (chosen && (chosen[i] === 1) !== isBright) continue;
            const px = (view.x[i] - view.left) * view.scale, py = (view.y[i] - view.top) * view.scale;
            if (!(px > -r && py > -r && px < view.width + r && py < view.height + r)) continue;
            if (small) pen.fillRect(px - r, py - r, 2 * r, 2 * r); else outline(path, corners, px, py, r);
          }
          if (!small) {
            // The rim first: where many lie on each other, one rim is round them all.
            pen.strokeStyle = "rgba(0,0,0,.6)"; pen.lineWidth = 1.2; pen.stroke(path);
            pen.fill(path);
          }
        }
      }
      function ring(view, pen, i, r, color) {
        if (i < 0 || !Number.isFinite(view.x[i] + view.y[i])) return;
        const [px, py] = view.place(i);
        for (const [style, width] of [["#000", 5], [color, 2.5]]) {
          pen.strokeStyle = style; pen.lineWidth = width;
          pen.beginPath(); pen.arc(px, py, r + 5, 0, 7); pen.stroke();
        }
      }
      function scaleBar(view, pen) {
        const unit = facts.pixel ? facts.pixel[0] : 1, room = view.width / view.scale * unit / 4;
        if (!(room > 0)) return;
        const power = 10 ** Math.floor(Math.log10(room)), length = [5, 2, 1].find(f => f * power <= room) * power;
        const width = length / unit * view.scale, top = view.height - 16;
        pen.fillStyle = "rgba(0,0,0,.6)"; pen.fillRect(8, top - 18, width + 16, 28);
        pen.fillStyle = "#fff"; pen.fillRect(16, top, width, 4);
        pen.font = "13px sans-serif"; pen.textAlign = "center";
        pen.fillText(`${Number(length.toPrecision(2))} ${facts.pixel ? "nm" : "px"}`, 16 + width / 2, top - 4);
      }
      // All but the rings and the lasso, which change as the pointer moves.
      function renderBase(view) {
        view.isStale = false;
        [view.base.width, view.base.height] = [view.canvas.width, view.canvas.height];
        const pen = view.base.getContext("2d"), ratio = view.base.width / view.width, r = view.radius();
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        pen.fillStyle = view.kind === "image" ? "#e9ecef" : "#fff"; pen.fillRect(0, 0, view.width, view.height);
        if (view.kind === "image" && image.naturalWidth) {
          pen.imageSmoothingEnabled = view.scale * facts.width / image.naturalWidth < 3;
          pen.drawImage(image, (-0.5 - view.left) * view.scale, (-0.5 - view.top) * view.scale,
            facts.width * view.scale, facts.height * view.scale);
        }
        if (chosen) { pen.globalAlpha = .13; drawSites(view, pen, r, false); }
        pen.globalAlpha = .85; drawSites(view, pen, r, true);
        pen.globalAlpha = 1;
        if (view.kind === "image") scaleBar(view, pen);
      }
      function render(view) {
        if (view.isStale) renderBase(view);
        const pen = view.canvas.getContext("2d"), ratio = view.canvas.width / view.width, r = view.radius();
        pen.setTransform(1, 0, 0, 1, 0, 0);
        pen.drawImage(view.base, 0, 0);
        pen.setTransform(ratio, 0, 0, ratio, 0, 0);
        ring(view, pen, pinned, r, "#fff"); ring(view, pen, hovered, r, "#f0e442");
        if (view.path) {
          pen.beginPath(); view.path.forEach(([px, py], k) => k ? pen.lineTo(px, py) : pen.moveTo(px, py));
          for (const [style, width] of [["#fff", 4], ["#000", 1.5]]) { pen.strokeStyle = style; pen.lineWidth = width; pen.stroke(); }
        }
      }
      let waiting = false;
      function draw() {
        if (waiting) return;
        waiting = true;
        requestAnimationFrame(() => { waiting = false; views.forEach(render); });
      }
      function redraw(...stale) {
        for (const view of stale.length ? stale : views) view.isStale = true;
        draw();
      }

      function mark(sites) {
        chosen = sites; chosenCount = 0;
        const counts = classes.map(() => 0);
        if (sites) for (let i = 0; i < n; i++) if (sites[i]) { chosenCount++; counts[label[i]]++; }
        const most = order.filter(k => counts[k]).sort((a, b) => counts[b] - counts[a]);
        note.textContent = !sites ? "" : `${chosenCount.toLocaleString("en")} of ${n.toLocaleString("en")} sites are marked`
          + (most.length ? ": " + most.slice(0, 6).map(k => `${counts[k].toLocaleString("en")} ${classes[k].name}`).join(", ") : "")
          + (most.length > 6 ? ", \u2026" : "");
        find("save").disabled = !chosenCount;
        redraw();
      }
      function markClass(k) {
        if (marked.has(k)) marked.delete(k); else marked.add(k);
        pressed();
        mark(marked.size ? Uint8Array.from(label, l => marked.has(l) ? 1 : 0) : null);
      }
      function pressed() {
        box.querySelectorAll("[data-mark]").forEach(b => b.setAttribute("aria-pressed", marked.has(+b.dataset.mark)));
      }
      function clear() { marked.clear(); pressed(); pinned = hovered = -1; mark(null); say(); }
      function say() {
        const i = hovered >= 0 ? hovered : pinned;
        values.textContent = i < 0 ? "No site is pointed at." : describe(i);
        draw();
      }
      function enclosed(view, path) {
        const world = path.map(([px, py]) => [view.left + px / view.scale, view.top + py / view.scale]);
        const found = new Uint8Array(n);
        for (let i = 0; i < n; i++) {
          if (!shown[label[i]] || !Number.isFinite(view.x[i] + view.y[i])) continue;
          let inside = false;
          for (let a = 0, b = world.length - 1; a < world.length; b = a++) {
            const [ax, ay] = world[a], [bx, by] = world[b];
            if ((ay > view.y[i]) !== (by > view.y[i]) && view.x[i] < ax + (bx - ax) * (view.y[i] - ay) / (by - ay)) inside = !inside;
          }
          if (inside) found[i] = 1;
        }
        return found;
      }
      function pin(view, i) {
        pinned = i; hovered = -1;
        if (i >= 0) for (const other of views) {
          const [px, py] = other.place(i);
          if (Number.isFinite(px + py) && !(px > 0 && py > 0 && px < other.width && py < other.height))
            other.move(other.width / 2 - px, other.height / 2 - py);
        }
        say();
      }
      function save(name, lines) {
        const link = document.createElement("a");
        link.href = URL.createObjectURL(new Blob([lines.join("\n") + "\n"], { type: "text/csv" }));
        link.download = name; link.click();
        setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      }

      function listen(view) {
        const { canvas, element, tip } = view;
        const lassoButton = element.querySelector("[data-do=lasso]");
        const at = event => { const r = canvas.getBoundingClientRect(); return [event.clientX - r.left, event.clientY - r.top]; };
        let last = null, travelled = 0;
        const toggle = on => { view.lassoing = on; lassoButton.setAttribute("aria-pressed", on); element.classList.toggle("lassoing", on); };
        canvas.addEventListener("pointerdown", event => {
          if (event.button) return;
          canvas.focus({ preventScroll: true });
          canvas.setPointerCapture(event.pointerId);
          last = at(event); travelled = 0; tip.hidden = true;
          if (view.lassoing || event.shiftKey) view.path = [last];
        });
        canvas.addEventListener("pointermove", event => {
          const here = at(event);
          if (last) {
            const dx = here[0] - last[0], dy = here[1] - last[1];
            travelled += Math.abs(dx) + Math.abs(dy);
            if (view.path) { view.path.push(here); draw(); } else if (travelled > 3) view.move(dx, dy);
            last = here;
            return;
          }
          const found = view.nearest(...here);
          if (found !== hovered) { hovered = found; say(); }
          tip.hidden = found < 0;
          if (found >= 0) {
            const [px, py] = view.place(found);
            tip.textContent = describe(found);
            tip.style.left = `${Math.max(4, Math.min(px + 12, view.width - 244))}px`;
            tip.style.top = `${py < view.height / 2 ? py + 16 : Math.max(4, py - 16 - tip.offsetHeight)}px`;
          }
        });
        const end = event => {
          if (!last) return;
          last = null;
          const path = view.path;
          view.path = null;
          if (path) {
            toggle(false);
            if (path.length > 2) {
              marked.clear(); pressed();
              mark(enclosed(view, path));
            } else draw();
          } else if (travelled <= 3 && event.type === "pointerup") pin(view, view.nearest(...at(event)));
        };
        canvas.addEventListener("pointerup", end);
        canvas.addEventListener("pointercancel", end);
        canvas.addEventListener("pointerleave", () => { if (!last) { hovered = -1; tip.hidden = true; say(); } });
        canvas.addEventListener("wheel", event => {
          if (!event.ctrlKey && document.activeElement !== canvas) return;
          event.preventDefault();
          tip.hidden = true;
          view.zoom(Math.exp(-Math.sign(event.deltaY) * Math.min(Math.abs(event.deltaY), 100) / 300), ...at(event));
        }, { passive: false });
        const middle = () => [view.width / 2, view.height / 2];
        const step = by => {
          for (let k = 1; k <= n; k++) {
            const i = (((pinned < 0 ? (by > 0 ? -1 : 0) : pinned) + by * k) % n + n) % n;
            if (shown[label[i]] && (!chosen || chosen[i]) && Number.isFinite(view.x[i] + view.y[i])) return pin(view, i);
          }
        };
        const keys = {
          ArrowLeft: () => view.move(40, 0), ArrowRight: () => view.move(-40, 0), ArrowUp: () => view.move(0, 40),
          ArrowDown: () => view.move(0, -40), "+": () => view.zoom(1.4, ...middle()), "=": () => view.zoom(1.4, ...middle()),
          "-": () => view.zoom(1 / 1.4, ...middle()), 0: () => { view.whole(); redraw(view); }, n: () => step(1), p: () => step(-1),
          Enter: () => { if (pinned >= 0) markClass(label[pinned]); }, Escape: () => { toggle(false); clear(); },
        };
        canvas.addEventListener("keydown", event => {
          const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
          if (!action || event.ctrlKey || event.altKey || event.metaKey) return;
          event.preventDefault();
          tip.hidden = true;
          action();
        });
        element.querySelector("[data-do=in]").addEventListener("click", () => view.zoom(1.6, ...middle()));
        element.querySelector("[data-do=out]").addEventListener("click", () => view.zoom(1 / 1.6, ...middle()));
        element.querySelector("[data-do=whole]").addEventListener("click", () => { view.whole(); redraw(view); });
        lassoButton.addEventListener("click", () => toggle(!view.lassoing));
      }

      box.hidden = false;
      const views = [...box.querySelectorAll(".view")].map(makeView);
      views.forEach(listen);
      function resize() {
        for (const view of views) {
          const { clientWidth: width, clientHeight: height } = view.canvas, ratio = Math.min(devicePixelRatio || 1, 3);
          if (!width || !height) continue;
          const isFirst = !view.width, isWhole = isFirst || view.scale <= view.least * 1.0001;
          [view.width, view.height] = [width, height];
          [view.canvas.width, view.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
          if (isWhole) view.whole(); else { view.least = Math.min(width / view.frame[2], height / view.frame[3]); view.hold(); }
        }
        redraw();
      }
      new ResizeObserver(resize).observe(box);
      resize();
      image.decode().then(() => redraw(), () => redraw());
      box.querySelectorAll("[data-class]").forEach(input => input.addEventListener("change", () => {
        shown[+input.dataset.class] = input.checked;
        if (pinned >= 0 && !shown[label[pinned]]) pinned = -1;
        say();
        redraw();
      }));
      box.querySelectorAll("[data-mark]").forEach(b => b.addEventListener("click", () => markClass(+b.dataset.mark)));
      const showAll = on => {
        box.querySelectorAll("[data-class]").forEach(input => { input.checked = on; });
        shown.fill(on);
        if (!on) pinned = -1;
        say();
        redraw();
      };
      find("all").addEventListener("click", () => showAll(true));
      find("none").addEventListener("click", () => showAll(false));
      find("clear").addEventListener("click", clear);
      find("save").addEventListener("click", () => {
        const quoted = name => /[",\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
        const lines = ["id,class,class_name,confidence,x,y"];
        for (let i = 0; i < n; i++) if (chosen[i]) lines.push([i, classes[label[i]].number, quoted(label[i] ? classes[label[i]].name : ""),
          sure[i] === NONE ? "" : (sure[i] / (NONE - 1)).toFixed(4), X[i].toFixed(4), Y[i].toFixed(4)].join(","));
        save("sites.csv", lines);
      });
      box.explorer = { views, describe, get marked() { return chosenCount; }, get pinned() { return pinned; }, get hovered() { return hovered; },
        place: (kind, i) => { const view = views.find(v => v.kind === kind), r = view.canvas.getBoundingClientRect();
          const [px, py] = view.place(i); return [r.left + px, r.top + py]; } };
    }
    document.querySelectorAll(".explorer").forEach(explore);
    """#
}
