"""Two graphs of [M22] as SVG: types of level 3 and the types of level 2 that they are made of (Fig. S26), and the tree of domains (Fig. 5E)."""

import csv
import os
from collections import Counter

from plots import svg, text

WIDTH = 1200


def line(a, b, width, color="#9aa5b1"):
    middle = (a[1] + b[1]) / 2
    return (f'<path d="M{a[0]:.1f},{a[1]:.1f} C{a[0]:.1f},{middle:.1f} {b[0]:.1f},{middle:.1f} {b[0]:.1f},{b[1]:.1f}" fill="none" '
            f'stroke="{color}" stroke-width="{width:.2f}" stroke-opacity="0.6"/>')


def glyph(x, y, pattern, size):
    """A square of units, or a square of such squares: filled ones dark. Corners run clockwise on the screen from the lower right."""
    count = 2 if len(pattern) == 4 else 4
    cell = size / count
    parts = [f'<rect x="{x - size / 2:.1f}" y="{y - size / 2:.1f}" width="{size}" height="{size}" fill="#e8edf2"/>']
    corners = [(1, 1), (0, 1), (0, 0), (1, 0)]
    for k, letter in enumerate(pattern):
        column, row = corners[k % 4]
        if len(pattern) == 16:
            u, v = corners[k // 4]
            column, row = column + 2 * u, row + 2 * v
        if letter == "F":
            parts.append(f'<rect x="{x - size / 2 + column * cell + 1:.1f}" y="{y - size / 2 + row * cell + 1:.1f}" '
                         f'width="{cell - 2:.1f}" height="{cell - 2:.1f}" fill="#e69f00"/>')
    return "".join(parts)


def places(count, y):
    return [(WIDTH * (k + 0.5) / count, y) for k in range(count)]


def level3(folder, path, limit=36):
    """The commonest types of level 3 below, joined with the types of level 2 at their corners; numbers are windows."""
    with open(os.path.join(folder, "codes.csv"), newline="") as file:
        rows = [r for r in csv.DictReader(file) if r["windows"] == "overlapping"]
    lower = sorted((r for r in rows if r["level"] == "3"), key=lambda r: -int(r["count"]))[:limit]
    held = [Counter(r["pattern"][k:k + 4] for k in range(0, 16, 4)) for r in lower]
    upper = [r for r in rows if r["level"] == "2" and any(r["pattern"] in h for h in held)]
    upper.sort(key=lambda r: -int(r["count"]))
    above, below = places(len(upper), 70), places(len(lower), 420)
    parts = [line(above[i], below[j], 0.6 * held[j][u["pattern"]])
             for i, u in enumerate(upper) for j in range(len(lower)) if u["pattern"] in held[j]]
    for (x, y), r in zip(above, upper):
        parts += [glyph(x, y, r["pattern"], 34), text(x, y - 24, r["count"])]
    for (x, y), r in zip(below, lower):
        parts += [glyph(x, y, r["pattern"], 30), text(x, y + 30, r["count"])]
    svg(path, WIDTH, 470, parts)
    return len(upper), len(lower)


def domains(folder, path):
    """The image, its stackings and their domains, each with the number of its columns."""
    with open(os.path.join(folder, "anchors.csv"), newline="") as file:
        anchors = list(csv.DictReader(file))
    with open(os.path.join(folder, "sites.csv"), newline="") as file:
        columns = Counter(r["anchor"] for r in csv.DictReader(file) if r["anchor"])
    kinds = sorted({a["kind"] for a in anchors})
    colors = dict(zip(kinds, ["#0072b2", "#e69f00", "#009e73"]))
    leaves = [a for kind in kinds for a in anchors if a["kind"] == kind and columns[a["id"]]]
    at = dict(zip((a["id"] for a in leaves), places(len(leaves), 330)))
    root, parts = (WIDTH / 2, 50), []
    largest = max(columns.values())
    for kind in kinds:
        own = [a for a in leaves if a["kind"] == kind]
        if not own:
            continue
        node = (sum(at[a["id"]][0] for a in own) / len(own), 180)
        total = sum(columns[a["id"]] for a in own)
        parts.append(line(root, node, 6 * total / sum(columns.values()), colors[kind]))
        for a in own:
            x, y = at[a["id"]]
            radius = 9 * (columns[a["id"]] / largest) ** 0.5
            parts += [line(node, (x, y), 1, colors[kind]),
                      f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colors[kind]}"/>']
        parts += [f'<circle cx="{node[0]:.1f}" cy="{node[1]}" r="16" fill="{colors[kind]}"/>',
                  text(node[0], node[1] - 24, f"{kind}: {len(own)} domains, {total} columns")]
    parts += [f'<circle cx="{root[0]}" cy="{root[1]}" r="18" fill="#30363d"/>',
              text(root[0], root[1] - 26, f"{sum(columns.values())} columns"),
              text(WIDTH / 2, 375, "domains; the area of a circle is the number of its columns")]
    svg(path, WIDTH, 400, parts)
    return len(leaves)
