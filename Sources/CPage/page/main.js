import { ClassList } from "./panels/class-list.js";
import { Contrast } from "./views/contrast.js";
import { Corrections } from "./panels/corrections.js";
import { Exports } from "./panels/exports.js";
import { Filter } from "./panels/filter.js";
import { Hints } from "./panels/hints.js";
import { HistoryList } from "./panels/history-list.js";
import { Keyboard } from "./base/keyboard.js";
import { Cells } from "./structure/cells.js";
import { Lasso } from "./views/lasso.js";
import { Layout } from "./views/layout.js";
import { LostImages } from "./panels/lost-images.js";
import { MapPanel } from "./maps/map-panel.js";
import { MarkerControls } from "./views/marker-controls.js";
import { Micrograph } from "./views/micrograph.js";
import { Notices } from "./base/notices.js";
import { Progress } from "./panels/progress.js";
import { Projects } from "./panels/projects.js";
import { Review } from "./structure/review.js";
import { ScaleBar } from "./views/scale-bar.js";
import { Scribbles } from "./maps/scribbles.js";
import { Session } from "./base/session.js";
import { Settings } from "./panels/settings.js";
import { SiteDetails } from "./views/site-details.js";
import { Kind } from "./drawing/site-kind.js";
import { StatusLine } from "./views/status-line.js";
import { initialValues, Store } from "./base/store.js";
import { Tabs } from "./base/tabs.js";

/* Puts the page together. Parts know the store, the session and at most the view that they act on; none knows another. */

const store = new Store(initialValues);
const notices = new Notices(store);
const session = new Session(store, notices);
// Asked for before the views are made: the first answers arrive while the graphics card compiles.
const ready = session.start().catch((error) => notices.error(error));
const micrograph = new Micrograph(store, notices);
const layout = new Layout(store);
const lasso = new Lasso(store, session, layout);
const history = new HistoryList(store, session);
const contrast = new Contrast(store, micrograph);
const markers = new MarkerControls(store);
new Hints(store);
new Tabs(store);
new ScaleBar(store, micrograph);
new StatusLine(store, micrograph);
new SiteDetails(store, session, micrograph);
new ClassList(store, session);
new Corrections(store, session, micrograph);
new Filter(store, session);
new MapPanel(store, session, micrograph, new Scribbles(store, micrograph));
new Review(store, session, micrograph);
new Cells(store, session, micrograph);
new Settings(store, session);
new Projects(store, session);
new LostImages(store, session);
new Progress(store, session);
new Exports(store, session, micrograph);
new Keyboard(store, { lasso, history, contrast, markers, views: [micrograph, layout] });

// Whatever goes wrong in the page itself is said in the page too.
addEventListener("error", ({ message }) => notices.error(new Error(`The page has a fault: ${message}.`)));
addEventListener("unhandledrejection", ({ reason }) =>
  notices.error(new Error(`The page has a fault: ${reason?.message ?? reason}.`)));

/**
 * For tests and curious people; nothing here changes anything.
 *
 * - `ready`: a promise that is kept when the first project is open
 * - `state`: what the store holds now (store.js describes the names)
 * - `renderer`: "webgl2" or "canvas"
 * - `frames(view)`: `[{start, work}]` in ms of the last frames of "micrograph" or "layout"
 * - `placeOf(view, site)`: where a site is drawn, in the coordinates of pointer events; NaN where it has no place
 * - `viewport(view)`: `{x, y, scale, width, height}`
 */
const views = { micrograph, layout };
window.tessera = Object.freeze({
  ready,
  get state() {
    return store.values;
  },
  get renderer() {
    return micrograph.surface.kind;
  },
  frames: (view) => views[view].frames.all,
  placeOf(view, site) {
    const { points } = store.values;
    if (view === "layout" && points.layoutKinds[site] === Kind.nowhere) return [NaN, NaN];
    const { places } = view === "layout" ? layout.map : points;
    const [x, y] = views[view].viewport.toScreen(places[2 * site], places[2 * site + 1]);
    const box = views[view].host.getBoundingClientRect();
    return [box.left + x, box.top + y];
  },
  viewport(view) {
    const { x, y, scale, width, height } = views[view].viewport;
    return { x, y, scale, width, height };
  },
});
