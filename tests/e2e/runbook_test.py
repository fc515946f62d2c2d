#!/usr/bin/python3
"""A service fails on the real gateway: its runbook is run without anybody asking, what its checks
found is on the timeline within seconds, the likely cause is named, and a person can run one too.
--quick is the same."""
import argparse
import sys
import tempfile
import time

import incident_test
import lab

FOUND_WITHIN = 60  # Seconds: checks last 5 s at most; a machine under other load is slower.


class Platform(incident_test.Platform):
    """Two versions; the second answers 500 to everything."""

    def __init__(self, folder):
        super().__init__(folder)
        bad = self.folder / "bad.py"
        text = incident_test.SERVICE.replace("send_response(200)", "send_response(500)")
        bad.write_text(text)
        kept = "  api:\n    outlier: { enabled: false }\n"  # Else it heals before it is declared.
        config = self.config.read_text().replace("  api:\n", kept)
        line = f'      v2: {{ weight: 40, run: {{ command: "exec python3 {bad}" }} }}\n'
        self.config.write_text(config.replace("routes:", line + "routes:", 1))

    def timeline(self, incident):
        answer = self.json("incident", "timeline", str(incident))
        return answer.get("records") or answer.get("entries") or answer.get("timeline") or []

    def run_of(self, incident):
        runs = self.json("runbook", "runs", "--incident", str(incident)).get("runs", [])
        return runs[0] if runs else {}

    def looked(self, incident):
        run = self.run_of(incident)
        return run if len(run.get("looks", [])) >= 5 else None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.parse_args()
    checks = lab.Checks()
    with tempfile.TemporaryDirectory() as folder:
        platform = Platform(folder)
        try:
            platform.start()
            with incident_test.Traffic(platform.port):
                platform.wait(platform.incidents, "declared", 60)
                incident = platform.incidents()[0]["id"]
                began = time.monotonic()
                run = platform.wait(lambda: platform.looked(incident), "looked at", FOUND_WITHIN)
                print(f"findings {time.monotonic() - began:.1f} s after the declaration was seen")
                run = platform.wait(
                    lambda: (r := platform.run_of(incident))["state"] != "looking" and r,
                    "decided", FOUND_WITHIN)
            checks.check("the runbook fits", run["runbook"] in ("high-error-rate", "service-down"),
                         str(run))
            checks.check("the version is named", "api/v2" in run["likely"], run["likely"])
            checks.check("it came to an act", run["reached"], str(run))
            card = platform.call("incident", "show", str(incident)).stdout
            names = "likely" in card and "v2" in card
            checks.check("the incident says what is likely", names, card)
            checks.check("and what is proposed", "proposed" in card, card)
            told = platform.call("incident", "timeline", str(incident)).stdout
            checks.check("findings are on the timeline", "traffic of high-error-rate" in told
                         or "of service-down" in told, told)
            person = platform.json("runbook", "run", "high-latency", "--service", "api")
            checks.check("a person's run only looks", person.get("mode") == "observe", str(person))
            number = person.get("id", 0)
            ended = lab.until(
                lambda: platform.json("runbook", "show-run", str(number)).get("state") == "ended",
                FOUND_WITHIN)
            checks.check("and ends", ended)
            table = platform.call("runbook", "list").stdout
            checks.check("what was never run is flagged", "never been run" in table, table)
            checks.check("nothing is asked of a run that asks nothing",
                         platform.call("runbook", "answer", str(number), "yes").returncode != 0)
        finally:
            platform.stop()
    return checks.close()


if __name__ == "__main__":
    sys.exit(main())
