#!/usr/bin/env python3
"""Everything that only a CUDA device can show, in one run: builds, compares bits with the host, measures.

Usage: bench/gpu_check.py [--build FOLDER] [--jobs N] [--out FILE.json] [--skip-build]

1. builds the program with CUDA;
2. bits: the demo case and two water boxes with --target cuda against --target scalar: every volume must be equal byte by byte;
3. balance and range: a 150 MeV box against the scalar engine's energy balance (run.json);
4. a run that is interrupted and goes on;
5. throughput: 1 mm water, 150 MeV (and 100, 200 MeV; the demo on 2 mm), primaries per second of wall time, best of three.

Exit status 0 if all that was compared is equal; figures go to FILE.json and to the terminal. Needs a GPU; says so if there is none.
"""
import argparse
import hashlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent


def run(*words, check=True):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True)
    if check and done.returncode != 0:
        sys.exit(f"{' '.join(map(str, words))}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


def build(folder, jobs):
    run("cmake", "--preset", "release", "-B", folder, "-DBW_BUILD_TESTS=OFF", "-DBW_BUILD_BENCH=ON", "-DBW_CUDA=ON")
    run("cmake", "--build", folder, "--target", "beamwright", "bench_cuda", f"-j{jobs}")


def bits(case, name):
    volumes = sorted((case / "results" / name).glob("*.nrrd"))
    return {v.name: hashlib.sha256(v.read_bytes()).hexdigest() for v in volumes}


def same_bits(program, case, words, results):
    """Scalar and cuda side by side; notes the differing volumes."""
    for target in ("scalar", "cuda"):
        run(program, "dose", case, "--name", target, "--target", target, "--quiet", *words)
    expected, found = bits(case, "scalar"), bits(case, "cuda")
    different = [name for name in expected if found.get(name) != expected[name]]
    results["bits"].append({"words": list(map(str, words)), "volumes": len(expected), "different": different})
    print(f"bits   {' '.join(map(str, words))}: {len(expected) - len(different)} of {len(expected)} volumes equal", flush=True)
    return expected and not different


def interrupted_goes_on(program, case, results):
    words = ["dose", case, "--target", "cuda", "--name", "cut", "--grid", "3", "--histories", "40000000", "--quiet"]
    process = subprocess.Popen([str(w) for w in [program, *words]], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(4.0)
    process.send_signal(signal.SIGINT)
    code = process.wait(timeout=120)
    run(program, *words)
    words[words.index("cut")] = "whole"
    run(program, *words)
    equal = bits(case, "cut") == bits(case, "whole")
    results["interrupted"] = {"exit_status": code, "equal": equal}
    print(f"cut    exit status {code} (3 = interrupted), goes on to {'the same' if equal else 'OTHER'} bits", flush=True)
    return equal


def throughput(folder, results):
    done = run(folder / "bin" / "bench_cuda")
    results["throughput"] = json.loads(done.stdout)
    for row in results["throughput"]["rows"]:
        print("speed  {MeV:g} MeV, {mm:g} mm: {primaries_per_s:.3g} primaries per s ({target}, equal bits: {equal})".format(**row))
    return all(row["equal"] for row in results["throughput"]["rows"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "gpu")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("gpu_check.json"))
    parser.add_argument("--skip-build", action="store_true")
    arguments = parser.parse_args()
    if not arguments.skip_build:
        build(arguments.build, arguments.jobs)
    program = arguments.build / "bin" / "beamwright"
    results = {"bits": []}
    with tempfile.TemporaryDirectory() as scratch:
        case = pathlib.Path(scratch) / "case"
        run(program, "demo", "--case", case, "--uncertainty", "40", "--quiet")
        first = run(program, "dose", case, "--target", "cuda", "--histories", "1000", "--grid", "6", "--quiet", check=False)
        if first.returncode != 0:
            print(first.stderr, end="")
            print("nothing was measured: this needs a CUDA device")
            return 2
        good = same_bits(program, case, ["--grid", "3", "--histories", "1000000"], results)
        good &= same_bits(program, case, ["--grid", "4", "--histories", "200000", "--let", "protons", "--dose-to-water"], results)
        good &= same_bits(program, case, ["--grid", "3", "--uncertainty", "3%", "--physics", "fast"], results)
        good &= interrupted_goes_on(program, case, results)
        good &= throughput(arguments.build, results)
    arguments.out.write_text(json.dumps(results, indent=1) + "\n")
    print("all equal" if good else "NOT EQUAL: see above", "- figures in", arguments.out)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
