"""[M22] Figs 1 to 3, S1, S2, S4, S15, S29, S30, Table S2: monolayers; and what patch size and number of terms do to classes."""

import json
import math
import os

import plots
from recipes import Matched, mean, principal_plane, silhouette, spread


def monolayer(book):
    """Figs 1 and 2: a monolayer of MoSe2 from columns to motif-cells."""
    image = book.simulate("mose2", "mose2", "--seed", 5)
    summary = book.result("analyze", image, "mose2-full")
    book.result("analyze", image, "mose2-invariant", "--features", "invariant")
    for number, folder, name in [
        ("1A", "mose2-full", "micrograph"), ("1B-C", "mose2-full", "reconstruction"), ("1F", "mose2-full", "layout"),
        ("1G", "mose2-invariant", "layout"), ("2B-C", "mose2-full", "cells"), ("2D", "mose2-full", "hierarchy"),
        ("S29", "mose2-full", "columns"), ("S30B", "mose2-full", "spectrum"), ("S30C", "mose2-full", "radial-spectrum"),
    ]:
        book.figure(number, folder, name)
    panels = []
    for folder, title in [("mose2-full", "full"), ("mose2-invariant", "invariant")]:
        matched = Matched(book, folder, "mose2")
        labels = [truth["environment"] for _, _, truth in matched.pairs]
        panels += [(f"{title}: principal components", principal_plane(matched.rows("features.npy")), labels),
                   (f"{title}: FR", matched.rows("layout.npy"), labels)]
    plots.scatter(book.place("1D-G-layouts.svg"), panels, columns=2)
    rebuilt(book, "mose2-full", "1I")
    book.result("relations", book.place("mose2-full"), "mose2-relations")
    figures = os.path.join(book.place("mose2-relations"), "figures")
    for name in sorted(f for f in os.listdir(figures) if f.endswith(".png")):
        book.figure("1H", "mose2-relations", name[:-4])
    found = book.evaluate("mose2-full", "mose2")
    book.row("1A, S29", "columns: F1, rms error", "", f"{found['f1']:.3f}, {found['rms_px']:.2f} pixels")
    with open(book.place("mose2-full/hierarchy.json")) as file:
        nodes = json.load(file)["nodes"]
    levels = {}
    for node in nodes:
        levels.setdefault(node["level"], []).append(node["count"])
    book.row("2D", "motif-cells that differ from the crystal: kinds by level (how often they stand alone)", "levels of 1 to 6 cells",
             "; ".join(f"level {level}: {len(counts)} ({sum(counts)})" for level, counts in sorted(levels.items())))
    chance = [node["q_value"] for node in nodes if "q_value" in node]
    book.row("2D", "least q of a motif-cell against random places; the vacancies are independent", "not tested", f"{min(chance):.2f}")
    times = summary["timings"]
    book.row("Table S2", "motif-cells identified, connected, joined to a hierarchy", "0.17 + 0.10 + 0.32 s",
             f"{times['cells'] + times['hierarchy']:.3f} s, chance by 999 random placements included "
             f"({len(book.table('mose2-full', 'cells.csv'))} cells)")
    plane = 24 * 3 ** 0.5 / 2
    book.row("S30", "2 L / r0 of a lattice of 24 pixels", f"{2 * plane:.2f} pixels by definition",
             f"{2 * summary['patch']['plane_spacing_px']:.2f} pixels; patch of {summary['patch']['side']}")


def rebuilt(book, folder, number):
    """The micrograph and what its motifs make of it."""
    for frame, name in [(0, "reconstruction"), (1, "residual")]:
        both = os.path.join(book.place(folder), "reconstruction.tif")
        book.tessera("convert", both, book.place(f"{number}-{name}.png"), "--frame", frame, "--force")


def alloy(book):
    """Fig. 3, S15: WS2 with Fe and Te."""
    image = book.simulate("ws2-fe-te", "ws2", "--seed", 4)
    book.result("analyze", image, "ws2")
    book.tessera("classes", "auto", book.place("ws2"), "-o", book.place("ws2-tree"), "--force")
    book.result("relations", book.place("ws2-tree"), "ws2-relations")
    for number, folder, name in [
        ("3A", "ws2", "micrograph"), ("3C", "ws2-tree", "rare-classes"), ("3D", "ws2-tree", "layout"), ("3D", "ws2-tree", "classes"),
        ("S15A", "ws2-tree", "cells"), ("S15B", "ws2-tree", "hierarchy"),
    ]:
        book.figure(number, folder, name)
    rebuilt(book, "ws2-tree", "3B")
    counts = {}
    for _, one, truth in Matched(book, "ws2-tree", "ws2").pairs:
        held = counts.setdefault(one, {})
        held[truth["environment"]] = held.get(truth["environment"], 0) + 1
    names = {one: max(sorted(held), key=held.get) for one, held in counts.items()}
    with open(book.place("ws2-relations/shells.json")) as file:
        trees = json.load(file)
    for tree in trees:
        steps, node = [], tree["root"]
        while node["children"]:
            node = node["children"][0]
            own = {}
            for part in node["composition"]:
                name = names[str(part["class"])]
                own[name] = own.get(name, 0) + part["count"]
            steps.append(f"{node['count']} with {', '.join(f'{count} {name}' for name, count in own.items())} at {node['radius']:.0f} pixels")
        centre = names[str(tree["class"])]
        book.figure("3E", "ws2-relations", "shells-" + str(tree["class"]).replace(".", "-"))
        paper = {"W/dopant-Fe": "3 S, fence of W", "S2/dopant-Te": "3 W, fence of S"}.get(centre, "")
        book.row("3E", f"shells around {centre}, {tree['root']['count']} of them", paper, "; ".join(steps))
    types = {c["type"] for c in book.table("ws2-tree", "cells.csv") if c["type"]}
    book.row("S15", "kinds of cell", "by eye", f"{len(types)}")


def crystal(book):
    """S1, S2: a crystal of two heights, and noise."""
    levels, curves, panels = [0, 0.2, 0.4, 0.6, 0.8], {"silhouette": [], "Davies-Bouldin": []}, []
    for noise in levels:
        found = []
        for seed in book.seeds:
            image = book.simulate("p4m", "p4m", "--size", 512, "--counts", "inf", "--noise", noise, "--seed", seed)
            shown = noise == 0.2 and seed == 1
            summary = book.result("motifs", image, "p4m", "--sites", book.place("p4m.sites.csv"), *(["--report"] if shown else []))
            matched = Matched(book, "p4m", "p4m")
            points, labels = principal_plane(matched.rows("features.npy")), [t["environment"] for _, _, t in matched.pairs]
            found.append(silhouette(points, labels))
            if seed == 1:
                panels.append((f"noise {noise}", points, labels))
            if shown:
                classes = len(summary["classes"])
                for name in ("micrograph", "classes"):
                    book.figure("S1", "p4m", name)
        for name, values in zip(curves, zip(*found)):
            curves[name].append((mean(values), spread(values)))
    plots.scatter(book.place("S1E-S2A-broadening.svg"), panels)
    plots.lines(book.place("S2BC-scores.svg"), [(name, "Gaussian noise", levels, {name: points}) for name, points in curves.items()],
                list(curves), columns=2)
    book.row("S1", "motifs of the crystal at noise 0.2", "2", str(classes))
    for name, paper in [("silhouette", "falls"), ("Davies-Bouldin", "rises")]:
        book.row("S2", f"{name} in the plane of the principal components, noise 0 to 0.8", paper, ", ".join(f"{m:.2f}" for m, _ in curves[name]))


def pyramid(book):
    """S4A: the first ten Zernike polynomials."""
    side = 61

    def picture(p, q):
        radial = [((-1) ** k * math.factorial(p - k) / (math.factorial(k) * math.factorial((p + abs(q)) // 2 - k)
                   * math.factorial((p - abs(q)) // 2 - k)), p - 2 * k) for k in range((p - abs(q)) // 2 + 1)]
        norm = (2 * (p + 1) / (2 if q == 0 else 1)) ** 0.5
        values = []
        for y in range(side):
            for x in range(side):
                u, v = (2 * x - side + 1) / side, (2 * y - side + 1) / side
                r, angle = math.hypot(u, v), math.atan2(v, u)
                wave = math.cos(q * angle) if q >= 0 else math.sin(-q * angle)
                values.append(norm * sum(c * r ** n for c, n in radial) * wave if r < 1 else 0)
        return values

    blank = [0.0] * side * side
    rows = [[blank] * (3 - p) + sum(([picture(p, q), blank] for q in range(-p, p + 1, 2)), []) for p in range(4)]
    plots.pictures(book.place("S4A-polynomials.png"), [(row + [blank] * 7)[:7] for row in rows], scale=(-3, 3))


def nuisance(book):
    """What the text on patch sizes (S30) says: classes of MoSe2 against the truth, which is each site and its nearest neighbours."""
    sizes, points = [17, 25, 33, 41, 49, 57, 73], []
    for side in sizes:
        found = []
        for seed in book.seeds:
            image = book.simulate("mose2", "nuisance", "--size", 512, "--counts", 5, "--seed", seed)
            book.result("motifs", image, "nuisance", "--features", "invariant", "--patch-size", side)
            found.append(Matched(book, "nuisance", "nuisance").agreement())
        points.append((mean(found), spread(found)))
    panel = ("MoSe2, 5 counts: AMI of the classes", "side of a patch, pixels", sizes, {"AMI": points})
    plots.lines(book.place("S30-patch-size.svg"), [panel], ["AMI"], columns=1)
    book.row("S30 (text)", "AMI of the classes against the side of a patch; 41 is chosen", "too small and too large lose motifs",
             ", ".join(f"{side}: {m:.3f} ± {s:.3f}" for side, (m, s) in zip(sizes, points)))


def rebuild(book):
    for recipe in (monolayer, alloy, crystal, pyramid, nuisance):
        recipe(book)
