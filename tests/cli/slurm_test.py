#!/usr/bin/env python3
"""examples/slurm under a Slurm of one machine: the bits of one process; a lost process ends the job and costs no more than the
checkpoint's age. Starts daemons of its own, so it runs only when asked for: BEAMWRIGHT_SLURM=1, root, slurm-wlm and munge."""
import hashlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import program
from program import run

EXAMPLE = pathlib.Path(__file__).resolve().parents[2] / "examples" / "slurm"
READY = os.environ.get("BEAMWRIGHT_SLURM") == "1" and all(map(shutil.which, ("sbatch", "slurmctld", "slurmd", "munged")))
WORDS = ["--grid", "4", "--histories", "200000", "--let", "protons", "--quiet"]


@unittest.skipUnless(READY, "BEAMWRIGHT_SLURM=1 is not set, or slurm-wlm and munge are not installed")
class Slurm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="bwslurm"))
        cls.case = cls.folder / "case"
        code, _, err = run("demo", "--case", cls.case, "--uncertainty", 40, "--quiet")
        assert code == 0, err
        assert run("dose", cls.case, "--name", "one", "--threads", 1, *WORDS)[0] == 0
        os.environ["SLURM_CONF"] = str(cls.folder / "slurm" / "slurm.conf")
        subprocess.run([EXAMPLE / "one_machine.sh", "start", cls.folder / "slurm", "4"], check=True)

    @classmethod
    def tearDownClass(cls):
        subprocess.run([EXAMPLE / "one_machine.sh", "stop", cls.folder / "slurm"])
        time.sleep(2)
        shutil.rmtree(cls.folder, ignore_errors=True)

    def bits(self, name):
        return [hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted((self.case / "results" / name).glob("*.nrrd"))]

    def submit(self, name, tasks, *words):
        environment = {**os.environ, "BEAMWRIGHT": str(program.PROGRAM), "CASE": str(self.case), "WORDS": " ".join([*WORDS, "--name", name])}
        command = ["sbatch", "--parsable", f"--ntasks-per-node={tasks}", "-o", self.folder / f"{name}.out", *words, EXAMPLE / "dose.sbatch"]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment)
        return done.returncode, done.stdout.strip().split(";")[0]

    def wait(self, job):
        for _ in range(300):
            state = subprocess.run(["squeue", "-h", "-j", job, "-o", "%T"], capture_output=True, text=True).stdout.strip()
            if not state:
                return
            time.sleep(0.5)
        self.fail("the job does not end")

    def test_the_same_bits(self):
        code, _ = self.submit("two", 2, "--wait")
        self.assertEqual(code, 0, (self.folder / "two.out").read_text())
        self.assertIn('"processes": 2', (self.case / "results" / "two" / "run.json").read_text())
        self.assertEqual(self.bits("two"), self.bits("one"))

    def test_a_warned_job_and_a_lost_process_go_on(self):
        _, job = self.submit("cut", 3)
        time.sleep(6)
        subprocess.run(["scancel", "--signal=TERM", job])
        self.wait(job)
        kept = {f.name: f.read_bytes() for f in self.case.glob("checkpoints/cut*")}
        _, job = self.submit("cut", 3)
        time.sleep(4)
        found = subprocess.run(["pgrep", "-f", f"^{program.PROGRAM} dose {self.case}"], capture_output=True, text=True).stdout.split()
        if found:
            os.kill(int(found[-1]), signal.SIGKILL)
        self.wait(job)
        if found and not (self.case / "results" / "cut" / "run.json").exists():
            self.assertIn("Killed", (self.folder / "cut.out").read_text())
            self.assertEqual({f.name: f.read_bytes() for f in self.case.glob("checkpoints/cut*")}, kept)
        code, _ = self.submit("cut", 2, "--wait")
        self.assertEqual(code, 0, (self.folder / "cut.out").read_text())
        self.assertEqual(self.bits("cut"), self.bits("one"))


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main()
