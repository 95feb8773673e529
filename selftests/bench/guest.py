# SPDX-License-Identifier: GPL-2.0-only
"""What programs that measure share inside of a guest."""

import json
import re
import subprocess
import time


class Failed(Exception):
    """What could not be measured, and why."""


def run(*command, timeout=30, **more):
    """A command's output; that it fails or hangs ends the variant."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=False, **more)
    except subprocess.TimeoutExpired as hung:
        raise Failed(f"'{' '.join(command)}' hangs") from hung
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise Failed(f"'{' '.join(command)}': {said[-1] if said else done.returncode}")
    return done.stdout


def ip(netns, *lines):
    run("ip", "-n", netns, "-batch", "-", input="\n".join(lines) + "\n")


def sysctl(netns, *settings):
    run("ip", "netns", "exec", netns, "sysctl", "-q", "-w", *settings)


def free_memory():
    """KiB that are free once caches and what waits for RCU are given back."""
    readings = []
    while len(readings) < 3 or max(readings[-3:]) - min(readings[-3:]) > 64:
        time.sleep(0.1)
        with open("/proc/sys/vm/drop_caches", "w", encoding="ascii") as file:
            file.write("3")
        with open("/proc/meminfo", encoding="ascii") as file:
            readings.append(int(re.search(r"MemFree:\s+(\d+)", file.read())[1]))
        if len(readings) == 50:
            raise Failed("the guest's free memory does not settle")
    return readings[-1]


def tell(**what):
    print(json.dumps(what), flush=True)
