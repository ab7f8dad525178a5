#!/usr/bin/env python3
"""`tessera watch` on a folder into which thousands of small images are written slowly, under it renamed, truncated and removed.

    python3 Benchmarks/folders/watch.py .build/release/tessera [IMAGES] [--keep-up N]

A writer makes N images (2,000) in a random order of events, always a few at a time: most are written in pieces with pauses; of every 20 one is
written under another name and renamed, one is truncated (it stays damaged), one is removed before it is whole, and one is
removed after it was done. At the end: every whole image done once and in the table once, no damaged one done, the memory of the
watch at a quarter and at the end, the time per image in the first and the last quarter, and what SIGTERM gives.
"""

import csv
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

SIZE = 128


def memory(process):
    """Resident memory in MiB, the largest so far and now."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return int(found["VmHWM"].split()[0]) / 1024, int(found["VmRSS"].split()[0]) / 1024


class Writer(threading.Thread):
    """Writes the images; `whole` and `damaged` are the names that are there in the end or were there whole for long enough."""

    def __init__(self, sources, count, settle):
        super().__init__(daemon=True)
        self.sources, self.count, self.settle = sources, count, settle
        self.whole, self.damaged, self.removed = set(), set(), set()
        self.random = random.Random(1)

    def run(self):
        threads = []
        for number in range(self.count):
            thread = threading.Thread(target=self.one, args=(number,), daemon=True)
            thread.start()
            threads.append(thread)
            time.sleep(0.02)
            while sum(thread.is_alive() for thread in threads[-40:]) > 20:
                time.sleep(0.02)
        for thread in threads:
            thread.join()

    def one(self, number):
        name, kind = f"m{number:05}.tif", number % 20
        data = self.sources[number % len(self.sources)]
        path = Path("in", name)
        if kind == 1:
            hidden = Path("in", f"{name}.part")
            self.pieces(hidden, data)
            hidden.rename(path)
            self.whole.add(name)
        elif kind == 2:
            self.pieces(path, data[: len(data) // 2])
            self.damaged.add(name)
        elif kind == 3:
            self.pieces(path, data[: len(data) // 2])
            path.unlink()
            self.removed.add(name)
        elif kind == 4:
            self.pieces(path, data)
            os.truncate(path, len(data) // 3)
            self.damaged.add(name)
        else:
            self.pieces(path, data)
            self.whole.add(name)

    def pieces(self, path, data):
        """In three pieces, with pauses shorter than the watch waits."""
        with open(path, "wb") as file:
            for part in range(3):
                file.write(data[part * len(data) // 3: (part + 1) * len(data) // 3])
                file.flush()
                time.sleep(self.settle * 0.4 * self.random.random())


def rows():
    try:
        with open("out/batch.csv") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        return []


def main():
    command, count, settle = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 2000, 0.5
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for name in ["in", "images"]:
            Path(name).mkdir()
        for seed in range(20):
            words = ["simulate", "square", "--size", str(SIZE), "--seed", str(seed + 1), "-o", f"images/{seed}.tif"]
            subprocess.run([command, *words], check=True, capture_output=True)
        sources = [Path(f"images/{seed}.tif").read_bytes() for seed in range(20)]
        log = open("log.txt", "w")
        words = ["watch", "motifs", "in", "-o", "out", "--interval", "0.2", "--settle", str(settle)]
        watch = subprocess.Popen([command, *words], stdout=log, stderr=subprocess.STDOUT)
        writer = Writer(sources, count, settle)
        start = time.perf_counter()
        writer.start()
        marks = []
        while True:
            time.sleep(1)
            done = len(list(Path("out").glob("*/summary.json"))) if Path("out").exists() else 0
            marks.append((time.perf_counter() - start, done, *memory(watch.pid)))
            wanted = len(writer.whole)
            if not writer.is_alive() and done >= wanted and len(rows()) >= wanted + len(writer.damaged):
                break
            if not writer.is_alive() and len(marks) > 30 and marks[-30][1] == done:
                print("nothing more happens")
                break
        time.sleep(3)
        seconds = time.perf_counter() - start
        times = Path(f"/proc/{watch.pid}/stat").read_text().rsplit(")", 1)[1].split()
        busy = (int(times[11]) + int(times[12])) / os.sysconf("SC_CLK_TCK")
        watch.send_signal(signal.SIGTERM)
        status = watch.wait(10)
        table = rows()
        names = Counter(Path(row["input"]).name for row in table)
        done = {Path(row["input"]).name for row in table if row["status"] == "done"}
        lines = Path("log.txt").read_text().splitlines()
        said = Counter(Path(line.split(": ")[0]).name for line in lines if line.startswith("in/m"))
        print(f"{count} files in {seconds:.0f} s ({busy:.0f} s of processor): {len(writer.whole)} whole, {len(writer.damaged)} damaged, "
              f"{len(writer.removed)} removed half-written")
        print(f"done {len(done)}, whole ones not done {len(writer.whole - done)}, others done {len(done - writer.whole)}, "
              f"rows twice {sum(n > 1 for n in names.values())}, done twice {sum(said[name] > 1 for name in writer.whole)}")
        for share in (0.1, 0.25, 0.5, 0.75, 1):
            mark = next(mark for mark in marks if mark[1] >= share * marks[-1][1])
            print(f"after {mark[1]} images: {mark[0]:.0f} s, {mark[3]:.0f} MiB now, {mark[2]:.0f} MiB at most")
        left = [name for name in os.listdir("out") if name.startswith(".")]
        print(f"SIGTERM: status {status}, {len(left)} hidden files left {left[:3]}, report of "
              f"{Path('out/report.html').read_text().count('</tr>')} rows")
        os.chdir("/")


if __name__ == "__main__":
    main()
