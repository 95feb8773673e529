# SPDX-License-Identifier: GPL-2.0-only
"""What programs share that measure culvertd by a herd of clients inside of a guest.

The network: the server, the herd, and a client that probes what others notice, each in a namespace.

    herd ──────────────── server ──────────────── probe
    10.64.0.0/14, all     192.0.2.1               10.68.0.0/24
    addresses of its own
"""

import contextlib
import json
import os
import resource
import socket
import subprocess
import tempfile
import threading
import time

from guest import Failed, ip, run

HERD = f"{os.path.dirname(os.path.realpath(__file__))}/../../build/bench/herd"
SOCKET = "/run/culvert/control.sock"
DESCRIPTORS = 100000
PATIENCE = 600      # seconds, for anything
PROBES = 64         # numbers of the client that probes: one in use, others of calls that end

CONFIG = """\
log {{ target = stderr  level = info }}
control {{ socket = "{socket}" }}
pool "users" {{ range = {{ "10.100.0.0/14" }} }}
{sections}
server "office" {{
	listen = {{ "192.0.2.1" }}
	secrets = "{work}/secrets"
	pool = "users"
	local-address = "10.99.0.1"
	mppe = preferred
	lcp-echo-interval = 20
	lcp-echo-failure = 3
	echo-interval = 20
	echo-timeout = 40
	{options}
}}
"""


def wait_until(condition, what, pause=0.02):
    """Returns how long it took, in seconds."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() > began + PATIENCE:
            raise Failed(f"{what}: not within {PATIENCE} s")
        time.sleep(pause)
    return time.monotonic() - began


def make_network():
    # Between namespaces packets pass a queue of the CPU. In one moment more than it holds leave here: on a wire they
    # would come one after the other.
    run("sysctl", "-q", "-w", "net.core.netdev_max_backlog=100000")
    for netns in "server", "herd", "probe":
        run("ip", "netns", "add", netns)
        ip(netns, "link set lo up")
    for number, (netns, prefix) in enumerate((("herd", "10.64.0.0/14"), ("probe", "10.68.0.0/24"))):
        outer = f"192.0.2.{2 + 4 * number}"
        ip("server", f"link add {netns} type veth peer name server netns {netns}", f"link set {netns} up",
           f"address add 192.0.2.{1 + 4 * number}/30 dev {netns}")
        ip(netns, "link set server up", f"address add {outer}/30 dev server", f"route add local {prefix} dev lo",
           f"route replace 192.0.2.1 via 192.0.2.{1 + 4 * number}")
        ip("server", f"route add {prefix} via {outer}")


class Herd:
    """A process that has clients do things; see herd.c."""

    def __init__(self, netns, clients, address, user, *options):
        self.process = subprocess.Popen(
            ("ip", "netns", "exec", netns, HERD, "-n", str(clients), "-f", address, "-u", user, *options), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def begin(self, command):
        print(command, file=self.process.stdin, flush=True)

    def end(self):
        answer = self.process.stdout.readline()
        if not answer:
            raise Failed("the herd died")
        answer = json.loads(answer)
        if answer.get("error") or answer.get("failed") or answer.get("unanswered"):
            raise Failed(f"the herd says {json.dumps(answer)}")
        return answer

    def does(self, command):
        self.begin(command)
        return self.end()

    def close(self):
        self.process.kill()
        self.process.wait()


class Probe(threading.Thread):
    """One client that logs in again and again, to see how long it takes meanwhile."""

    def __init__(self, herd, pause=0):
        """With seconds between two logins."""
        super().__init__()
        self.herd, self.pause = herd, pause
        self.ended = False
        self.times = []
        self.failed = None

    def run(self):
        try:
            while not self.ended:
                self.times.append(self.herd.does("login 1")["latency_ms"]["max"])
                self.herd.does("drop rst 1")
                time.sleep(self.pause)
        except Failed as why:
            self.failed = why

    def end(self):
        """Returns how long each login took, in milliseconds."""
        self.ended = True
        self.join()
        if self.failed:
            raise self.failed
        return self.times


def raise_limit():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))


class Daemon:
    """culvertd, seen from outside. Its configuration may have more sections, and more options of its server."""

    def __init__(self, clients, sections="", options=""):
        self.work = tempfile.TemporaryDirectory(prefix="culvert-bench-")
        self.write("secrets", "".join(f"{user}{number} * herd *\n" for user, count in
                                      (("herd", clients), ("probe", PROBES)) for number in range(count)))
        self.write("culvert.conf", CONFIG.format(socket=SOCKET, work=self.work.name, sections=sections,
                                                 options=options))
        with contextlib.suppress(FileNotFoundError):
            os.unlink(SOCKET)
        self.process = subprocess.Popen(
            ("ip", "netns", "exec", "server", "culvertd", "-c", f"{self.work.name}/culvert.conf"),
            preexec_fn=raise_limit, stderr=subprocess.DEVNULL)
        wait_until(lambda: os.path.exists(SOCKET) or self.process.poll(), "culvertd")
        self.control = socket.socket(socket.AF_UNIX)
        self.control.settimeout(PATIENCE)
        self.control.connect(SOCKET)

    def write(self, name, text):
        with open(f"{self.work.name}/{name}", "w", encoding="ascii", opener=lambda path, flags: os.open(
                path, flags, 0o600)) as file:
            file.write(text)

    def ask(self, method):
        self.control.sendall(json.dumps({"method": f"org.culvert.{method}"}).encode() + b"\0")
        answer = b""
        while not answer.endswith(b"\0"):
            octets = self.control.recv(65536)
            if not octets:
                raise Failed("culvertd broke off")
            answer += octets
        return json.loads(answer[:-1])["parameters"]

    def status(self):
        return self.ask("Daemon.Status")

    def sessions(self):
        return self.status()["sessions"]

    def devices(self):
        """Interfaces of its namespace."""
        with open(f"/proc/{self.process.pid}/net/dev", encoding="ascii") as file:
            return len(file.readlines())

    def close(self):
        self.control.close()
        self.process.terminate()
        self.process.wait()
        self.work.cleanup()


def cpu(process):
    """Milliseconds that it has worked, by the clock that is CLOCK_PROCESS_CPUTIME_ID for it itself: of the ticks that
    /proc/PID/stat counts, a login is a small part."""
    return 1000 * time.clock_gettime(~process.pid << 3 | 2)
