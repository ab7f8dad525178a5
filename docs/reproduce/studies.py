"""[M22] Figs S3, S5, S6, S8 to S10, S13, S14, Tables S2 and S3: nuisance studies on synthetic motif patches (Table S3), by the benchmark program."""

import os

import plots
from recipes import SKIPPED_BENCHMARKS, SKIPPED_PEERS, benchmark, has_benchmarks, mean, peers, read_table, silhouette, spread, write_table

# Noise of each kind, from little to much. The paper states the Gaussian alone; its Poisson counts and scan noise have no unit.
NOISES = {
    "Poisson": ("counts", "counts at height 1", [50, 10, 5, 2, 1]),
    "Gaussian": ("noise", "standard deviation", [0.2, 0.4, 0.6, 0.8, 1.0]),
    "scan": ("jitter", "row shift, pixels", [1, 2, 4, 6, 8]),
}
DESCRIPTIONS = {
    "Zernike": "zernike", "pseudo-Zernike": "pseudoZernike", "Fourier-Bessel": "fourierBessel", "PCA": "principalComponents",
    "kernel PCA": "kernelComponents",
}
SCORES = {"AMI": "adjustedMutualInformation", "FMI": "fowlkesMallows", "silhouette": "silhouette"}


def scored(table, labels, seed):
    return benchmark("scores", table, labels, "--seed", seed)


def motifs(book, description, seed, *options):
    """Writes features and labels; returns their paths and the cost."""
    name = book.place("motifs")
    cost = benchmark("motifs", name, "--description", description, "--seed", seed, *options)
    return name + ".features", name + ".labels", cost


def statistics(found, score):
    values = [one[SCORES[score]] for one in found]
    return mean(values), spread(values)


def specimens(book):
    """Table S3, S3: the synthetic patches, and how noise broadens their classes in the plane of the principal components of the pixels."""
    sheet = []
    for height in range(2):
        row = []
        for corners in (3, 4, 5, 6, 7):
            benchmark("reconstruct", book.place("patch"), "--corners", corners, "--noise", 0.01, "--first", 1 - height, "--second", height)
            row.append(read_table(book.place("patch"))[0])
        sheet.append(row)
    plots.pictures(book.place("Table-S3-patches.png"), sheet, scale=(0, 1))
    panels = []
    for kind, (option, label, amounts) in NOISES.items():
        for amount in (amounts[0], amounts[2], amounts[4]):
            features, labels, _ = motifs(book, "principalComponents", 1, "--terms", 2, f"--{option}", amount)
            points, classes = read_table(features), [f"class {row[0]}" for row in read_table(labels, "i")]
            separation = silhouette(points, classes)[0]
            panels.append((f"{kind}, {label}: {amount} (silhouette {separation:.2f})", points, classes))
    plots.scatter(book.place("S3-broadening.svg"), panels)
    book.row("S3", "silhouette at little, more and much noise", "falls with all three kinds", "; ".join(
        f"{kind} " + ", ".join(title.split("silhouette ")[1][:-1] for title, _, _ in panels[3 * k:3 * k + 3]) for k, kind in enumerate(NOISES)))


