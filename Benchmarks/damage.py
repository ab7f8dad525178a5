#!/usr/bin/env python3
"""Damages a file of each format in thousands of ways and reads every one with `tessera info --statistics`.

    python3 Benchmarks/damage.py [--binary PATH] [--samples FOLDER] [--truncations 200] [--mutations 2000] [FORMAT ...]

Each run must end with status 0, or with 65 and a sentence, within 5 s of computing (a minute of waiting) and 1 GiB. Files
are read fifty in a run; what looks wrong, and every fiftieth file, is read alone and must then say one line. Prints a table
a format: how many damaged files were refused, read with a warning, read with the same statistics as the good file, or read
with others and no warning. Needs only Python. Files that the command writes itself are always tried; others are taken from
FOLDER (by default ../shared/data/formats beside the repository) where it exists. Exit status: number of files that broke a
rule (at most 99).
"""
import argparse, json, os, random, re, signal, struct, subprocess, sys, tempfile, time
from pathlib import Path

root = Path(__file__).resolve().parent.parent
parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--binary", default=str(root / ".build/release/tessera"))
parser.add_argument("--samples", default=str(root / "../shared/data/formats"))
parser.add_argument("--truncations", type=int, default=200)
parser.add_argument("--mutations", type=int, default=2000)
parser.add_argument("--seed", type=int, default=1)
parser.add_argument("--keep", help="folder for the files that break a rule")
parser.add_argument("formats", nargs="*")
options = parser.parse_args()
binary = os.path.abspath(options.binary)
work = Path(tempfile.mkdtemp(prefix="tessera-damage-", dir="/dev/shm" if os.path.isdir("/dev/shm") else None))
slowest_allowed, memory_allowed, longest_wait = 5.0, 1 << 30, 60


