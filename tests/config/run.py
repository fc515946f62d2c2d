#!/usr/bin/python3
"""`streamgate config …` as people and scripts call it; $STREAMGATE is the program."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("STREAMGATE", str(TOP / "build" / "release" / "streamgate"))
HERE = TOP / "tests" / "config"
SMALLEST = "listen: :8080\nroutes:\n  - to: http://127.0.0.1:9000\n"


def run(*words, cwd=HERE):
    done = subprocess.run([PROGRAM, *words], cwd=cwd, capture_output=True, text=True, timeout=30)
    return done.returncode, done.stdout, done.stderr


class Config(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.path = pathlib.Path(self.folder.name)

    def tearDown(self):
        self.folder.cleanup()

    def write(self, name, text):
        (self.path / name).write_text(text)
        return name

    def test_check_takes_the_smallest_file(self):
        name = self.write("streamgate.yaml", SMALLEST)
        check = ("config", "check")
        for words in (check, (*check, name), ("--config", name, *check)):
            code, out, err = run(*words, cwd=self.path)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual(out, "streamgate.yaml is valid: 1 listener, 1 service, 1 route\n")

    def test_check_refuses_every_seeded_mistake_as_wanted(self):
        files = sorted(HERE.glob("*.bad.yaml"))
        self.assertGreaterEqual(len(files), 60)
        for path in files:
            code, out, err = run("config", "check", path.name)
            want = path.with_name(path.name.replace(".bad.yaml", ".want")).read_text()
            self.assertEqual((code, out), (2, ""), path.name)
            self.assertTrue(err.startswith(want), path.name)
            self.assertRegex(err, r"\d+ mistakes?, nothing is applied\n$")

    def test_check_says_the_same_in_json(self):
        code, out, _ = run("--json", "config", "check", "118-several-mistakes.bad.yaml")
        said = json.loads(out)
        self.assertEqual((code, said["valid"], len(said["problems"])), (2, False, 5))
        first = said["problems"][0]
        self.assertEqual((first["line"], first["column"]), (4, 16))
        self.assertEqual(first["hint"], "write `10.0.0.1:80`")
        name = self.write("a.yaml", SMALLEST)
        code, out, _ = run("config", "check", name, "--json", cwd=self.path)
        self.assertEqual((code, json.loads(out)["valid"]), (0, True))

    def test_a_file_that_is_not_there(self):
        code, out, err = run("config", "check", "none.yaml")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("cannot open `none.yaml`: No such file", err)
        self.assertIn("hint: ", err)

    def test_default_is_a_file_that_check_takes(self):
        code, out, _ = run("config", "default")
        self.assertEqual(code, 0)
        code, out, err = run("config", "check", self.write("default.yaml", out), cwd=self.path)
        self.assertEqual((code, err), (0, ""))
        said = json.loads(run("--json", "config", "default")[1])
        self.assertEqual(said["limits"]["fields_max"], "100")

    def test_explain(self):
        code, out, _ = run("config", "explain", "services.catalog.retry.budget")
        self.assertEqual(code, 0)
        for part in ("type ", "from 0% to 100%", "default  20%", "at a reload"):
            self.assertIn(part, out)
        code, out, err = run("config", "explain", "services.retry.buget")
        self.assertEqual((code, out), (2, ""))
        self.assertIn("did you mean `services.retry.budget`?", err)
        keys = {row["key"] for row in json.loads(run("config", "explain", "--json")[1])}
        self.assertGreater(len(keys), 100)
        self.assertIn("limits.head_max", keys)

    def test_diff(self):
        self.write("a.yaml", SMALLEST)
        self.write("b.yaml", SMALLEST + "limits: { head_max: 64KiB }\n")
        same = "listen: [':8080']\nroutes: { to: 'http://127.0.0.1:9000/' }  # the same\n"
        self.write("c.yaml", same)
        self.assertEqual(run("config", "diff", "a.yaml", "b.yaml", cwd=self.path),
                         (0, "limits.head_max: 32KiB → 64KiB\n", ""))
        code, out, _ = run("config", "diff", "a.yaml", "c.yaml", cwd=self.path)
        self.assertEqual((code, out), (0, "both say the same\n"))
        said = json.loads(run("--json", "config", "diff", "a.yaml", "b.yaml", cwd=self.path)[1])
        self.assertEqual(said, [{"key": "limits.head_max", "before": "32KiB", "after": "64KiB"}])
        self.assertEqual(run("config", "diff", "a.yaml", "none.yaml", cwd=self.path)[0], 2)

    def test_schema(self):
        code, out, _ = run("config", "schema")
        said = json.loads(out)
        self.assertEqual(code, 0)
        self.assertEqual(said["$schema"], "https://json-schema.org/draft/2020-12/schema")
        self.assertEqual(said["required"], ["listen", "routes"])
        self.assertFalse(said["additionalProperties"])
        text = json.dumps(said)
        for name in said["$defs"]:
            self.assertIn(f'"#/$defs/{name}"', text)

    def test_a_wrong_command_line(self):
        self.assertNotEqual(run("config")[0], 0)
        self.assertNotEqual(run("config", "diff", "a.yaml")[0], 0)


if __name__ == "__main__":
    unittest.main()
