#!/usr/bin/python3
"""The demonstration plays, as a person would see it.

examples/streamgate.yaml is started whole, and hls.js in headless Chromium watches its live stream
through the gateway over https for 60 s (10 s with --quick) without a stall. The page is looked at
in light and dark, wide and narrow; at the end nothing is left running.
"""
import argparse
import contextlib
import json
import os
import pathlib
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request

import lab

NODE = lab.ROOT / "tools" / "node" / "node"
PACKAGES = lab.ROOT / "build" / "npm" / "e2e" / "node_modules"
ATTEMPTS = 3
START_SECONDS = 90  # The clip is encoded first; on a busy machine that takes its time.


def configuration(http, https, metrics):
    """The example as it is, on ports of our own."""
    text = (lab.ROOT / "examples" / "streamgate.yaml").read_text()
    mail, door = lab.free_port(), lab.free_port()
    for old, new, times in (
        (r"- :8080\b", f"- 127.0.0.1:{http}", 1),
        (r":8443\b", f"127.0.0.1:{https}", 1),
        (r"127\.0\.0\.1:8080\b", f"127.0.0.1:{http}", 1),
        (r"\b2525\b", f"{mail}", 2),
        (r"\b8091\b", f"{door}", 2),
    ):
        text, count = re.subn(old, new, text)
        assert count == times, f"the example no longer says {old} {times} times"
    return text + f"\ntelemetry: {{ listen: 127.0.0.1:{metrics} }}\n"


def fetch(url):
    """Status, fields and body; status 0 when nobody answers."""
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(url, timeout=5, context=trusting) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, b""
    except OSError:
        return 0, {}, b""


def watch(url, seconds, pictures):
    done = subprocess.run(
        [NODE, "play.js", url, str(seconds), *pictures],
        cwd=pathlib.Path(__file__).parent,
        env={**os.environ, "NODE_PATH": str(PACKAGES)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=seconds + 90,
    )
    if done.returncode != 0:
        return None, done.stderr
    return json.loads(done.stdout), ""


def smooth(seen):
    """Whether it was played in time and without a stall."""
    went = seen["last"]["time"] - seen["first"]["time"]
    return seen["wall"] <= went + 1.0 and seen["last"]["stalls"] == 0


def watch_until_smooth(url, seconds, pictures):
    """Encoder, player and gateway share this machine: a moment in which it does something else
    stalls a player, too. A fault of ours would stall it each time."""
    for left in reversed(range(ATTEMPTS)):
        seen, why = watch(url, seconds, pictures)
        if seen is None or smooth(seen) or left == 0:
            return seen, why
        print(f"it stalled; watched again, at most {left} times", flush=True)


def judge(checks, seen, why, seconds):
    if not checks.check("the stream starts and goes on", seen is not None, why[-600:]):
        return
    first, last = seen["first"], seen["last"]
    went = last["time"] - first["time"]
    checks.check(f"{seconds} s of it were played", went >= seconds, f"{went:.1f} s")
    checks.check("in time", seen["wall"] <= went + 1.0, f"{seen['wall']:.1f} s for {went:.1f} s")
    checks.check("without a stall", last["stalls"] == 0, f"{last['stalls']}")
    stalled = [e for e in last["errors"] if "stall" in e.lower()]
    checks.check("hls.js saw no stalled buffer", not stalled, ", ".join(stalled))
    checks.check(
        "hls.js met no other error", len(last["errors"]) == len(stalled), str(last["errors"])
    )
    frames = last["frames"] - first["frames"]
    checks.check("with its pictures", frames >= seconds * 20, f"{frames} of {seconds * 25}")
    checks.check("with its sound", last["sound"] > first["sound"], f"{last['sound']} bytes")
    checks.check("in 1280 x 720", (last["width"], last["height"]) == (1280, 720))
    segments = last["segments"]
    checks.check("segment by segment", segments >= seconds // 2, f"{segments}")
    checks.check("the page fits every screen", not seen["overflow"], ", ".join(seen["overflow"]))
    checks.check(
        "the browser does not complain", not seen["complaints"], "; ".join(seen["complaints"])
    )


def judge_start(checks, log):
    """The generator of traffic starts after what it calls: error budgets begin whole."""
    asked = [json.loads(line) for line in log.read_text().splitlines()]
    own = [entry for entry in asked if entry.get("agent") == "streamgate-demo"]
    early, answered = [], set()
    for entry in own:
        if entry["status"] == 200:
            answered.add(entry.get("route"))
        elif entry["ending"] == "no_endpoint" and entry.get("route") not in answered:
            early.append(entry["target"])
    checks.check("its traffic began", own, f"{len(own)} requests")
    checks.check("and called nothing that was not ready", not early, ", ".join(early[:3]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10 s instead of 60 s")
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--pictures", help="folder for screenshots; default: build/e2e/play")
    options = parser.parse_args()
    seconds = options.seconds or (10 if options.quick else 60)
    lab.need(lab.STREAMGATE, "/usr/bin/chromium", "/usr/bin/ffmpeg", str(NODE))
    pictures = pathlib.Path(options.pictures or lab.ROOT / "build" / "e2e" / "play")
    pictures.mkdir(parents=True, exist_ok=True)

    checks = lab.Checks()
    with lab.folder() as folder:
        http, https, metrics = lab.free_port(), lab.free_port(), lab.free_port()
        (folder / "streamgate.yaml").write_text(configuration(http, https, metrics))
        path = f"{pathlib.Path(lab.STREAMGATE).parent}:{os.environ['PATH']}"
        with open(folder / "output.log", "wb") as output:
            up = subprocess.Popen(
                [lab.STREAMGATE, "up", "--config", "streamgate.yaml"],
                cwd=folder,
                env={**os.environ, "PATH": path},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            base = f"https://localhost:{https}"
            ready = lab.until(lambda: fetch(f"{base}/live/live.m3u8")[0] == 200, START_SECONDS)
            said = (folder / "output.log").read_text(errors="replace")
            if checks.check(
                "`streamgate up` serves the stream", ready, "" if ready else said[-800:]
            ):
                status, fields, body = fetch(f"{base}/api/titles")
                checks.check(
                    "and the catalogue", status == 200 and b'"titles"' in body, f"{status}"
                )
                checks.check(
                    "through the gateway",
                    "streamgate" in fields.get("via", "").lower(),
                    fields.get("via", "no Via field"),
                )
                seen = watch_until_smooth(f"{base}/live/", seconds, [str(pictures)])
                judge(checks, *seen, seconds)
                judge_start(checks, folder / "state" / "log" / "access.log")
            started = lab.tree(up.pid)
            os.kill(up.pid, signal.SIGINT)  # Ctrl-C
            with contextlib.suppress(subprocess.TimeoutExpired):
                up.wait(30)
            left = [pid for pid in started if os.path.exists(f"/proc/{pid}")]
            checks.check(
                "Ctrl-C stops all of it",
                not left,
                f"left: {left}" if left else f"{len(started)} processes",
            )
        finally:
            # A supervisor that is killed leaves all it started running, on purpose: not here.
            running = lab.tree(up.pid) if up.poll() is None else []
            lab.stop(up)
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
