"""tools/test cannot be talked into green: what fails, hangs or counts nothing is a failure."""
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import tempfile
import time
import unittest

PATH = pathlib.Path(__file__).resolve().parent / "test"
loader = importlib.machinery.SourceFileLoader("runner", str(PATH))
runner = importlib.util.module_from_spec(importlib.util.spec_from_loader("runner", loader))
loader.exec_module(runner)


class Counting(unittest.TestCase):
    def test_closing_lines(self):
        self.assertEqual(runner.count_output("noise\n12 passed, 1 failed\n"), (12, 1))
        self.assertEqual(runner.count_output("3 passed, 0 failed\n4 passed, 2 failed\n"), (4, 2))
        self.assertEqual(runner.count_output("Ran 5 tests in 0.1s\n\nOK\n"), (5, 0))
        self.assertEqual(
            runner.count_output("Ran 5 tests in 1s\n\nFAILED (failures=1, errors=1)\n"), (3, 2)
        )
        self.assertIsNone(runner.count_output("all is well\n"))

    def test_googletest_reports(self):
        cases = [
            {"result": "COMPLETED"},
            {"result": "COMPLETED", "failures": [{}]},
            {"result": "SKIPPED"},
        ]
        with tempfile.NamedTemporaryFile("w+") as file:
            json.dump({"testsuites": [{"testsuite": cases}]}, file)
            file.flush()
            self.assertEqual(runner.count_googletest(pathlib.Path(file.name)), (1, 1))


class Running(unittest.TestCase):
    def counted(self, script, timeout=20):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "log"
            return runner.run_counted(["/bin/sh", "-c", script], log, timeout)

    def test_what_it_says_counts(self):
        self.assertEqual(self.counted("echo 2 passed, 0 failed"), (2, 0))
        self.assertEqual(self.counted("echo 2 passed, 1 failed; exit 1"), (2, 1))

    def test_a_bad_exit_is_a_failure_whatever_it_said(self):
        self.assertEqual(self.counted("echo 2 passed, 0 failed; exit 1"), (2, 1))

    def test_nothing_run_is_a_failure(self):
        self.assertEqual(self.counted("true"), (0, 1))
        self.assertEqual(self.counted("echo 0 passed, 0 failed"), (0, 1))

    def test_a_hang_ends_with_its_children(self):
        began = time.monotonic()
        with tempfile.TemporaryDirectory() as folder:
            note = pathlib.Path(folder) / "child"
            self.assertEqual(self.counted(f"sleep 60 & echo $! >{note}; wait", timeout=1), (0, 1))
            child = int(note.read_text())
        self.assertLess(time.monotonic() - began, 10)
        for _ in range(100):
            if not os.path.exists(f"/proc/{child}"):
                return
            state = pathlib.Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()[0]
            if state == "Z":
                return
        self.fail("the child goes on")


if __name__ == "__main__":
    unittest.main()