def restoration(book):
    """S5, S6: patches out of their moments."""
    levels, ratios, sheet = [0.1, 0.3, 0.5, 0.7], {"patch": [], "66 Zernike moments": []}, []
    for noise in levels:
        found = [benchmark("reconstruct", book.place("patch"), "--noise", noise, "--seed", seed, "--first", 50, "--second", 0)
                 for seed in book.seeds]
        sheet.append(read_table(book.place("patch")))
        for name, key in [("patch", "noisy"), ("66 Zernike moments", "restored")]:
            values = [one[key] for one in found]
            ratios[name].append((mean(values), spread(values)))
    plots.pictures(book.place("S5AB-patches.png"), [[row[k] for row in sheet] for k in (1, 2)], scale=(-0.5, 1.5))
    plots.lines(book.place("S5C-psnr.svg"), [("peak signal-to-noise ratio, dB", "Gaussian noise", levels, ratios)], list(ratios), columns=1)
    gains = [b[0] - a[0] for a, b in zip(ratios["patch"], ratios["66 Zernike moments"])]
    book.row("S5", "PSNR at noise 0.1 to 0.7, patch / 66 moments", "moments above; \"three orders of magnitude\" more detectable",
             "; ".join(f"{a[0]:.1f} / {b[0]:.1f}" for a, b in zip(ratios["patch"], ratios["66 Zernike moments"]))
             + f" dB (gain {gains[0]:.1f} to {gains[-1]:.1f}; white noise alone allows 22.9)")
    methods = [("Zernike, 136", "zernike", 136), ("PCA, 136", "principalComponents", 136), ("PCA, 2", "principalComponents", 2)]
    panels, sheet = [], []
    for kind, (option, label, amounts) in NOISES.items():
        curves = {"patch": []} | {name: [] for name, _, _ in methods}
        for amount in amounts:
            for name, description, terms in methods:
                found = benchmark("reconstruct", book.place("patch"), "--description", description, "--terms", terms, f"--{option}", amount,
                                  "--first", 250, "--second", 250)
                curves[name].append((found["restored"], 0))
                if amount == amounts[2]:
                    rows = read_table(book.place("patch"))
                    sheet.append((rows[:2] if name == methods[0][0] else []) + [rows[2]])
            curves["patch"].append((found["noisy"], 0))
        panels.append((f"{kind}: PSNR, dB", label, amounts, curves))
        middle = {name: points[2][0] for name, points in curves.items()}
        book.row("S6", f"{kind} noise {amounts[2]} ({label}): PSNR", "136 moments above 136 components",
                 ", ".join(f"{name} {value:.1f}" for name, value in middle.items()) + " dB")
    names = ["patch"] + [name for name, _, _ in methods]
    plots.lines(book.place("S6-psnr.svg"), panels, names)
    plots.pictures(book.place("S6-patches.png"), [sum(sheet[k:k + 3], []) for k in (0, 3, 6)], scale=(-0.5, 1.5))


def representations(book):
    """S8, and the number of terms: k-means on the features."""
    panels = []
    for kind, (option, label, amounts) in NOISES.items():
        curves = {score: {name: [] for name in DESCRIPTIONS} for score in SCORES}
        for amount in amounts:
            for name, description in DESCRIPTIONS.items():
                found = []
                for seed in book.seeds:
                    features, labels, _ = motifs(book, description, seed, f"--{option}", amount, "--first", 300, "--second", 300)
                    found.append(scored(features, labels, seed))
                for score in SCORES:
                    curves[score][name].append(statistics(found, score))
        panels += [(f"{kind}: {score}", label, amounts, curves[score]) for score in SCORES]
        for k in (2, 3):
            book.row("S8", f"{kind} noise {amounts[k]} ({label}): AMI of k-means", "fixed bases above PCA and kernel PCA; Zernike best for Poisson",
                     ", ".join(f"{name} {points[k][0]:.3f} ± {points[k][1]:.3f}" for name, points in curves["AMI"].items()))
    plots.lines(book.place("S8-representations.svg"), panels, list(DESCRIPTIONS))
    terms, curves = [6, 15, 28, 45, 66, 136, 231], {score: {"Zernike": []} for score in SCORES}
    for count in terms:
        found = []
        for seed in book.seeds:
            features, labels, _ = motifs(book, "zernike", seed, "--terms", count, "--counts", 2)
            found.append(scored(features, labels, seed))
        for score in SCORES:
            curves[score]["Zernike"].append(statistics(found, score))
    plots.lines(book.place("S8-terms.svg"), [
        (f"Poisson, 2 counts: {score}", "number of moments", terms, curves[score]) for score in SCORES], ["Zernike"])
    book.row("S8", "Poisson, 2 counts: AMI against the number of moments", "66 by default",
             ", ".join(f"{count}: {point[0]:.3f}" for count, point in zip(terms, curves["AMI"]["Zernike"])))


