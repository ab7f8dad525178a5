#!/usr/bin/env python3
"""Cancels what `tessera gui` computes in the midst of each stage, and says how long it goes on:  python3 cancel.py IMAGE [COMMAND] [TESSERA]

COMMAND is analyze (the default), strain, segment, particles or moire. A first run goes to its end and says how long each stage takes; then, stage
by stage, the command is begun, and cancelled when a third of the stage has passed. Prints the length of the stage and the seconds from the request
to the end of the job.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from urllib.parse import parse_qs, urlparse


class Screen:
    """A running program with one project."""

    def __init__(self, program, image, folder):
        self.process = subprocess.Popen(
            [program, "gui", "--no-browser", "--threads", "2", image], cwd=folder, stdout=subprocess.PIPE, text=True)
        url = urlparse(self.process.stdout.readline().strip())
        self.port, self.token = url.port, parse_qs(url.query)["token"][0]

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        headers = {"Cookie": f"tessera-{self.port}={self.token}", "Content-Type": "application/json"}
        connection.request(method, f"/api/projects/1{path}", None if body is None else json.dumps(body), headers)
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return answer

    def job(self):
        return self.ask("GET", "")["job"]


def begin(screen, command):
    if command == "analyze":
        screen.ask("POST", "/analysis", {})
    else:
        screen.ask("POST", "/measurements", {"command": command})


def stages(screen, command):
    """The stages of a whole run in their order, and how long each takes; one that comes twice counts where it came first."""
    begin(screen, command)
    found, last, start = {}, None, time.monotonic()
    while (job := screen.job()) and not job.get("failed"):
        if job["stage"] != last:
            now = time.monotonic()
            if last is not None:
                found.setdefault(last, now - start)
            last, start = job["stage"], now
        time.sleep(0.01)
    if job:
        sys.exit(f"{command}: {job['failed']}")
    found.setdefault(last, time.monotonic() - start)
    return found


def main():
    image = os.path.abspath(sys.argv[1])
    command = sys.argv[2] if len(sys.argv) > 2 else "analyze"
    program = os.path.abspath(sys.argv[3] if len(sys.argv) > 3 else ".build/release/tessera")
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen(program, image, folder)
        try:
            known = stages(screen, command)
            for stage, length in known.items():
                if length < 0.5:
                    continue
                begin(screen, command)
                while (job := screen.job()) and job["stage"] != stage:
                    time.sleep(0.01)
                time.sleep(length / 3)
                start = time.monotonic()
                screen.ask("DELETE", "/job")
                while (job := screen.job()) and not job.get("failed"):
                    time.sleep(0.01)
                print(f"{command}, {stage}: {length:.1f} s, stopped after {time.monotonic() - start:.2f} s", flush=True)
        finally:
            screen.process.terminate()
            screen.process.wait()


if __name__ == "__main__":
    main()
