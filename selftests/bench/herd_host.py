# SPDX-License-Identifier: GPL-2.0-only
"""What programs that measure culvertd by a herd of clients share on the machine itself."""

import json
import os
import subprocess
import sys
import tempfile
import time

import host
import report

HERE = os.path.dirname(os.path.realpath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
LAB = f"{TOP}/selftests/lab"

SILENCE = 1300      # seconds after which a guest hangs


def memory(sessions):
    """Of the guest: both ends of a session take some 80 KiB together, what lists it 10 more."""
    return f"{1024 + sessions // 5}M"


def follow(lab, kernel, samples, failures):
    """Collect what the guest tells, and show it."""
    for line in lab.stdout:
        what = json.loads(line)
        if "failed" in what:
            failures.append(f"{kernel}: {what['variant']}: {what['failed']}")
            print(f"bench: not measured: {failures[-1]}", file=sys.stderr)
            continue
        samples.append({"kernel": kernel, **what})
        print(f"bench: {kernel}: {what['variant']}, {what['scenario']}: {report.number(what['value'])} "
              f"{report.unit(what['scenario'])}", file=sys.stderr)


def measure(options, kernel, command, samples, failures, notes):
    """Run a command in a guest, and collect what it tells. @options has the number of sessions, and what to build."""
    log = tempfile.NamedTemporaryFile(prefix="culvert-bench-", suffix=".log", delete=False)
    guest = ["--kernel", "debian", "--icount"] if kernel == "debian-icount" else ["--kernel", kernel]
    run = [f"{LAB}/run", *guest, "--build", options.build, "--mem", memory(options.sessions), "--timeout",
           "0", "--silence", str(SILENCE), "--log", log.name, "--", *command]
    started = time.monotonic()
    lab = subprocess.Popen(run, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    watch = host.Watch(lab, kernel == "uml")
    watch.start()
    follow(lab, kernel, samples, failures)
    if lab.wait():
        failures.append(f"{kernel}: the guest ended with status {lab.returncode}; its log is {log.name}")
    else:
        os.unlink(log.name)
    notes.append(f"{kernel}: {time.monotonic() - started:.0f} s; {watch.told()}")


def prepare():
    for command in ([f"{TOP}/packaging/deps/install", "build", "lab"], ["make", "-s", "-C", HERE]):
        if subprocess.run(command, check=False).returncode:
            sys.exit(f"bench: '{' '.join(command)}' failed")


def write(path, samples):
    """Results of other benchmarks in the same file stay."""
    try:
        with open(path, encoding="utf-8") as file:
            before = json.load(file)
    except FileNotFoundError:
        before = []
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(report.merge(before, report.rows(samples)), file, indent=1)
        file.write("\n")


def write_figures(name, what):
    with open(f"{TOP}/build/{name}.json", "w", encoding="utf-8") as file:
        json.dump(what, file, indent=1)
        file.write("\n")
    for figure, value in what.items():
        print(f"{figure:<26}{'-' if value is None else value}")


def tell_all(options, name, samples, failures, notes):
    write(options.output, samples)
    print("\n".join(report.grid(samples)))
    print()
    for line in notes:
        print(line)
    for line in failures:
        print(f"not measured: {line}")
    print(f"results: {os.path.relpath(options.output)}, {os.path.relpath(TOP)}/build/{name}.json")
