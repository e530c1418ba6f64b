#!/usr/bin/env python3
"""Parallel efficiency of the proton engine: measured on this machine, and the model of docs/methods/processes.md to 1000 processes.

Usage: bench/parallel.py BUILD_FOLDER [--rounds N] [--out FILE.json]

Runs bench_scaling (-DBW_BUILD_BENCH=ON) with 1 and 2 threads and, under mpirun, with 1 and 2 processes, in turns, and takes the best
of each. The cost of a batch beyond its histories is the difference between runs of many small and few large batches."""
import argparse
import json
import math
import os
import pathlib
import subprocess
import sys

CASE = {"voxels": 1e6, "spots": 1000, "histories": 200000, "batch": 20000}


def once(program, processes=0, **given):
    words = [str(program)] + [f"{k}={v}" for k, v in {**CASE, **given}.items()]
    environment = {**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
    if processes:
        words = ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", str(processes)] + words
    done = subprocess.run(words, capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: {done.stderr}")
    return json.loads(done.stdout)


def measure(program, rounds):
    kinds = {"threads 1": {"threads": 1}, "threads 2": {"threads": 2}, "processes 2": {"threads": 1, "processes": 2},
             "small batches": {"threads": 1, "batch": 500}, "small batches, 2 processes": {"threads": 1, "batch": 500, "processes": 2}}
    best, bits = {}, set()
    for _ in range(rounds):
        for kind, given in kinds.items():
            row = once(program, **given)
            wall, cpu = row["loop_wall_s"], row["loop_cpu_s"]
            old = best.get(kind, (math.inf, math.inf))
            best[kind] = (min(wall, old[0]), min(cpu, old[1]))
            if "small" not in kind:
                bits.add(row["sha256"])
    return best, bits, row


def parts(best, rows_bytes):
    """Seconds per history, and per batch in one and in two processes."""
    large, small = CASE["histories"] / CASE["batch"], CASE["histories"] / 500
    batch_s = max(0.0, (best["small batches"][1] - best["threads 1"][1]) / (small - large))
    history_s = (best["threads 1"][1] - large * batch_s) / CASE["histories"]
    batch_2_s = max(0.0, (best["small batches, 2 processes"][0] - best["processes 2"][0]) / (small - large))
    return {"history_s": history_s, "batch_s": batch_s, "batch_2_processes_s": batch_2_s, "bytes": rows_bytes}


def model(p, count, batch, spread=0.75, start_s=0.3, latency_s=2e-6, bytes_per_s=10e9, group=1):
    """Efficiency of `count` processes on a long run; `group` batches are reduced together (group > 1: the change proposed)."""
    of_each = batch * group / count
    follow = p["history_s"] * of_each
    # The slowest of `count` sums of `of_each` histories, each with a relative spread: Gumbel's location
    late = p["history_s"] * spread * math.sqrt(max(of_each, 1)) * math.sqrt(2 * math.log(max(count, 2))) if count > 1 else 0.0
    hops = math.ceil(math.log2(count)) if count > 1 else 0
    reduce = hops * latency_s + (2 * p["bytes"] / bytes_per_s if count > 1 else 0.0)
    fold = p["batch_s"]
    return p["history_s"] * of_each * 1.0 / (follow + late + reduce + fold)


def table(p):
    print(f"history {p['history_s'] * 1e6:.1f} us, batch {p['batch_s'] * 1e3:.2f} ms, {p['bytes'] / 1e6:.1f} MB per batch")
    print("| processes | 1 mm3 case: now | batches of 10^6 | 1000 batches reduced together |\n|---|---|---|---|")
    for count in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000):
        now, large = model(p, count, 20000), model(p, count, 1000000)
        print(f"| {count} | {100 * now:.0f} % | {100 * large:.0f} % | {100 * model(p, count, 20000, group=1000):.0f} % |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=pathlib.Path)
    arguments = parser.parse_args()
    best, bits, row = measure(arguments.build / "bin" / "bench_scaling", arguments.rounds)
    print("| run | best wall s | best CPU s | speed-up |\n|---|---|---|---|")
    for kind, (wall, cpu) in best.items():
        print(f"| {kind} | {wall:.2f} | {cpu:.2f} | {best['threads 1'][0] / wall:.2f} |")
    print("bits:", "the same" if len(bits) == 1 else "NOT THE SAME")
    p = parts(best, 8.0 * row["voxels"])
    table(p)
    if arguments.out:
        arguments.out.write_text(json.dumps({"best": best, "parts": p, "same_bits": len(bits) == 1}, indent=1) + "\n")


if __name__ == "__main__":
    main()
