/// The look of the report, and the little that scripts add: sorting tables and enlarging figures.
enum ReportStyle {
  /// Follows the reader's choice of a light or dark screen; figures keep their white paper on both. Prints on A4 and
  /// Letter without cutting figures, with folded sections open.
  static let sheet = """
    :root { color-scheme: light dark; --ink: #22252a; --faint: #5c636d; --page: #f4f5f7; --card: #ffffff;
      --rule: #d9dde3; --accent: #0b62a4; --note: #fff4d6; --note-rule: #e0b040; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --faint: #a3abb6; --page: #16181c; --card: #1f2227;
      --rule: #363b43; --accent: #7fbcf0; --note: #3a3218; --note-rule: #a5832c; } }
    * { box-sizing: border-box; }
    html { scroll-behavior: smooth; }
    body { margin: 0; background: var(--page); color: var(--ink);
      font: 16px/1.55 "Source Sans 3", "Segoe UI", "Helvetica Neue", "DejaVu Sans", Arial, sans-serif; }
    main { max-width: clamp(1080px, 56vw, 2200px); margin: 0 auto; padding: 28px 20px 60px; }
    header, section { background: var(--card); border: 1px solid var(--rule); border-radius: 10px;
      padding: 22px 28px; margin: 0 0 18px; }
    h1 { font-size: 20px; line-height: 1.3; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
    h2 { font-size: 21px; line-height: 1.3; margin: 0 0 10px; font-weight: 650; }
    p { margin: 0 0 12px; max-width: 76ch; }
    .kicker { margin: 0; color: var(--faint); font-size: 13px; letter-spacing: .06em; text-transform: uppercase; }
    .headline { font-size: 25px; line-height: 1.35; font-weight: 600; margin: 14px 0 8px; max-width: 62ch; }
    .summary { font-size: 17px; color: var(--faint); }
    .facts { display: flex; flex-wrap: wrap; gap: 10px; margin: 18px 0 0; }
    .facts div { flex: 1 1 140px; border: 1px solid var(--rule); border-radius: 8px; padding: 9px 14px; display: flex;
      flex-direction: column; }
    .facts dt { order: 1; font-size: 15px; }
    .facts dd { margin: 0; font-size: 23px; font-weight: 650; line-height: 1.25; }
    .facts .note { order: 2; font-size: 13px; font-weight: 400; color: var(--faint); }
    .warnings { background: var(--note); border-left: 4px solid var(--note-rule); border-radius: 6px;
      padding: 10px 16px; margin: 18px 0 0; }
    .warnings h2 { font-size: 16px; margin: 0 0 4px; }
    .warnings ul { margin: 0; padding-left: 20px; }
    nav { margin: 18px 0 0; display: flex; flex-wrap: wrap; gap: 6px 16px; font-size: 15px; }
    a { color: var(--accent); }
    nav a { text-decoration: none; } nav a:hover { text-decoration: underline; }
    figure { margin: 16px 0 22px; min-width: 0; }
    section > :last-child, .row > figure { margin-bottom: 0; }
    .paper { background: #ffffff; border: 1px solid var(--rule); border-radius: 8px; padding: 12px; overflow: auto;
      width: fit-content; max-width: 100%; }
    .paper img { display: block; max-width: 100%; height: auto; }
    .paper.large img { max-width: none; width: 1600px; }
    .js .paper img { cursor: zoom-in; } .js .paper.large img { cursor: zoom-out; }
    figcaption { margin: 8px 0 0; font-size: 15px; color: var(--ink); max-width: 84ch; }
    .file { color: var(--faint); font-size: 13px; white-space: nowrap; }
    .row { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 0 22px; }
    .table { overflow-x: auto; margin: 8px 0 16px; }
    table { border-collapse: collapse; font-size: 15px; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: 5px 18px 5px 0; border-bottom: 1px solid var(--rule); vertical-align: top; }
    th { color: var(--faint); font-weight: 600; white-space: nowrap; }
    .number { text-align: right; }
    .js th { cursor: pointer; } th[aria-sort=ascending]::after { content: " ▲"; font-size: 11px; }
    th[aria-sort=descending]::after { content: " ▼"; font-size: 11px; }
    .swatch { width: 18px; height: 18px; margin-right: 7px; vertical-align: -4px; }
    pre { background: var(--page); border: 1px solid var(--rule); border-radius: 6px; padding: 10px 14px;
      overflow-x: auto; font: 14px/1.5 "DejaVu Sans Mono", Menlo, Consolas, monospace; white-space: pre-wrap; }
    details summary { cursor: pointer; list-style-position: outside; }
    details summary h2 { display: inline; }
    details > :nth-child(2) { margin-top: 12px; }
    .explorer { margin: 8px 0 22px; }
    .explorer[hidden], .explorer img[hidden], .tip[hidden] { display: none; }
    .explorer .help { color: var(--faint); font-size: 14px; max-width: none; }
    .views { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(400px, 100%), 1fr)); gap: 14px 18px; }
    .view { min-width: 0; }
    .bar { display: flex; align-items: center; gap: 6px; margin: 0 0 6px; font-size: 15px; }
    .bar b { flex: 1; }
    .explorer button { font: inherit; font-size: 14px; color: var(--ink); background: var(--page);
      border: 1px solid var(--faint); border-radius: 6px; padding: 2px 9px; min-height: 28px; cursor: pointer; }
    .explorer button:disabled { color: var(--faint); border-color: var(--rule); cursor: default; }
    .explorer button[aria-pressed=true] { background: var(--accent); border-color: var(--accent); color: var(--card); }
    .explorer :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .stage { position: relative; }
    .stage canvas { display: block; width: 100%; height: min(max(500px, 26vw), 70vh); border: 1px solid var(--rule);
      border-radius: 8px; cursor: grab; touch-action: pan-y; }
    .lassoing canvas { cursor: crosshair; touch-action: none; }
    .tip { position: absolute; width: 240px; padding: 6px 9px; border-radius: 6px; background: #16181ceb; color: #fff;
      font-size: 13px; line-height: 1.4; pointer-events: none; }
    .explorer .values { margin: 8px 0; font-variant-numeric: tabular-nums; max-width: none; min-height: 1.55em; }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; max-height: 190px; overflow-y: auto; padding: 3px; }
    .entry { display: inline-flex; align-items: center; gap: 7px; font-size: 15px; }
    .entry small { color: var(--faint); }
    .tools { margin: 10px 0 0; max-width: none; font-size: 15px; }
    .explorer-note { color: var(--faint); }
    footer { color: var(--faint); font-size: 14px; padding: 0 28px; }
    @media (max-width: 640px) { main { padding: 10px 8px 40px; } header, section { padding: 16px 14px; }
      .headline { font-size: 21px; } }
    @media print { :root { --ink: #000; --faint: #444; --page: #fff; --card: #fff; --rule: #bbb; --note: #fff; }
      main { max-width: none; padding: 0; } header, section { border: none; padding: 0; margin: 0 0 14px; }
      nav, .explorer { display: none; } figure, tr, .facts, .warnings { break-inside: avoid; } h2 { break-after: avoid; }
      .paper { border: none; padding: 0; overflow: visible; } body { font-size: 11pt; }
      .paper img { max-height: 22cm; width: auto; }
      details::details-content { content-visibility: visible; block-size: auto; } }
    """

  /// Works on what is there: without it the tables keep their order and the figures their size.
  static let script = """
    document.documentElement.classList.add("js");
    for (const paper of document.querySelectorAll(".paper"))
      paper.addEventListener("click", () => paper.classList.toggle("large"));
    for (const table of document.querySelectorAll("table"))
      table.querySelectorAll("th").forEach((head, column) => head.addEventListener("click", () => {
        const rising = head.getAttribute("aria-sort") !== "ascending";
        table.querySelectorAll("th").forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", rising ? "ascending" : "descending");
        const key = row => { const cell = row.cells[column];
          return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value); };
        const order = (a, b) => typeof a === "number" && typeof b === "number" ? a - b
          : String(a).localeCompare(String(b), "en", { numeric: true });
        const rows = [...table.tBodies[0].rows].sort((a, b) => order(key(a), key(b)));
        table.tBodies[0].append(...(rising ? rows : rows.reverse()));
      }));
    addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => d.open = true));
    """
}
