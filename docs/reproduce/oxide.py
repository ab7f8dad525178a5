"""[M22] Figs 4, S16 to S20, S26, S27: an oxide with an ordered phase on a quarter of the area."""

import json

import graphs


def rebuild(book):
    image = book.simulate("pom", "oxide", "--phase", 0.25, "--seed", 6)
    oxide = book.result("polygons", image, "oxide")
    with open(book.place("oxide.truth.json")) as file:
        facts = json.load(file)["facts"]
    for number, name in [
        ("4A-C", "mean-patches"), ("4D-E", "units"), ("4F-S18", "level2"), ("4G-H-S19", "phase"), ("S16", "profile"),
        ("S17", "distortion"), ("S20-S26", "level3"),
    ]:
        book.figure(number, "oxide", name)
    fillings = oxide["filling"]
    for kind, paper in [("empty", "59.4 %"), ("filled", "36.3 %"), ("V", "4.3 %")]:
        share = fillings[kind]["share"] if kind in fillings else 0
        book.row("4C", f"pentagons {kind}", paper, f"{100 * share:.1f} %")
    two, three = oxide["entropy"]["level2"], oxide["entropy"]["level3"]
    book.row("4F", "windows of level 2 in the six commonest types", "> 83 %", f"{100 * two['six_commonest']:.0f} %")
    book.row("S20", "entropy of level 3", "4.13 nats",
             f"{three['plug_in']:.2f} nats of {three['windows']} windows (random fillings {three['random_lattice']:.2f}, "
             f"corrected {three['corrected']:.2f})")
    codes = [r for r in book.table("oxide", "codes.csv") if r["level"] == "3" and r["windows"] == "overlapping"]
    top = sum(sorted((float(r["fraction"]) for r in codes), reverse=True)[:36])
    book.row("S20", "windows of level 3 in the 36 commonest types", "74 %", f"{100 * top:.0f} %")
    phase = oxide["phase"]
    if phase:
        book.row("4G", "area of the ordered phase", "nearly 25 %",
                 f"{100 * phase['area_fraction']:.1f} % (planted {100 * facts['phase_area_fraction']:.1f} %)")
        ratio, ends = phase["ratio"], phase["ratio_interval"]
        book.row("4G", "ratio of its two types", "about 3 : 1",
                 f"{ratio:.2f} ({ends[0]:.1f} to {ends[1]:.1f})" if ratio else "one type")
    book.row("S27", "codes", "(+-1)^4 and (+-1)^16", f"`codes.csv`: {codes[0]['pattern']} is the commonest of level 3")
    upper, lower = graphs.level3(book.place("oxide"), book.place("S26-level3-graph.svg"))
    book.row("S26", "graph of types", "", f"the {lower} commonest types of level 3, made of {upper} of level 2")
