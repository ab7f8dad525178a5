"""Plots as SVG, and grey pictures as PNG, with the standard library alone."""

import struct
import zlib

# Okabe and Ito's colours, then black and grey.
COLORS = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#000000", "#999999", "#f0e442"]


def text(x, y, words, anchor="middle", size=12, extra=""):
    words = str(words).replace("&", "&amp;").replace("<", "&lt;")
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" {extra}>{words}</text>'


def svg(path, width, height, parts):
    with open(path, "w") as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" font-family="sans-serif">'
                   '<rect width="100%" height="100%" fill="white"/>' + "".join(parts) + "</svg>\n")


def legend(names, x, y):
    parts = []
    for k, name in enumerate(names):
        parts.append(f'<rect x="{x}" y="{y + 18 * k - 9}" width="12" height="12" fill="{COLORS[k % len(COLORS)]}"/>')
        parts.append(text(x + 18, y + 18 * k + 1, name, "start"))
    return parts


def lines(path, panels, names, columns=3):
    """Panels of curves with bars of one standard deviation. A panel: title, label of x, labels of the levels, {name: [(mean, deviation)]}."""
    wide, high, left, below = 290, 230, 46, 40
    parts = []
    for number, (title, label, levels, series) in enumerate(panels):
        x0, y0 = (number % columns) * wide + left, (number // columns) * high + 28
        w, h = wide - left - 14, high - below - 28
        values = [v for points in series.values() for m, s in points for v in (m - s, m + s)]
        low, top = min(0, *values), max(1 if max(values) <= 1 else max(values) * 1.05, 1e-9)
        along = lambda k: x0 + w * (k + 0.5) / len(levels)
        up = lambda v: y0 + h * (top - v) / (top - low)
        parts += [f'<rect x="{x0}" y="{y0}" width="{w}" height="{h}" fill="none" stroke="#9aa5b1"/>', text(x0 + w / 2, y0 - 8, title)]
        step = next(s for s in (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 1e4, 1e5) if (top - low) / s <= 7)
        tick = step * -(-low // step)
        while tick <= top + 1e-9:
            parts += [f'<line x1="{x0}" x2="{x0 + w}" y1="{up(tick):.1f}" y2="{up(tick):.1f}" stroke="#e8edf2"/>',
                      text(x0 - 5, up(tick) + 4, f"{tick:g}" if abs(tick) > 1e-9 else "0", "end", 10)]
            tick += step
        parts += [text(along(k), y0 + h + 14, level, size=10) for k, level in enumerate(levels)]
        parts.append(text(x0 + w / 2, y0 + h + 30, label, size=11))
        for name, points in series.items():
            color = COLORS[names.index(name) % len(COLORS)]
            # Bars of several series side by side.
            aside = 3 * (names.index(name) - (len(names) - 1) / 2)
            track = " ".join(f"{along(k) + aside:.1f},{up(m):.1f}" for k, (m, _) in enumerate(points))
            parts.append(f'<polyline points="{track}" fill="none" stroke="{color}" stroke-width="1.6"/>')
            for k, (m, s) in enumerate(points):
                x = along(k) + aside
                parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{up(m - s):.1f}" y2="{up(m + s):.1f}" stroke="{color}"/>')
                parts.append(f'<circle cx="{x:.1f}" cy="{up(m):.1f}" r="2.6" fill="{color}"/>')
    count = -(-len(panels) // columns)
    parts += legend(names, min(columns, len(panels)) * wide + 12, 40)
    svg(path, min(columns, len(panels)) * wide + 190, max(count * high + 10, 40 + 18 * len(names) + 10), parts)


def scatter(path, panels, columns=3, size=330):
    """Panels of points, coloured by label. A panel: title, [(x, y)], [label]; labels share colours, the commonest first."""
    total = {}
    for _, _, labels in panels:
        for label in labels:
            total[label] = total.get(label, 0) + 1
    names = sorted(total, key=lambda label: (-total[label], label))
    order = {name: k for k, name in enumerate(names)}
    parts = []
    for number, (title, points, labels) in enumerate(panels):
        x0, y0 = (number % columns) * size + 12, (number // columns) * size + 30
        side = size - 40
        low = [min(p[a] for p in points) for a in (0, 1)]
        reach = max(max(p[a] for p in points) - low[a] for a in (0, 1)) or 1
        parts += [f'<rect x="{x0}" y="{y0}" width="{side}" height="{side}" fill="none" stroke="#9aa5b1"/>', text(x0 + side / 2, y0 - 8, title)]
        # Rare classes lie on top.
        for k in sorted(range(len(points)), key=lambda k: order[labels[k]]):
            x, y = (x0 + 6 + (side - 12) * (points[k][a] - low[a]) / reach for a in (0, 1))
            y = 2 * y0 + side - (y - x0 + y0)
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2" fill="{COLORS[order[labels[k]] % len(COLORS)]}"/>')
    used = min(columns, len(panels))
    parts += legend([f"{name} ({total[name] // len(panels)})" for name in names], used * size + 10, 44)
    rows = -(-len(panels) // columns)
    svg(path, used * size + 230, max(rows * size + 10, 60 + 18 * len(names)), parts)


def bars(path, panels):
    """Rows of bars, one row a panel: title, values, colours."""
    wide, high = 900, 150
    parts = []
    for number, (title, values, colors) in enumerate(panels):
        y0, h = number * high + 30, high - 50
        top, low = max(0, *values), min(0, *values)
        scale = h / ((top - low) or 1)
        zero = y0 + top * scale
        step = (wide - 60) / len(values)
        parts.append(text(40, y0 - 10, title, "start"))
        for k, (value, color) in enumerate(zip(values, colors)):
            y = min(zero, zero - value * scale)
            parts.append(f'<rect x="{40 + k * step:.1f}" y="{y:.1f}" width="{step * 0.8:.1f}" height="{abs(value) * scale:.1f}" fill="{color}"/>')
        parts.append(f'<line x1="40" x2="{wide - 20}" y1="{zero:.1f}" y2="{zero:.1f}" stroke="#30363d"/>')
    svg(path, wide, len(panels) * high + 10, parts)


def pictures(path, rows, scale=None, gap=6):
    """A sheet of square grey pictures as PNG; every row is a list of flat lists of pixels. One scale of grey for all, or `scale` = (black, white)."""
    side = int(round(len(rows[0][0]) ** 0.5))
    values = [v for row in rows for picture in row for v in picture]
    low, high = scale or (min(values), max(values))
    width, height = max(map(len, rows)) * (side + gap) - gap, len(rows) * (side + gap) - gap
    canvas = [bytearray(b"\xff" * width) for _ in range(height)]
    for i, row in enumerate(rows):
        for j, picture in enumerate(row):
            for y in range(side):
                line = picture[y * side:(y + 1) * side]
                grey = bytes(int(min(255, max(0, 255 * (v - low) / ((high - low) or 1)))) for v in line)
                start = j * (side + gap)
                canvas[i * (side + gap) + y][start:start + side] = grey

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                   + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + line for line in canvas))) + chunk(b"IEND", b""))
