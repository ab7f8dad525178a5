#!/usr/bin/env python3
"""A job array of `tessera batch --slurm` on a real Slurm of this machine: 20 images over two slots, one job killed, submitted again.

    python3 Benchmarks/folders/slurm.py .build/release/tessera [IMAGES]

Needs the Debian packages slurmctld, slurmd, slurm-client and munge, and runs as root (slurmd does); where one of these is missing, it says so
and ends with status 0. All daemons are its own, listen on the loopback address only, and end with it.
"""

import contextlib
import csv
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROGRAMS = ["munged", "slurmctld", "slurmd", "sbatch", "squeue", "scancel"]

CONFIGURATION = """
ClusterName=tessera
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={place}/munge.socket
SlurmctldPort={controller}
SlurmdPort={node}
StateSaveLocation={place}/state
SlurmdSpoolDir={place}/spool
SlurmctldPidFile={place}/slurmctld.pid
SlurmdPidFile={place}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=1
ReturnToService=2
MpiDefault=none
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def cluster(place):
    """A controller and a node with two slots; yields the environment that finds them."""
    for name in ["state", "spool"]:
        (place / name).mkdir()
    key = place / "munge.key"
    key.write_bytes(os.urandom(1024))
    key.chmod(0o400)
    host = socket.gethostname().split(".")[0]
    configuration = place / "slurm.conf"
    configuration.write_text(CONFIGURATION.format(place=place, host=host, controller=free_port(), node=free_port()))
    environment = {**os.environ, "SLURM_CONF": str(configuration)}
    processes = []

    def start(*words):
        log = open(place / f"{Path(words[0]).name}.log", "w")
        processes.append(subprocess.Popen(words, env=environment, stdout=log, stderr=subprocess.STDOUT))

    try:
        start("munged", "-F", "--force", f"--socket={place}/munge.socket", f"--key-file={key}", f"--pid-file={place}/munge.pid",
              f"--log-file={place}/munge.log", f"--seed-file={place}/munge.seed")
        time.sleep(1)
        start("slurmctld", "-D", "-f", str(configuration))
        time.sleep(1)
        start("slurmd", "-D", "-f", str(configuration), "-N", host)
        for _ in range(60):
            state = subprocess.run(["sinfo", "-h", "-o", "%T"], env=environment, capture_output=True, text=True).stdout.strip()
            if state == "idle":
                break
            time.sleep(0.5)
        else:
            sys.exit(f"the node did not come up ({state}):\n" + "\n".join(path.read_text() for path in place.glob("*.log")))
        yield environment
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in reversed(processes):
            process.wait(20)


def submitted(script, environment):
    out = subprocess.run(["sbatch", "--parsable", script], env=environment, capture_output=True, text=True)
    assert out.returncode == 0, out.stderr
    return out.stdout.strip()


def queue(environment):
    return subprocess.run(["squeue", "-h", "-r", "-o", "%i %T"], env=environment, capture_output=True, text=True).stdout.split("\n")[:-1]


def wait(environment):
    start = time.perf_counter()
    while queue(environment):
        assert time.perf_counter() - start < 600, queue(environment)
        time.sleep(0.2)


def inodes(folder):
    return {path.parent.name: path.stat().st_ino for path in Path(folder).glob("*/summary.json")}


def statuses(folder):
    with open(f"{folder}/batch.csv") as file:
        return [row["status"] for row in csv.DictReader(file)]


def contents(folder):
    """The files of all results, without those that state times."""
    paths = sorted(path for path in Path(folder).glob("*/*") if path.is_file() and path.parent.name != "slurm-logs")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in paths if path.name not in ("summary.json", "manifest.json", "report.html")
    }


def times_done(folder):
    """How often the jobs say of an image that it was done."""
    text = "".join(path.read_text() for path in Path(folder, "slurm-logs").glob("*.txt"))
    return [text.count(f"scans/m{n:02}.tif: ") for n in range(1, len(list(Path("scans").iterdir())) + 1)]


def main():
    command, count = Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 20
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        return print(f"skipped: needs root and {', '.join(missing)}" if missing else "skipped: slurmd needs root")

    def tessera(*words):
        return subprocess.run([command, *words], capture_output=True, text=True)

    with tempfile.TemporaryDirectory() as folder, cluster(Path(folder)) as environment:
        os.chdir(folder)
        Path("scans").mkdir()
        for seed in range(1, count + 1):
            made = tessera("simulate", "mose2", "--size", "512", "--seed", str(seed), "-o", f"scans/m{seed:02}.tif")
            assert made.returncode == 0, made.stderr
        for path in list(Path("scans").glob("*.csv")) + list(Path("scans").glob("*.json")):
            path.unlink()
        words = ["batch", "motifs", "scans", "-o", "results"]
        print(tessera(*words, "--slurm").stdout.strip())
        start = time.perf_counter()
        submitted("results/slurm.sh", environment)
        killed = None
        while killed is None:
            running = [line.split()[0] for line in queue(environment) if line.endswith("RUNNING")]
            begun = {path.stem for path in Path("results/.entries").glob("*.json")} if Path("results/.entries").is_dir() else set()
            # One that has begun its image: number k of the array does image k - 1.
            for name in running:
                task = int(name.split("_")[1])
                if task > count // 2 and str(task - 1) in begun:
                    subprocess.run(["scancel", "--signal=KILL", "--full", name], env=environment, check=True)
                    killed = name
                    break
        wait(environment)
        print(f"array of {count} over two slots: {time.perf_counter() - start:.1f} s, job {killed} was killed")
        before = inodes("results")
        assert len(before) == count - 1, (len(before), count)
        print("again: ", tessera(*words, "--slurm").stdout.strip())
        assert statuses("results").count("done") == count - 1
        # Twice at once: each image is still done once.
        start = time.perf_counter()
        submitted("results/slurm.sh", environment)
        submitted("results/slurm.sh", environment)
        wait(environment)
        after = inodes("results")
        assert len(after) == count and all(after[name] == node for name, node in before.items())
        assert statuses("results") == ["done"] * count, statuses("results")
        assert Path("results/report.html").exists() and not Path("results/.entries").exists()
        print(f"submitted again, twice at once: {time.perf_counter() - start:.1f} s, {count} of {count} done, nothing done twice")
        done = times_done("results")
        assert all(number == 1 for number in done), done
        alone = tessera("batch", "motifs", "scans", "-o", "alone")
        assert alone.returncode == 0, alone.stderr
        one, other = contents("results"), contents("alone")
        assert one == other, [name for name in one if one[name] != other.get(name)]
        print(f"the same bytes as one run alone: {len(one)} files; each image was done once: {sum(done)} times in all")
        os.chdir("/")


if __name__ == "__main__":
    main()