def run(words, limit):
    """Status, standard output, standard error, seconds of computing (of children too) and peak memory in bytes.

    The status is -signal if it was killed, as after `limit` seconds of waiting."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([binary, *map(str, words)], stdout=out, stderr=err, stdin=subprocess.DEVNULL)
        timer = time.monotonic() + limit
        while True:
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > timer:
                process.send_signal(signal.SIGKILL)
                _, status, usage = os.wait4(process.pid, 0)
                break
            time.sleep(0.002)
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = [f.seek(0) or f.read().decode(errors="replace") for f in (out, err)]
    return process.returncode, *texts, usage.ru_utime + usage.ru_stime, usage.ru_maxrss << 10


def good_files():
    """Paths of good files by the name of their format: what the command writes, and the smallest samples."""
    files = {}
    made = work / "made"
    made.mkdir()
    status, _, err, _, _ = run(["simulate", "square", "--size", "96", "-o", made / "m.tif", "--seed", "1"], 60)
    if status:
        sys.exit(f"simulate fails with status {status}: {err}")
    for name, words in (("PNG", ["m.png", "--bits", 16]), ("NumPy", ["m.npy"]), ("MRC", ["m.mrc"]), ("HyperSpy", ["m.hspy"]),
                        ("OME-TIFF", ["m.ome.tif"])):
        status, _, err, _, _ = run(["convert", made / "m.tif", made / words[0], *words[1:]], 60)
        if status:
            sys.exit(f"convert to {words[0]} fails with status {status}: {err}")
        files.setdefault(name, []).append(made / words[0])
    files["TIFF"] = [made / "m.tif"]
    text = made / "m.csv"
    text.write_text("".join(",".join(str((x * y) % 97 / 4) for x in range(20)) + "\n" for y in range(20)))
    files["text"] = [text]
    samples = Path(options.samples)
    for name, ending, marks in (
        ("DigitalMicrograph", "dm3", ()), ("DigitalMicrograph", "dm4", ()), ("TIA series", "ser", ()), ("TIA document", "emi", ()),
        ("Velox", "emd", (b"BinaryResult",)), ("Berkeley EMD", "emd", (b"emd_group_type",)), ("HyperSpy", "hspy", ()),
        ("plain HDF5", "h5", ()), ("MRC", "mrc", ()), ("NumPy archive", "npz", ()), ("BMP", "bmp", ()), ("PNG", "png", ()),
        ("TIFF", "tif", ()), ("packed TIFF", "tif", (b"\x03\x01\x03\x00\x01\x00\x00\x00\x08\x00",)), ("JPEG", "jpg", ()),
    ):
        found = sorted(samples.rglob(f"*.{ending}"), key=lambda p: (p.stat().st_size, p.name)) if samples.is_dir() else []
        found = [p for p in found if p.stat().st_size < 1 << 20 and all(m in p.read_bytes() for m in marks)]
        for path in found[:8]:
            if run(["info", "--statistics", path], 30)[0] == 0:
                files.setdefault(name, []).append(path)
                break
    return files


def mutated(good, places, rng):
    """The bytes with one to four damages: numbers, digits, bits, bytes, blocks, or an early end."""
    data = bytearray(good)
    for _ in range(rng.randint(1, 4)):
        if not data:
            break
        where = rng.randrange(min(len(data), 512) if rng.random() < .5 else len(data))
        kind = rng.randrange(8)
        if kind <= 2:
            if kind and places:
                where = min(rng.choice(places), len(data) - 1)
            size, order = rng.choice((2, 4, 8)), rng.choice(("little", "big"))
            old = int.from_bytes(data[where:where + size], order)
            value = rng.choice((0, 1, 2, -1, 1 << (8 * size - 1), (1 << (8 * size - 1)) - 1, 1 << (4 * size), len(good), len(good) - 1,
                                len(good) + 1, old + 1, old - 1, old * 2, old // 2, where, rng.randrange(1 << 16)))
            data[where:where + size] = (value % (1 << (8 * size))).to_bytes(size, order)
        elif kind == 3:
            digits = [m.span() for m in re.finditer(rb"\d+", bytes(data[:1 << 16]))]
            if digits:
                start, end = rng.choice(digits)
                data[start:end] = rng.choice((b"0", b"-1", b"2147483648", b"9223372036854775807", b"9" * 30, b"1e400", b"nan", b"", b"(", b"["))
        elif kind == 4:
            data[where] ^= 1 << rng.randrange(8)
        elif kind == 5:
            data[where] = rng.choice((0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        elif kind == 6:
            size = 1 << rng.randrange(10)
            block, action = bytes(data[where:where + size]), rng.randrange(3)
            if action == 0:
                del data[where:where + size]
            elif action == 1:
                data[where:where] = block
            else:
                data[where:where + size] = bytes(len(block))
        else:
            del data[rng.randrange(len(data)):]
    return bytes(data)


def numbers_of_structure(good):
    """Places of 32-bit and 64-bit numbers that could be a size or a place in the file."""
    places = []
    for start in range(0, min(len(good), 1 << 15) - 8):
        for code in ("<I", ">I", "<Q", ">Q"):
            if 0 < struct.unpack_from(code, good, start)[0] <= len(good):
                places.append(start)
    return places


def facts(entry):
    """What a reading gives, without the name of the file and its warnings."""
    return json.dumps([entry["format"], entry["datasets"]], sort_keys=True)


def check(paths, good, tally):
    """Reads files in one run and counts what became of each; false if the run itself went wrong."""
    status, out, err, seconds, memory = run(["info", "--statistics", "--json", *paths], longest_wait * (1 if len(paths) == 1 else 5))
    try:
        read = {entry["path"]: entry for entry in json.loads(out)} if out.strip() else {}
    except json.JSONDecodeError:
        return False
    fine = status in ((0, 65) if len(paths) == 1 else (0, 1, 65)) and memory < memory_allowed and seconds < slowest_allowed
    fine = fine and "Fatal" not in err and (len(paths) > 1 or (status == 0) == bool(read))
    if len(paths) == 1:
        lines = [line for line in err.splitlines() if "warning" not in line]
        fine = fine and (status == 0 or len(lines) == 1 and len(lines[0]) < 600)
        tally["slowest"] = max(tally["slowest"], seconds)
    if not fine:
        return False
    tally["memory"] = max(tally["memory"], memory)
    tally["seconds"] += seconds
    for path in map(str, paths):
        if path not in read:
            tally["refused"] += 1
        elif facts(read[path]) == good:
            tally["same"] += 1
        elif read[path]["warnings"]:
            tally["warned"] += 1
        else:
            tally["other"] += 1
    return True


def damage(name, sources):
    """Damages the files of one format in turn, prints its row and returns the number of files that broke a rule."""
    tallies = {kind: dict(refused=0, same=0, warned=0, other=0, slowest=0.0, memory=0, seconds=0.0) for kind in ("cut", "mutated")}
    broken = []
    for index, source in enumerate(sources):
        good = source.read_bytes()
        status, out, _, _, _ = run(["info", "--statistics", "--json", source], 30)
        reference = facts(json.loads(out)[0])
        rng = random.Random(f"{options.seed} {name} {index}")
        places = numbers_of_structure(good)
        share = lambda total: total // len(sources) + (index < total % len(sources))
        cuts, changes = share(options.truncations), share(options.mutations)
        wanted = [("cut", good[: len(good) * i // cuts]) for i in range(cuts)]
        wanted += [("mutated", None)] * changes
        batch = []
        for number, (kind, data) in enumerate(wanted):
            path = work / f"{kind}-{number}{source.suffix}"
            path.write_bytes(mutated(good, places, rng) if data is None else data)
            batch.append(path)
            if len(batch) < 50 and number + 1 < len(wanted) and wanted[number + 1][0] == kind:
                continue
            together = batch[1:]
            if together and not check(together, reference, tallies[kind]):
                alone = batch
            else:
                alone = batch[:1]
            for path in alone:
                if not check([path], reference, tallies[kind]):
                    status, _, err, seconds, memory = run(["info", "--statistics", path], longest_wait)
                    broken.append(f"{name} {path.name}: status {status}, {seconds:.1f} s, {memory >> 20} MiB, {err.strip()[:200]!r}")
                    if options.keep:
                        os.makedirs(options.keep, exist_ok=True)
                        Path(options.keep, f"{name.replace(' ', '-')}-{index}-{path.name}").write_bytes(path.read_bytes())
            for path in batch:
                path.unlink()
            batch = []
    for kind, t in tallies.items():
        count = t["refused"] + t["same"] + t["warned"] + t["other"]
        print(f"| {name}, {kind} | {count} | {t['refused']} | {t['warned']} | {t['same']} | {t['other']} | {t['slowest']:.2f} s | {t['memory'] >> 20} MiB |",
              flush=True)
    for line in broken:
        print("BROKEN", line, flush=True)
    return len(broken)


files = good_files()
chosen = {name: paths for name, paths in files.items() if not options.formats or name in options.formats}
print("| format, damage | files | refused | read, warned | read, same values | read, other values | slowest alone | memory |")
print("| --- | --- | --- | --- | --- | --- | --- | --- |")
count = sum(damage(name, paths) for name, paths in chosen.items())
subprocess.run(["rm", "-rf", work])
sys.exit(min(count, 99))
