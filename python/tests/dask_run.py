#!/usr/bin/env python3
"""A batch on two workers of Dask, one of which is killed in the middle, against the batch of the command: the same bytes.

    python3 python/tests/dask_run.py .build/release/tessera [IMAGES]

Needs the package (a wheel) and `distributed`; where that is missing, it says so and ends with status 0.
"""

import csv
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path


def contents(folder):
    """The files of a batch, without what states times and checksums of these."""
    found = {}
    for path in sorted(path for path in Path(folder).rglob("*") if path.is_file()):
        data = path.read_bytes()
        if path.name == "summary.json":
            data = {key: value for key, value in json.loads(data).items() if key != "timings"}
        elif path.name == "batch.csv":
            data = [{**row, "seconds": ""} for row in csv.DictReader(data.decode().splitlines())]
        elif path.name in ("manifest.json", "batch.json"):
            data = None
        found[path.relative_to(folder).as_posix()] = data
    return found


def kill_one(client, stop):
    """Ends a worker as soon as three results are there."""
    process = next(iter(client.run(os.getpid).values()))
    while not stop.wait(0.01):
        if len(list(Path("cluster").glob("*/summary.json"))) >= 3:
            os.kill(process, signal.SIGKILL)
            print("one of two workers was killed")
            return


def main():
    command, count = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 12
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        return print("skipped: distributed is not installed")
    import tessera.dask

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("scans").mkdir()
        for seed in range(1, count + 1):
            words = ["simulate", "mose2", "--size", "256", "--seed", str(seed), "-o", f"scans/m{seed:03}.tif"]
            subprocess.run([command, *words], check=True, capture_output=True)
        Path("scans/bad.tif").write_bytes(b"II*\0broken")
        subprocess.run([command, "motifs", "scans/m001.tif", "-o", "first"], check=True, capture_output=True)
        own = ["--apply", "first", "--pixel-size", "0.0137nm"]
        stop = threading.Event()
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
            killer = threading.Thread(target=kill_one, args=(client, stop))
            killer.start()
            start = time.perf_counter()
            rows = tessera.dask.batch(client, "motifs", "scans/*.tif", "cluster", threads=1, apply="first", pixel_size=0.0137)
            print(f"{count} images and a damaged file on two workers: {time.perf_counter() - start:.1f} s")
            stop.set()
            killer.join()
        assert [row["input"] for row in rows if row["status"] == "failed"] == ["scans/bad.tif"], rows
        start = time.perf_counter()
        alone = subprocess.run([command, "batch", "motifs", "scans/*.tif", "-o", "alone", *own], capture_output=True, text=True)
        print(f"the command: {time.perf_counter() - start:.1f} s, {alone.stdout.splitlines()[-1]}")
        one, other = contents("cluster"), contents("alone")
        assert one.keys() == other.keys(), one.keys() ^ other.keys()
        assert all(one[name] == other[name] for name in one), [name for name in one if one[name] != other[name]]
        print(f"the same bytes: {len(one)} files")
        again = subprocess.run([command, "batch", "motifs", "scans/*.tif", "-o", "cluster", *own], capture_output=True, text=True)
        assert f"{count} done ({count} by an earlier run), 1 failed" in again.stdout, again.stdout + again.stderr
        print("the command goes on with the folder of the cluster")
        mosaic(command)
        os.chdir("/")


def mosaic(command):
    """One image in tiles on two workers, one of which is killed after the first row of tiles."""
    from distributed import Client, LocalCluster

    import tessera.dask

    subprocess.run([command, "simulate", "mose2", "--size", "1200", "-o", "large.tif"], check=True, capture_output=True)
    done = threading.Event()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        process = next(iter(client.run(os.getpid).values()))

        def kill():
            while not done.wait(0.01):
                if list(Path().glob(".cluster.csv.parts-*/row-*")):
                    os.kill(process, signal.SIGKILL)
                    return print("one of two workers was killed")

        killer = threading.Thread(target=kill)
        killer.start()
        count = tessera.dask.sites(client, "large.tif", "cluster.csv", tile=300, threads=1)
        done.set()
        killer.join()
    subprocess.run([command, "sites", "large.tif", "--tile", "300", "-o", "alone.csv"], check=True, capture_output=True)
    assert Path("cluster.csv").read_bytes() == Path("alone.csv").read_bytes()
    assert not list(Path().glob(".cluster.csv.parts-*"))
    print(f"one image in tiles: the same bytes, {count} columns")


if __name__ == "__main__":
    main()
