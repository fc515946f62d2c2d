"""A PostgreSQL of our own, of Debian's package, on a free loopback port; as another user when we
are root (it refuses root)."""
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

import lab


class Postgres:
    def __enter__(self):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            sys.exit("error: PostgreSQL is not installed\nhint:  tools/setup test")
        self.bin = found[-1].parent
        self.port = lab.free_port()
        self.url = f"postgres://sg@127.0.0.1:{self.port}/postgres"
        self.folder = tempfile.mkdtemp(prefix="sg-pg-")
        self.owner = []
        if os.getuid() == 0:
            user = pwd.getpwnam("postgres")
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self.owner = ["runuser", "-u", "postgres", "--"]
        self.run("initdb", "-D", self.data, "-U", "sg", "-A", "trust", "-E", "UTF8", "--locale=C",
                 "--no-sync")  # fmt: skip
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def data(self):
        return f"{self.folder}/data"

    def run(self, program, *words):
        subprocess.run(
            [*self.owner, self.bin / program, *words],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            timeout=120,
        )

    def control(self, *words):
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", *words)

    def start(self, settings=""):
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} {settings}"
        self.control("-l", f"{self.folder}/log", "-o", options, "start")

    def stop(self):
        self.control("-m", "fast", "stop")

    def ask(self, statement):
        """The first column of the answer, a line each."""
        done = subprocess.run(
            [self.bin / "psql", "-XAt", self.url, "-c", statement],
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.split()
