"""Kills `tessera gui` at random moments and looks at what its project lost:  python3 kill.py [--rounds 100] [--seed 1] [TESSERA]

Each round opens the project of one image, does what a person does (columns added and removed, classes named and divided, steps
undone and done again, strain measured), one request after the other, and kills the program with SIGKILL while it does. The next
round must find the project as it was after the last answer, or one step further: the step that was under way. Says how many steps
were answered, how many of those were lost, and how long a project takes to open again.
"""

import argparse
import http.client
import json
import random
import signal
import subprocess
import tempfile
import threading
import time
from urllib.parse import parse_qs, urlparse


class Screen:
    """One run of the program on scan.tif."""

    def __init__(self, program, folder):
        begin = time.monotonic()
        self.process = subprocess.Popen(
            [program, "gui", "--no-browser", "--port", "0", "scan.tif"], cwd=folder, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline().strip()
        self.opened = time.monotonic() - begin
        url = urlparse(line)
        if not url.port:
            raise SystemExit("the project does not open any more")
        self.port, self.token = url.port, parse_qs(url.query)["token"][0]

    def ask(self, path, body=None):
        """The answer as JSON; None where the program is gone or refuses."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            text = None if body is None else json.dumps(body)
            headers = {"Cookie": f"tessera-{self.port}={self.token}", "Content-Type": "application/json"}
            connection.request("GET" if body is None else "POST", f"/api/projects/1{path}", text, headers)
            response = connection.getresponse()
            value = json.loads(response.read())
            return value if response.status < 300 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def idle(self):
        """The state once no job runs; None where the program is gone."""
        while True:
            state = self.ask("")
            if state is None or not state["job"] or state["job"].get("failed"):
                return state
            time.sleep(0.02)


def steps(state):
    """What holds of a project: the steps that were done, those that are undone marked."""
    return [(step["text"], step["is_undone"]) for step in state["history"]]


def act(screen, state, source):
    """One thing that a person does; the state after it, or None where the program is gone."""
    kind = source.random()
    if kind < 0.35:
        place = [source.uniform(5, 250), source.uniform(5, 250)]
        return screen.ask("/corrections", {"add": [place]})
    if kind < 0.55 and state["classes"]:
        number = source.choice(state["classes"])["number"]
        return screen.ask("/actions", {"action": "name", "class": number, "name": f"name {source.randrange(1000)}"})
    if kind < 0.65 and state["classes"]:
        number = source.choice(state["classes"])["number"]
        return screen.ask("/actions", {"action": "split", "class": number, "parts": 2}) or screen.ask("")
    if kind < 0.8:
        return screen.ask("/undo", {}) or screen.ask("")
    if kind < 0.92:
        return screen.ask("/redo", {}) or screen.ask("")
    if screen.ask("/measurements", {"command": "strain", "settings": {"method": "gpa"}}) is None:
        return screen.ask("")
    return screen.idle()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default="tessera")
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    source = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [options.program, "simulate", "square", "--size", "256", "-o", "scan.tif"], cwd=folder, check=True,
            stdout=subprocess.DEVNULL)
        screen = Screen(options.program, folder)
        screen.ask("/analysis", {})
        state = screen.idle()
        answered, lost, further, opened = 0, 0, 0, []
        for round_number in range(options.rounds):
            known = steps(state)
            killer = threading.Timer(source.uniform(0.0, 0.6), screen.process.send_signal, [signal.SIGKILL])
            killer.start()
            while True:
                after = act(screen, state, source)
                if after is None:
                    break
                state, known, answered = after, steps(after), answered + 1
            killer.join()
            screen.process.wait()
            screen = Screen(options.program, folder)
            opened.append(screen.opened)
            state = screen.idle()
            found = steps(state)
            if found != known:
                changed = sum(a != b for a, b in zip(found, known)) + abs(len(found) - len(known))
                # A new step takes the place of all that had been undone.
                held = [text for text, undone in known if not undone]
                now = [text for text, undone in found if not undone]
                near = abs(len(held) - len(now)) <= 1 and held[:len(now)][:len(held)] == now[:len(held)][:len(now)]
                further += near
                if not near:
                    lost += 1
                    print(f"round {round_number}: {changed} steps differ: {known[-3:]} became {found[-3:]}")
        screen.process.send_signal(signal.SIGTERM)
        screen.process.wait()
    opened.sort()
    print(f"{options.rounds} times killed, {answered} steps answered; {further} times the step under way was kept or undone alone, "
          f"{lost} times more was lost; opens in {opened[len(opened) // 2]:.2f} s, {opened[-1]:.2f} s at most")


main()
