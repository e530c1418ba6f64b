#!/usr/bin/env python3
"""mpirun -n N beamwright dose: the same bits as one process, and a lost process costs no more than the checkpoint's age."""
import hashlib
import json
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

MPIRUN = shutil.which("mpirun")
MAPS = ["dose.nrrd", "dose_uncertainty.nrrd", "dose_beam_2.nrrd", "let_d.nrrd", "let_d_uncertainty.nrrd"]
WORDS = ["--grid", "6", "--histories", "60000", "--let", "protons", "--threads", "1", "--quiet"]


def start(count, *words, **options):
    """The program under mpirun, which refuses root and more processes than cores unless told otherwise."""
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    command = [MPIRUN, "--oversubscribe", "-n", str(count), program.PROGRAM, *map(str, words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, **options)


def finish(process):
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


@unittest.skipUnless(MPIRUN, "mpirun is not installed")
class Processes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scratch = tempfile.TemporaryDirectory()
        cls.folder = pathlib.Path(cls.scratch.name) / "case"
        code, _, err = run("demo", "--case", cls.folder, "--uncertainty", 40, "--quiet")
        assert code == 0, err
        assert run("dose", cls.folder, "--name", "one", *WORDS)[0] == 0
        cls.expected = cls.bits("one")

    @classmethod
    def tearDownClass(cls):
        cls.scratch.cleanup()

    @classmethod
    def bits(cls, name):
        folder = cls.folder / "results" / name
        return [hashlib.sha256((folder / file).read_bytes()).hexdigest() for file in MAPS]

    def test_any_number_of_processes_gives_the_same_bits(self):
        for count in (2, 3):
            code, _, err = finish(start(count, "dose", self.folder, "--name", f"of{count}", *WORDS))
            self.assertEqual(code, 0, err)
            self.assertEqual(self.bits(f"of{count}"), self.expected)

    def test_larger_batches_have_bits_of_their_own_on_any_number_of_processes(self):
        words = [*WORDS, "--batch-histories", "30000"]
        self.assertEqual(run("dose", self.folder, "--name", "large", *words)[0], 0)
        self.assertEqual(json.loads((self.folder / "results/large/run.json").read_text())["batches"], 2)
        self.assertNotEqual(self.bits("large"), self.expected)
        code, _, err = finish(start(3, "dose", self.folder, "--name", "large3", *words))
        self.assertEqual(code, 0, err)
        self.assertEqual(self.bits("large3"), self.bits("large"))
        code, _, err = run("dose", self.folder, "--name", "small", *WORDS, "--batch-histories", "10")
        self.assertEqual(code, 2)
        self.assertIn("--batch-histories", err)

    def test_only_the_first_speaks(self):
        code, out, err = finish(start(3, "dose", self.folder, "--name", "json", *WORDS, "--json"))
        self.assertEqual(code, 0, err)
        self.assertIn("structures", json.loads(out))  # one document, not three

    def test_other_verbs_are_refused(self):
        code, _, err = finish(start(2, "demo", "--case", self.folder.parent / "other"))
        self.assertEqual(code, 1)
        self.assertIn("was started as 2 processes", err)
        self.assertFalse((self.folder.parent / "other").exists())

    def test_refusals_end_all_processes(self):
        code, _, err = finish(start(2, "dose", self.folder.parent / "nowhere"))
        self.assertEqual(code, 1)
        self.assertIn("is not a case", err)

    def test_an_interrupted_run_and_a_lost_process_go_on_to_the_same_bits(self):
        words = ["dose", self.folder, "--name", "cut", *WORDS]
        # Interrupted: whole batches are kept
        process = start(2, *words, start_new_session=True)
        time.sleep(1.5)
        process.send_signal(signal.SIGTERM)
        code, _, err = finish(process)
        self.assertLessEqual(err.count("interrupted: "), 1)  # the first speaks for all
        kept = list(self.folder.glob("checkpoints/*"))
        # Lost: the checkpoint of before stays as it is
        process = start(2, *words, start_new_session=True)
        time.sleep(1.0)
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
        if children:
            os.kill(int(children[-1]), signal.SIGKILL)
        code, _, err = finish(process)
        if children and not (self.folder / "results" / "cut" / "run.json").exists():
            self.assertNotEqual(code, 0)
            self.assertIn("signal 9", err)
            self.assertEqual(list(self.folder.glob("checkpoints/*")), kept)
        code, _, err = run(*words)
        self.assertEqual(code, 0, err)
        self.assertEqual(self.bits("cut"), self.expected)


if __name__ == "__main__":
    program.use(sys.argv.pop(1))
    unittest.main()
