#!/usr/bin/env python3
"""nvcc compiles the CUDA device for every architecture of the build; prints what a thread of each kernel takes. Needs nvcc,
not a device.

Usage: cuda_kernels.py SOURCE FOLDER [NVCC WORDS...]"""
import pathlib
import re
import subprocess
import sys


def main():
    source, folder, command = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3:]
    if not any(pathlib.Path(word).name == "nvcc" for word in command):
        print("skipped: there is no nvcc")
        return 77
    command += ["-Xptxas", "-v", "-c", source, "-o", str(folder / "cuda_device.o")]
    done = subprocess.run(command, capture_output=True, text=True)
    log = done.stdout + done.stderr
    assert done.returncode == 0, log
    pattern = r"entry function '\S*?(follow_kernel|fold_kernel)\S*' for 'sm_(\d+)'(.*?)Used (\d+) registers"
    spills = r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads"
    found = {}
    for name, architecture, between, registers in re.findall(pattern, log, re.DOTALL):
        stack, stores, loads = re.search(spills, between).groups()
        found[name, architecture] = int(registers)
        print(f"sm_{architecture} {name}: {registers} registers, {stack} bytes of stack, spills {stores} out, {loads} in")
    architectures = {word.split("sm_")[1] for word in command if "code=sm_" in word}
    wanted = {(name, architecture) for name in ("follow_kernel", "fold_kernel") for architecture in architectures}
    assert wanted and wanted <= set(found), f"missing: {wanted - set(found)}"
    # 512 threads on each multiprocessor of 65,536 registers
    assert all(registers <= 128 for registers in found.values()), found
    return 0


if __name__ == "__main__":
    sys.exit(main())
