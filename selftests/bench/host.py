# SPDX-License-Identifier: GPL-2.0-only
"""What programs that measure in guests share on the machine itself."""

import argparse
import contextlib
import fcntl
import glob
import os
import sys
import threading
import time

PRIORITY = -20     # of a guest, as nice has it


def names(known):
    def parse(text):
        given = text.split(",")
        unknown = [name for name in given if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"'{unknown[0]}' is none of {', '.join(known)}")
        return [name for name in known if name in given]
    return parse


def seconds_waited(session):
    """How long the processes of a session (a guest is one) were ready to run and did not, for want of a CPU."""
    waited = 0
    for stat in glob.glob("/proc/[0-9]*/stat"):
        with contextlib.suppress(OSError):
            with open(stat, encoding="ascii", errors="replace") as file:
                if int(file.read().rpartition(")")[2].split()[3]) != session:
                    continue
            for path in glob.glob(f"{os.path.dirname(stat)}/task/*/schedstat"):
                with open(path, encoding="ascii") as file:
                    waited += int(file.read().split()[1])
    return waited / 1e9


def favour(pid, one_cpu):
    """Others are to disturb a guest little; only root may. The scheduler weighs whole sessions where it groups them.

    A guest of one CPU is several processes that take turns: on one CPU of the machine the turns are quick.
    """
    if one_cpu:
        os.sched_setaffinity(pid, {max(os.sched_getaffinity(0))})
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, PRIORITY)
        with open(f"/proc/{pid}/autogroup", "w", encoding="ascii") as file:
            file.write(str(PRIORITY))


class Watch(threading.Thread):
    """Gives a guest its priority, and sees how much other load on the machine held it up."""

    def __init__(self, lab, one_cpu):
        super().__init__(daemon=True)
        self.lab = lab
        self.one_cpu = one_cpu
        self.held_up = []

    def guest(self):
        """The guest's first process leads a session; it is a child of the lab's runner."""
        with open(f"/proc/{self.lab.pid}/task/{self.lab.pid}/children", encoding="ascii") as file:
            for child in map(int, file.read().split()):
                if os.getsid(child) == child:
                    return child
        return None

    def run(self):
        guest = None
        with contextlib.suppress(OSError):
            while not guest and self.lab.poll() is None:
                time.sleep(0.05)
                guest = self.guest()
            favour(guest, self.one_cpu)
            last = time.monotonic(), seconds_waited(guest)
            while self.lab.poll() is None:
                time.sleep(1)
                now = time.monotonic(), seconds_waited(guest)
                self.held_up.append(max(0.0, (now[1] - last[1]) / (now[0] - last[0])))
                last = now

    def told(self):
        if not self.held_up:
            return "not known what other load did"
        mean = 100 * sum(self.held_up) / len(self.held_up)
        text = f"the guest waited {mean:.0f} % of the time for a CPU that others had"
        return text + (": take the numbers with care" if mean > 5 else "")


def alone():
    """Two at once would measure each other."""
    cache = os.environ.get("CULVERT_CACHE") or \
        os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "culvert")
    os.makedirs(f"{cache}/locks", exist_ok=True)
    lock = open(f"{cache}/locks/bench", "w", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        print("bench: waiting for another benchmark to end", file=sys.stderr)
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock
