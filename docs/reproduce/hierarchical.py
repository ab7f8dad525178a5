"""[H20]: its four figures, its extended data, and what of its supplement the text describes."""

import math
import os

import plots
from recipes import (
    SKIPPED_BENCHMARKS, SKIPPED_PEERS, Matched, benchmark, has_benchmarks, mean, nearest, npy, peers, principal_plane, read_table, write_table)


def layouts(book, path, matched, labels, others, seed=1):
    """The layout of a result beside those of other programs from the same features."""
    panels = [("FR (Tessera)", matched.rows("layout.npy"), labels)]
    if others:
        features = matched.rows("features.npy")
        panels += [(name, layout(features, seed), labels) for name, layout in others.items()]
    plots.scatter(path, panels)


def monolayer(book):
    """Figs 1, 2, ED1, and S5 to S7 of its supplement."""
    image = book.simulate("mose2", "mose2", "--seed", 5)
    for folder, options in [("mose2-full", []), ("mose2-invariant", ["--features", "invariant"])]:
        book.result("analyze", image, folder, *options)
    for number, name in [("H1A", "micrograph"), ("H1F", "columns"), ("H2C", "classes"), ("HED1", "moments")]:
        book.figure(number, "mose2-full", name)
    full, invariant = Matched(book, "mose2-full", "mose2"), Matched(book, "mose2-invariant", "mose2")
    labels = [truth["environment"] for _, _, truth in full.pairs]
    plots.scatter(book.place("H2AB-layouts.svg"), [
        ("principal components", principal_plane(full.rows("features.npy")), labels), ("FR", full.rows("layout.npy"), labels)])
    plots.scatter(book.place("HS6-invariant.svg"), [
        ("principal components", principal_plane(invariant.rows("features.npy")), [t["environment"] for _, _, t in invariant.pairs]),
        ("FR", invariant.rows("layout.npy"), [t["environment"] for _, _, t in invariant.pairs])])
    book.row("[H20] 2B", "classes against the truth with directions, full features: AMI", "by eye: satellites 120 degrees apart",
             f"{full.agreement('environment_oriented'):.3f}, {len({c for _, c, _ in full.pairs})} classes")
    book.row("[H20] S6", "classes against the truth, invariant features: AMI", "satellites merge",
             f"{invariant.agreement():.3f}, {len({c for _, c, _ in invariant.pairs})} classes")
    book.row("[H20] 1F, 2B", "single Se vacancies, full features", "green points",
             full.holds(lambda t: t["defect"] == "vacancy-Se1"))
    # ED1: the mean moments of the commonest classes, q = 0 and |q| = 3, 6 marked.
    moments, terms = npy(book.place("mose2-full/moments.npy")), [(p, q) for p in range(11) for q in range(-p, p + 1, 2)]
    panels, shares = [], []
    for wanted in ("Se2", "Mo", "Se2/vacancy-Se1"):
        members = [moments[k] for (k, _, _), label in zip(full.pairs, labels) if label == wanted]
        values = [mean(column) for column in zip(*members)][1:]
        colors = ["#d55e00" if q == 0 else "#0072b2" if abs(q) in (3, 6) else "#b5bfca" for _, q in terms[1:]]
        panels.append((f"{wanted}: mean moments j = 1 to 65; orange q = 0, blue |q| = 3, 6", values, colors))
        energy = sum(v * v for v in values)
        shares.append(f"{wanted} {100 * sum(v * v for v, (_, q) in zip(values, terms[1:]) if q == 0 or abs(q) in (3, 6)) / energy:.1f} %")
    plots.bars(book.place("HED1-bars.svg"), panels)
    book.row("[H20] ED1", "share of q = 0 and |q| = 3, 6 in the moments j >= 1, squared", "they stand out", ", ".join(shares))
    # S5: one crystal, turned.
    features = {}
    for angle in (0, 30, 60, 90):
        image = book.simulate("mose2", "turned", "--size", 512, "--vacancies", 0, "--counts", "inf", "--angle", angle)
        for form in ("invariant", "full"):
            book.result("motifs", image, "turned", "--features", form, "--patch-size", 41)
            matched = Matched(book, "turned", "turned")
            rows = [row for row, (_, _, t) in zip(matched.rows("features.npy"), matched.pairs) if t["element"] == "Mo"]
            features[form, angle] = [mean(column) for column in zip(*rows)]
    change = {form: max(math.dist(features[form, a], features[form, 0]) / math.hypot(*features[form, 0]) for a in (30, 60, 90))
              for form in ("invariant", "full")}
    book.row("[H20] S5", "Mo turned by 30, 60, 90 degrees: largest change of the mean features", "identical in invariant form",
             f"invariant {100 * change['invariant']:.2f} %, full {100 * change['full']:.0f} %")


