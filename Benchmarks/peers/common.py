"""What the comparisons share: Tessera's benchmark program, its tables, and peers that may be missing."""
import contextlib
import importlib
import io
import json
import os
import pathlib
import subprocess
import time

FOLDER = pathlib.Path(__file__).resolve().parent
PROGRAM = FOLDER.parent / ".build" / "release" / "benchmarks"
THREADS = os.environ.get("OMP_NUM_THREADS", "2")


def tessera(*arguments):
    """Runs the benchmark program; returns the JSON it prints, if any."""
    done = subprocess.run([str(PROGRAM), *map(str, arguments)], check=True, capture_output=True, text=True)
    return json.loads(done.stdout) if done.stdout.startswith("{") else None


def table(path, kind):
    """Reads a table: rows and columns as 64-bit integers, then the numbers."""
    import numpy

    rows, columns = numpy.fromfile(path, "<i8", 2)
    return numpy.fromfile(path, kind, offset=16).reshape(rows, columns)


def available(module):
    """Whether a peer can be imported; says so when it cannot."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            importlib.import_module(module)
        return True
    except Exception as reason:  # A peer may fail in any way; the others still run.
        print(f"{module} cannot be used here: {reason}")
        return False


def quietly(work):
    """Runs work without its output; returns its result and the seconds it took."""
    start = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        result = work()
    return result, time.perf_counter() - start


def umap_layout(features, seed):
    import umap

    return umap.UMAP(n_neighbors=50, random_state=seed).fit_transform(features)


def tsne_layout(features, seed):
    import numpy
    import openTSNE

    return numpy.asarray(openTSNE.TSNE(perplexity=30, n_jobs=int(THREADS), random_state=seed).fit(features))


def relaxed_layout(features, seed, metric="correlation", neighbours=15, draws=5, iterations=160):
    from mtflearn.manifold.force_relaxed import ForceGraph8

    # Its neighbours include the point itself; its force parameters are (n, m, alpha, beta).
    return ForceGraph8(
        n_neighbors=neighbours + 1, metric=metric, num_negative_samples=draws, num_iterations=iterations,
        force_params1=(0, 2, 1, 1), force_params2=(2, 5, 5, 1), random_state=seed).fit_transform(features)