def costs(book):
    """S9, S10: time and memory, and moments by the pseudo-inverse."""
    counts = [500, 1000, 2000]
    methods = {"Zernike": "zernike", "pseudo-inverse": "leastSquares", "PCA": "principalComponents"}
    seconds, memory = {name: [] for name in methods}, {name: [] for name in methods}
    for count in counts:
        for name, description in methods.items():
            found = [motifs(book, description, 1, "--first", count // 2, "--second", count // 2, "--threads", 1)[2] for _ in range(3)]
            times = sorted(one["seconds"] for one in found)
            seconds[name].append((times[1], (times[2] - times[0]) / 2))
            if found[0].get("megabytes") is not None:
                memory[name].append((sorted(one["megabytes"] for one in found)[1], 0))
    panels = [("seconds", "patches of 128 x 128", counts, seconds)]
    if memory["PCA"]:
        panels.append(("MB beyond the patches", "patches of 128 x 128", counts, memory))
    plots.lines(book.place("S9-cost.svg"), panels, list(methods), columns=2)
    last = {name: points[-1][0] for name, points in seconds.items()}
    book.row("S9", f"{counts[-1]} patches: time of 66 components / 66 moments", "7.8 times",
             f"{last['PCA'] / last['Zernike']:.0f} times ({last['PCA']:.2f} s / {last['Zernike']:.2f} s, the basis included; PCA is this program's)")
    if memory["PCA"]:
        last = {name: points[-1][0] for name, points in memory.items()}
        book.row("S9", "memory beyond the patches, the same", "1.5 times", f"{last['PCA']:.0f} MB / {last['Zernike']:.0f} MB")
    tables = [read_table(motifs(book, description, 1, "--noise", 0.3)[0]) for description in ("zernike", "leastSquares")]
    difference = sum((a - b) ** 2 for one, other in zip(*tables) for a, b in zip(one, other))
    book.row("S10", "moments by integration against the pseudo-inverse, rms difference over rms", "an approximation",
             f"{100 * (difference / sum(a * a for one in tables[0] for a in one)) ** 0.5:.2f} %")


def layouts(book):
    """S13, S14: FR, t-SNE and UMAP, each sorted by k-means."""
    others = peers()
    names = ["FR, correlation", "FR, Euclidean", "features"] + list(others)
    option, label, amounts = NOISES["Poisson"]
    for figure, sizes, paper in [
        ("S13", (500, 500), "all three comparable"), ("S14", (1000, 100), "FR above t-SNE and UMAP in all three scores"),
    ]:
        curves = {score: {name: [] for name in names} for score in SCORES}
        for amount in amounts:
            found = {name: [] for name in names}
            for seed in book.seeds:
                features, labels, _ = motifs(book, "zernike", seed, f"--{option}", amount, "--first", sizes[0], "--second", sizes[1])
                points = book.place("motifs.layout")
                for name, metric in [("FR, correlation", "correlation"), ("FR, Euclidean", "euclidean")]:
                    benchmark("fit", features, "--metric", metric, "--seed", seed, "--output", points)
                    found[name].append(scored(points, labels, seed))
                found["features"].append(scored(features, labels, seed))
                for name, layout in others.items():
                    write_table(points, layout(read_table(features), seed))
                    found[name].append(scored(points, labels, seed))
            for score in SCORES:
                for name in names:
                    curves[score][name].append(statistics(found[name], score))
        panels = [(f"{score}, {sizes[0]} + {sizes[1]}", label, amounts, curves[score]) for score in SCORES]
        plots.lines(book.place(f"{figure}-layouts.svg"), panels, names)
        for score in SCORES:
            for k in (2, 3):
                book.row(figure, f"{sizes[0]} + {sizes[1]}, Poisson, {amounts[k]} counts: {score}", paper,
                         ", ".join(f"{name} {points[k][0]:.3f} ± {points[k][1]:.3f}" for name, points in curves[score].items()))
        if not others:
            book.row(figure, "t-SNE, UMAP", "", SKIPPED_PEERS)


def times(book):
    """Table S2 and [H20] Extended Data Table 1: the layout of 1,207 features."""
    features, _, _ = motifs(book, "zernike", 1, "--first", 604, "--second", 603, "--counts", 5)
    paper = {10: 0.57, 20: 0.70, 40: 0.87, 80: 1.28, 160: 2.17}
    for iterations, before in paper.items():
        found = benchmark("fit", features, "--iterations", iterations, "--repeats", 5, "--threads", 1)
        book.row("Table S2, [H20] ED table 1", f"{iterations} iterations of 1,207 features", f"{before:.2f} s", f"{found['fit']:.3f} s, one thread")


def rebuild(book):
    if not has_benchmarks():
        book.row("S3, S5, S6, S8-S10, S13, S14, Tables S2, S3", "nuisance studies", "", SKIPPED_BENCHMARKS)
        return
    for study in (specimens, restoration, representations, costs, layouts, times):
        study(book)
    for name in ("motifs.features", "motifs.labels", "motifs.layout", "patch"):
        if os.path.exists(book.place(name)):
            os.remove(book.place(name))