def groups(places, spacing):
    """For each place, the group of touching places that it belongs to, and its kind: isolated, chain or cluster."""
    beside = [[k for k, q in enumerate(places) if 0 < math.dist(p, q) < 1.3 * spacing] for p in places]
    found = [None] * len(places)
    for start in range(len(places)):
        if found[start]:
            continue
        group, open_ = {start}, [start]
        while open_:
            new = set(beside[open_.pop()]) - group
            group |= new
            open_ += new
        triangle = any(set(beside[k]) & set(beside[other]) for k in group for other in beside[k])
        chain = all(len(beside[k]) <= 2 for k in group)
        for k in group:
            found[k] = group, "isolated" if len(group) == 1 else "chain" if chain and not triangle else "cluster" if triangle else "other"
    return found


def vacancies(book):
    """Fig. 3 ([M22] Fig. S28): vacancies in the image of a tunnelling microscope."""
    right, total, by_patch, purity, merged = {}, {}, {}, [], []
    others = peers()
    for seed in book.seeds:
        image = book.simulate("stm-vacancies", "stm", "--seed", seed)
        book.result("analyze", image, "stm", "--features", "invariant")
        truth = [t for t in book.table("stm.sites.csv") if t["defect"]]
        # A cell that differs from the dominant one lacks its column, whether or not a node was appended there.
        cells = [c for c in book.table("stm", "cells.csv") if c["type"]]
        commonest = max({c["type"] for c in cells}, key=lambda t: sum(c["type"] == t for c in cells))
        sites = [(float(t["x"]), float(t["y"])) for t in book.table("stm.sites.csv")]
        find = nearest(sites, 26)
        rest = [c for c in cells if c["type"] == commonest]
        offsets = [tuple(sites[k][a] - float(c["xy"[a]]) for a in (0, 1)) for c in rest if (k := find(float(c["x"]), float(c["y"]))) is not None]
        offset = [sorted(column)[len(column) // 2] for column in zip(*offsets)]
        places = [(float(c["x"]) + offset[0], float(c["y"]) + offset[1]) for c in cells if c["type"] != commonest]
        kinds, find = groups(places, 24), nearest(places, 10)
        where = [(float(t["x"]), float(t["y"])) for t in truth]
        cut = [min(x, y, 1023 - x, 1023 - y) < 24 + 41 / 2 for x, y in where]
        for t, (x, y), (group, _) in zip(truth, where, groups(where, 24)):
            # Cells at the border, closer than a patch and a spacing, are not known whole, nor are groups that reach into them.
            if not any(cut[k] for k in group):
                name, at = t["environment"].split(":")[1], find(x, y)
                total[name] = total.get(name, 0) + 1
                right[name] = right.get(name, 0) + (at is not None and kinds[at][1] == name)
        # What the paper did: invariants of patches that hold the neighbours of a vacancy.
        book.result("analyze", image, "stm-wide", "--features", "invariant", "--patch-size", 61)
        matched = Matched(book, "stm-wide", "stm")
        wide = [(one, t["environment"].split(":")[1]) for _, one, t in matched.pairs if t["defect"]]
        counts = {}
        for _, one, t in matched.pairs:
            counts.setdefault(one, {}).setdefault(t["environment"].split(":")[-1] if t["defect"] else "Te", 0)
            counts[one][t["environment"].split(":")[-1] if t["defect"] else "Te"] += 1
        names = {one: max(sorted(held), key=held.get) for one, held in counts.items()}
        purity.append((sum(names[one] == label for one, label in wide), len(wide)))
        if seed == 1:
            for number, folder, name in [("H3A", "stm", "micrograph"), ("H3B", "stm-wide", "columns"), ("H3B", "stm-wide", "rare-classes"),
                                         ("H3B", "stm-wide", "classes")]:
                book.figure(number, folder, name)
            layouts(book, book.place("H3C-E-layouts.svg"), matched, [
                t["environment"].split(":")[1] if t["defect"] else "Te" for _, _, t in matched.pairs], others)
    share = [right[name] / total[name] for name in sorted(total)]
    book.row("[H20] 3, [M22] S28", f"vacancies by connected group, {len(book.seeds)} images, groups that the border does not cut",
             "94 % agree with labels by hand",
             f"balanced accuracy {100 * mean(share):.1f} % (" + ", ".join(f"{n} {right[n]}/{total[n]}" for n in sorted(total)) + ")")
    book.row("[H20] 3, [M22] S28", "vacancies with a node of their own, by the majority of their class (patches of 61 pixels)", "94 %",
             f"{sum(a for a, _ in purity)}/{sum(b for _, b in purity)}")
    if not others:
        book.row("[H20] 3D, E", "t-SNE, UMAP", "", SKIPPED_PEERS)


def alloy(book):
    """Fig. 4: WS2 with Fe and Te, first and second pass."""
    image = book.simulate("ws2-fe-te", "ws2", "--seed", 4)
    book.result("analyze", image, "ws2")
    first = Matched(book, "ws2", "ws2")
    book.figure("H4A", "ws2", "micrograph")
    book.figure("H4B", "ws2", "layout")
    wanted = lambda t: t["environment"].startswith("S2/vacancy")
    book.row("[H20] 4B", "sulphur vacancies after the first pass", "within S2", first.holds(wanted))
    book.tessera("classes", "auto", book.place("ws2"), "-o", book.place("ws2-tree"), "--force")
    second = Matched(book, "ws2-tree", "ws2")
    for number, name in [("H4D", "columns"), ("H4D", "rare-classes"), ("H4D", "classes"), ("H4E", "class-tree")]:
        book.figure(number, "ws2-tree", name)
    book.row("[H20] 4C", "sulphur vacancies after `classes auto`", "V_S apart from S2", second.holds(wanted))
    for name, element in [("Fe on W", "W/dopant-Fe"), ("Te on S", "S2/dopant-Te")]:
        book.row("[H20] 4D", name, "apart", second.holds(lambda t: t["environment"].startswith(element)))
    book.row("[H20] 4E", "classes of the tree against the truth: AMI", "",
             f"{second.agreement('environment'):.3f}, {len({c for _, c, _ in second.pairs})} classes")
    # `classes auto` divides class 1 by its invariant features.
    members = [k for k, (_, one, _) in enumerate(second.pairs) if one.split(".")[0] == "1"]
    moments = second.rows("moments.npy")
    features = [invariants(moments[k]) for k in members]
    labels = ["V_S" if wanted(second.pairs[k][2]) else "S2" for k in members]
    panels = [("members of class 1: principal components", principal_plane(features), labels)]
    if has_benchmarks():
        write_table(book.place("members"), features)
        benchmark("fit", book.place("members"), "--metric", "euclidean", "--output", book.place("members.layout"))
        panels.append(("FR", read_table(book.place("members.layout")), labels))
        os.remove(book.place("members"))
        os.remove(book.place("members.layout"))
    else:
        book.row("[H20] 4C", "layout of the second pass", "", SKIPPED_BENCHMARKS)
    panels += [(name, layout(features, 1), labels) for name, layout in peers().items()]
    plots.scatter(book.place("H4C-second-pass.svg"), panels, columns=2)


def invariants(moments, order=10):
    """Moments of a site in the form that does not change when the specimen turns."""
    values = []
    for p in range(order + 1):
        for q in range(p % 2, p + 1, 2):
            first, second = moments[(p * (p + 2) + q) // 2], moments[(p * (p + 2) - q) // 2]
            values.append(first if q == 0 else math.hypot(first, second))
    return values


def low_dose(book):
    """ED2 ([M22] Fig. S23): vacancies through the probe of 40 kV."""
    others = peers()
    image = book.simulate("mose2", "low-dose", "--size", 768, "--probe", 5.1, "--counts", 3, "--vacancies", "0.05,0")
    book.result("analyze", image, "low-dose")
    matched = Matched(book, "low-dose", "low-dose")
    for name in ("micrograph", "columns"):
        book.figure("HED2", "low-dose", name)
    layouts(book, book.place("HED2-layouts.svg"), matched, [t["environment"].split("+")[0] for _, _, t in matched.pairs], others)
    book.row("[H20] ED2, [M22] S23", "single Se vacancies, 3 counts, sigma of the probe 0.07 nm", "found by all three layouts",
             matched.holds(lambda t: t["defect"].startswith("vacancy")) + " (other layouts: `Benchmarks/low_dose.py`)")
    if not others:
        book.row("[H20] ED2", "t-SNE, UMAP", "", SKIPPED_PEERS)


def boundaries(book):
    """ED3, ED4 ([M22] Figs S24, S25): a mirror twin, and 2H beside 3R."""
    others = peers()
    for number, specimen, folder, counts, wanted, what in [
        ("HED3", "mose2-mirror-twin", "twin", 5, lambda t: "twin" in t["environment"], "Se row shared by the domains"),
        ("HED4", "mose2-2h-3r", "stacking", 20, lambda t: t["sublattice"].startswith("3R"), "columns of 3R"),
    ]:
        image = book.simulate(specimen, folder, "--size", 512, "--counts", counts)
        book.result("analyze", image, folder)
        matched = Matched(book, folder, folder)
        for name in ("micrograph", "columns", "classes"):
            book.figure(number, folder, name)
        label = (lambda t: t["environment"]) if number == "HED3" else (lambda t: t["environment"].split("+")[0])
        layouts(book, book.place(f"{number}-layouts.svg"), matched, [label(t) for _, _, t in matched.pairs], others)
        beyond = "" if number == "HED3" else (
            f"; 2H or 3R away from the boundary {far(matched)}; columns: recall {book.evaluate(folder, folder)['recall']:.3f}")
        book.row(f"[H20] {number[1:]}, [M22] {'S24' if number == 'HED3' else 'S25'}", f"{what}, {counts} counts", "found; t-SNE less clear",
                 matched.holds(wanted) + beyond)
        if not others:
            book.row(f"[H20] {number[1:]}", "t-SNE, UMAP", "", SKIPPED_PEERS)


def far(matched):
    """Columns that the majority of their class calls 2H or 3R rightly, away from the boundary."""
    counts = {}
    for _, one, t in matched.pairs:
        counts.setdefault(one, []).append(t["sublattice"][:2])
    names = {one: max(sorted(set(held)), key=held.count) for one, held in counts.items()}
    inner = [(one, t) for _, one, t in matched.pairs if "boundary" not in t["environment"]]
    return f"{sum(names[one] == t['sublattice'][:2] for one, t in inner)}/{len(inner)}"


def rebuild(book):
    for recipe in (monolayer, vacancies, alloy, low_dose, boundaries):
        recipe(book)
