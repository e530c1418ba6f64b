#!/usr/bin/env python3
"""Time and memory of the proton engine against voxels, spots, histories and threads: the table of docs/methods/scaling.md.

Usage: bench/scaling.py BUILD_FOLDER [--out FILE.json] [--most-voxels 2e8] [--only voxels|spots|histories|threads]

Each row is a process of its own (bench_scaling, -DBW_BUILD_BENCH=ON). CPU times are medians of --repeats runs. What does not fit
into the memory that is free is refused by the program before anything is allocated, and stands in the table as planned."""
import argparse
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile


class Study:
    def __init__(self, program, repeats):
        self.program, self.repeats, self.rows = program, repeats, []

    def once(self, **given):
        words = [f"{name}={value}" for name, value in given.items()]
        done = subprocess.run([str(self.program), *words], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{' '.join(words)}: {done.stderr}")
        return json.loads(done.stdout)

    def row(self, what, repeats=None, **given):
        runs = [self.once(**given) for _ in range(repeats or self.repeats)]
        row = runs[0]
        if "refused" not in row:
            for name in ("loop_cpu_s", "loop_wall_s", "all_cpu_s", "all_wall_s"):
                row[name] = statistics.median(run[name] for run in runs)
        row["study"] = what
        self.rows.append(row)
        self.say(row)
        return row

    def say(self, row):
        if "refused" in row:
            print(f"| {row['study']} | refused: {row['refused']} |", flush=True)
            return
        rate = row["histories"] / max(row["loop_cpu_s"], 1e-9)
        print("| {study} | {voxels:.3g} | {spots} | {histories:.3g} | {threads} | {planned_MiB:.0f} | {peak_MiB:.0f} | "
              "{loop_cpu_s:.2f} | {loop_wall_s:.2f} | {all_cpu_s:.2f} | {steps:.0f} |".format(**row) + f" {rate:.3g} |", flush=True)


def voxels(study, most):
    for count in (1e6, 4e6, 1.6e7, 6.4e7, 1.25e8, 2e8):
        if count <= most:
            study.row("voxels", repeats=1 if count > 2e7 else None, voxels=count, keep_beams=0, histories=40000)
    study.row("voxels", repeats=1, voxels=2e8, limit=2 << 30, keep_beams=0)


def spots(study):
    for count in (1, 10, 100, 1000, 10000, 50000):
        study.row("spots", voxels=1e6, spots=count, histories=60000)


def histories(study):
    for count in (10000, 40000, 160000, 640000):
        study.row("histories", repeats=1 if count > 200000 else None, voxels=1e6, spots=100, histories=count)
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "run.checkpoint"
        whole = study.once(voxels=1e6, spots=100, histories=160000)
        study.once(voxels=1e6, spots=100, histories=80000, checkpoint=file)
        resumed = study.once(voxels=1e6, spots=100, histories=160000, checkpoint=file)
        same = resumed["resumed"] and resumed["sha256"] == whole["sha256"]
        study.rows.append({"study": "resumed", "same_bits": same, "checkpoint_bytes": file.stat().st_size if file.exists() else 0})
        print(f"resumed after half of 160,000 histories: {'the same bits' if same else 'OTHER BITS'}, "
              f"checkpoint {study.rows[-1]['checkpoint_bytes']} bytes", flush=True)


def threads(study):
    for count in (1, 2, 1, 2, 1, 2):
        study.row("threads", repeats=1, voxels=1e6, spots=100, histories=200000, threads=count)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--most-voxels", type=float, default=2e8)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=["voxels", "spots", "histories", "threads"])
    arguments = parser.parse_args()
    study = Study(arguments.build / "bin" / "bench_scaling", arguments.repeats)
    print("| study | voxels | spots | histories | threads | planned MiB | peak MiB | loop CPU s | loop wall s | all CPU s | steps "
          "| histories per CPU s |\n" + "|---" * 12 + "|")
    for name, part in {"voxels": lambda s: voxels(s, arguments.most_voxels), "spots": spots, "histories": histories,
                       "threads": threads}.items():
        if arguments.only in (None, name):
            part(study)
    if arguments.out:
        arguments.out.write_text(json.dumps(study.rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
