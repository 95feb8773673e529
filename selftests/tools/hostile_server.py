# SPDX-License-Identifier: GPL-2.0-only
"""
A server that lets a client come to a certain step and then misbehaves.

What it does until then is as small as it can be: it agrees to what the client asks and checks no
password. The client is judged elsewhere.
"""

import os
import random
import selectors
import socket
import struct

import ppp_wire as ppp
import pptp_wire as wire
from pptp_wire import Closed, Stream, Timeout, Unexpected, message

OUR_ADDRESS = socket.inet_aton("10.77.0.1")
THEIR_ADDRESS = socket.inet_aton("10.77.0.2")

# What can be done at any step, and what only at some
ANYWHERE = {
    "stall": "no answer any more, to anything",
    "close": "the connection is closed",
    "reset": "the connection is reset",
    "stop": "Stop-Control-Connection-Request in place of an answer",
    "garbage": "random octets in place of an answer",
}
IN_A_CALL = {
    "disconnect": "Call-Disconnect-Notify in place of an answer",
}
IN_PPP = {
    "terminate": "LCP Terminate-Request in place of an answer",
}
STEPS = {
    "start": ("on the Start request", ANYWHERE, {
        "refuse": "refused: not authorized (4)",
        "error": "refused: general error (2), insufficient resources (4)",
        "version": "a reply with version 0.1",
        "bad-cookie": "a reply with a wrong magic cookie",
        "bad-length": "a reply with a wrong length",
        "wrong": "an Outgoing-Call-Reply",
    }),
    "call": ("on the request for a call", {**ANYWHERE, **IN_A_CALL}, {
        "busy": "refused: busy (4)",
        "prohibited": "refused: prohibited (7)",
        "error": "refused: general error (2), vendor-specific (6)",
        "wrong": "a reply for another call",
        "twice": "two replies with different call IDs",
    }),
    "lcp": ("on LCP Configure-Request", {**ANYWHERE, **IN_A_CALL, **IN_PPP}, {
        "refuse": "all options rejected, always",
        "wrong": "another MRU wanted, always",
    }),
    "auth": ("on the client's authentication", {**ANYWHERE, **IN_A_CALL, **IN_PPP}, {
        "refuse": "refused: wrong user or password (691)",
        "refuse-646": "refused: not at this hour (646)",
        "refuse-647": "refused: account disabled (647)",
        "refuse-648": "refused: password expired (648)",
        "refuse-649": "refused: no permission to dial in (649)",
        "wrong": "accepted, with a wrong proof of the server's own (MS-CHAPv2)",
    }),
    "ccp": ("on CCP Configure-Request", {**ANYWHERE, **IN_A_CALL, **IN_PPP}, {
        "refuse": "Protocol-Reject: there is no encryption",
        "wrong": "encryption with no bits wanted, always",
    }),
    "ipcp": ("on IPCP Configure-Request", {**ANYWHERE, **IN_A_CALL, **IN_PPP}, {
        "refuse": "Protocol-Reject: there is no IP",
        "wrong": "another address wanted, always",
    }),
    "up": ("with the session up", {**ANYWHERE, **IN_A_CALL, **IN_PPP}, {
        "deaf": "no answer any more in PPP, while Echo-Requests are answered",
    }),
}


class Scenario:
    def __init__(self, step, action, what):
        self.step = step
        self.action = action
        self.what = what


def scenarios():
    found = {"good": Scenario(None, None, "everything is answered and the session stays up")}
    for step, (subject, common, own) in STEPS.items():
        for action, what in {**common, **own}.items():
            found[f"{step}-{action}"] = Scenario(step, action, f"{subject}: {what}")
    return found


SCENARIOS = scenarios()


class Call:
    """The one call of a client, and the PPP on it."""

    def __init__(self, client, ours, theirs):
        self.client = client
        self.ours = ours
        self.theirs = theirs
        self.seq = 0
        self.done = set()           # (protocol, "ours" or "theirs") that are agreed upon
        self.asked = set()          # protocols whose Configure-Request of ours is on its way
        self.challenge = os.urandom(16)
        self.authenticated = client.args.auth == "none"
        self.up = False

    def send(self, *args):
        self.send_frame(ppp.packet(*args))

    def send_frame(self, frame):
        data = wire.gre(self.theirs, b"\xff\x03" + frame, self.seq)
        self.client.send_gre(data)
        self.seq += 1

    def open(self, protocol):
        return {(protocol, "ours"), (protocol, "theirs")} <= self.done

    def hear(self, frame):
        parsed = ppp.parse(frame)
        if not parsed or self.up and self.client.at("up") in ("stall", "deaf"):
            return
        protocol, code, number, data = parsed
        step = {ppp.LCP: "lcp", ppp.PAP: "auth", ppp.CHAP: "auth", ppp.CCP: "ccp",
                ppp.IPCP: "ipcp"}.get(protocol)
        if step is None:
            self.send(ppp.LCP, ppp.PROTO_REJ, number,
                      struct.pack("!H", protocol) + frame[-len(data) - 4:])
        elif protocol == ppp.LCP and code == ppp.ECHO_REQ:
            self.send(ppp.LCP, ppp.ECHO_REP, number, bytes(4) + data[4:])
        elif code == ppp.TERM_REQ and step != "auth":
            self.client.say(f"{ppp.NAMES[protocol]} is terminated by the client")
            self.send(protocol, ppp.TERM_ACK, number)
        elif not self.client.misbehave(step):
            self.answer(step, protocol, code, number, data)

    def answer(self, step, protocol, code, number, data):
        if step == "auth":
            self.hear_auth(protocol, code, number, data)
        elif code == ppp.CONF_REQ:
            self.hear_request(step, protocol, number, data)
        elif code == ppp.CONF_ACK:
            self.done.add((protocol, "ours"))
        elif code == ppp.TERM_ACK:
            self.asked.discard(protocol)    # it was too early
        elif code in (ppp.CONF_NAK, ppp.CONF_REJ):
            self.client.say(f"{ppp.NAMES[protocol]}: the client does not want {data.hex()}")
        self.go_on()

    # --- Configure-Requests ---

    def request(self, protocol):
        """Our own, unless it is on its way"""
        if protocol in self.asked:
            return
        self.asked.add(protocol)
        if protocol == ppp.LCP:
            auth = {"none": b"", "pap": ppp.option(3, b"\xc0\x23"),
                    "mschap-v2": ppp.option(3, b"\xc2\x23\x81")}[self.client.args.auth]
            data = auth + ppp.option(5, b"host")
        elif protocol == ppp.CCP:
            data = ppp.option(18, ppp.MPPE_128_STATELESS)
        else:
            data = ppp.option(3, OUR_ADDRESS)
        self.send(protocol, ppp.CONF_REQ, 1, data)

    def hear_request(self, step, protocol, number, data):
        action = self.client.at(step)
        if (protocol, "ours") not in self.done and number > 1:
            self.asked.discard(protocol)    # perhaps it was lost
        if action == "refuse" and protocol != ppp.LCP:
            inner = struct.pack("!BBH", ppp.CONF_REQ, number, 4 + len(data)) + data
            self.send(ppp.LCP, ppp.PROTO_REJ, number, struct.pack("!H", protocol) + inner)
            return
        wanted = ppp.options(data)
        reject, nak = self.judge(protocol, wanted)
        if action == "refuse":
            reject = wanted
        elif action == "wrong":
            reject, nak = [], {
                ppp.LCP: [(1, struct.pack("!H", random.randrange(128, 1400)))],
                ppp.CCP: [(18, bytes(4))],
                ppp.IPCP: [(3, bytes([10, 77, 1, random.randrange(1, 255)]))],
            }[protocol]
        if reject:
            code, answer = ppp.CONF_REJ, reject
        elif nak:
            code, answer = ppp.CONF_NAK, nak
        else:
            code, answer = ppp.CONF_ACK, wanted
            self.done.add((protocol, "theirs"))
        self.send(protocol, code, number, b"".join(ppp.option(k, v) for k, v in answer))
        self.request(protocol)

    @staticmethod
    def judge(protocol, wanted):
        """What of a request is rejected, and what should be something else"""
        known = {ppp.LCP: (1, 2, 5, 7, 8), ppp.CCP: (18,), ppp.IPCP: (3,)}[protocol]
        reject = [(k, v) for k, v in wanted if k not in known]
        nak = []
        for kind, value in wanted:
            if protocol == ppp.CCP and kind == 18 and value != ppp.MPPE_128_STATELESS:
                nak.append((18, ppp.MPPE_128_STATELESS))
            if protocol == ppp.IPCP and kind == 3 and value == bytes(4):
                nak.append((3, THEIR_ADDRESS))
        return reject, nak

    # --- authentication ---

    def hear_auth(self, protocol, code, number, data):
        action = self.client.at("auth") or ""
        if protocol == ppp.PAP and code == 1:
            if action.startswith("refuse"):
                self.send(ppp.PAP, 3, number, b"\x06refuse")
                return
            self.send(ppp.PAP, 2, number, b"\x00")
        elif protocol == ppp.CHAP and code == 2 and len(data) >= 50 and data[0] == 49:
            if action.startswith("refuse"):
                error = action.partition("-")[2] or "691"
                self.send(ppp.CHAP, 4, number, b"E=%s R=0 C=%s V=3 M=refused" % (
                    error.encode(), self.challenge.hex().upper().encode()))
                return
            proof = ppp.authenticator_response(
                self.client.args.password, data[50:], self.challenge, data[1:17], data[25:49])
            if action == "wrong":
                proof = b"S=" + b"0123456789" * 4
            self.send(ppp.CHAP, 3, number, proof + b" M=welcome")
        else:
            return
        self.authenticated = True

    # --- phases ---

    def go_on(self):
        if not self.open(ppp.LCP):
            return
        if not self.authenticated:
            if self.client.args.auth == "mschap-v2" and not self.client.challenged:
                self.client.challenged = True
                self.send(ppp.CHAP, 1, 1, b"\x10" + self.challenge + b"hostile")
            return
        if not self.client.ncps_begun:
            self.client.ncps_begun = True
            if self.client.args.auth == "mschap-v2" and self.client.at("ccp") != "refuse":
                self.request(ppp.CCP)
            self.request(ppp.IPCP)
        encrypted = self.client.args.auth != "mschap-v2" or self.open(ppp.CCP)
        if self.open(ppp.IPCP) and encrypted and not self.up:
            self.up = True
            self.client.say("the session is up")
            self.client.misbehave("up")


class Client:
    """One that has connected"""

    def __init__(self, server, sock, address):
        self.server = server
        self.args = server.args
        self.scenario = SCENARIOS[self.args.scenario]
        self.stream = Stream(sock)
        self.address = address
        self.call = None
        self.challenged = False
        self.ncps_begun = False
        self.misbehaving = False
        self.say("connected")

    def say(self, what):
        print(f"{self.address}: {what}", flush=True)

    def send(self, kind, **fields):
        self.stream.send(message(kind, **fields))

    def send_gre(self, data):
        self.server.raw.sendto(data, (self.address, 0))

    def at(self, step):
        """What is to be done at this step; None for what is right"""
        return self.scenario.action if self.scenario.step == step else None

    def misbehave(self, step):
        """Do what this step has in common with others. True if there is no more to be done."""
        action = self.at(step)
        if action is None:
            return False
        if not self.misbehaving:
            self.say(f"{step}: {action}")
        first, self.misbehaving = not self.misbehaving, True

        if action == "stall":
            return True
        if action in ("close", "reset"):
            raise Closed
        if action == "stop":
            if first:
                self.send(wire.STOP_REQUEST, reason=3)
            return True
        if action == "disconnect":
            if first:
                self.send(wire.DISCONNECT_NOTIFY, call_id=self.call.ours if self.call else 0,
                          result=3)
            return True
        if action == "terminate":
            self.call.send(ppp.LCP, ppp.TERM_REQ, 99, b"terminated")
            return True
        if action == "garbage":
            if self.call:
                self.call.send_frame(os.urandom(random.randrange(1, 200)))
            else:
                self.stream.send(os.urandom(200))
            return True
        return False

    def readable(self):
        """Take everything that is there."""
        while True:
            try:
                msg = self.stream.receive(0.0001)
            except Timeout:
                return
            self.hear(msg)

    def hear(self, msg):
        self.say(f"heard {msg}")
        if msg.kind == wire.START_REQUEST:
            if not self.misbehave("start"):
                self.hear_start(self.at("start"))
        elif msg.kind == wire.OUT_REQUEST:
            if not self.misbehave("call"):
                self.hear_call(self.at("call"), msg)
        elif msg.kind == wire.ECHO_REQUEST:
            if not (self.misbehaving and self.scenario.action == "stall"):
                self.send(wire.ECHO_REPLY, id=msg.id)
        elif msg.kind == wire.CLEAR_REQUEST:
            if self.call and not (self.misbehaving and self.scenario.action == "stall"):
                self.send(wire.DISCONNECT_NOTIFY, call_id=self.call.ours)
        elif msg.kind == wire.STOP_REQUEST:
            if not (self.misbehaving and self.scenario.action == "stall"):
                self.send(wire.STOP_REPLY)
                raise Closed
        elif msg.kind == wire.STOP_REPLY:
            raise Closed

    def hear_start(self, action):
        answers = {
            None: message(wire.START_REPLY),
            "refuse": message(wire.START_REPLY, result=4),
            "error": message(wire.START_REPLY, result=2, error=4),
            "version": message(wire.START_REPLY, version=0x0001),
            "bad-cookie": message(wire.START_REPLY, cookie=0x4D3C2B1A),
            "bad-length": message(wire.START_REPLY, length=157),
            "wrong": message(wire.OUT_REPLY, peer_call_id=1),
        }
        self.stream.send(answers[action])

    def hear_call(self, action, msg):
        ours = self.server.next_call_id()
        reply = {"call_id": ours, "peer_call_id": msg.call_id}
        if action in ("busy", "prohibited", "error"):
            result, error = {"busy": (4, 0), "prohibited": (7, 0), "error": (2, 6)}[action]
            self.send(wire.OUT_REPLY, peer_call_id=msg.call_id, result=result, error=error,
                      call_id=0)
            return
        if action == "wrong":
            reply["peer_call_id"] = msg.call_id ^ 0x5555
        self.call = Call(self, ours, msg.call_id)
        self.server.calls[ours] = self.call
        self.send(wire.OUT_REPLY, **reply)
        if action == "twice":
            self.send(wire.OUT_REPLY, call_id=ours ^ 0x5555, peer_call_id=msg.call_id)

    def gone(self):
        self.say("gone")
        if self.call:
            self.server.calls.pop(self.call.ours, None)
        if self.misbehaving and self.scenario.action == "reset":
            self.stream.reset()
        else:
            self.stream.close()


class Server:
    def __init__(self, args):
        self.args = args
        self.calls = {}
        self.last_call_id = random.randrange(0x10000)
        self.selector = selectors.DefaultSelector()
        self.listener = socket.create_server((args.address, args.port))
        self.selector.register(self.listener, selectors.EVENT_READ, self.accept)
        self.raw = None
        scenario = SCENARIOS[args.scenario]
        if scenario.step not in ("start", "call"):
            self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
            self.raw.bind((args.address, 0))
            self.selector.register(self.raw, selectors.EVENT_READ, self.hear_gre)

    def next_call_id(self):
        self.last_call_id = (self.last_call_id + 1) & 0xFFFF
        return self.last_call_id

    def accept(self):
        sock, (address, _) = self.listener.accept()
        client = Client(self, sock, address)
        self.selector.register(sock, selectors.EVENT_READ, lambda: self.guard(client))

    def guard(self, client, work=None):
        """Let a client work, and see it off when it is over."""
        try:
            (work or client.readable)()
        except (Closed, Unexpected, OSError) as end:
            if not isinstance(end, Closed):
                client.say(f"{type(end).__name__}: {end}")
            self.selector.unregister(client.stream.sock)
            client.gone()

    def hear_gre(self):
        data, (address, _) = self.raw.recvfrom(65536)
        parsed = wire.parse_gre(data[4 * (data[0] & 15):])
        call = parsed and self.calls.get(parsed[0])
        if call and call.client.address == address and parsed[2]:
            self.guard(call.client, lambda: call.hear(parsed[2]))

    def run(self):
        print(f"listening on {self.args.address}:{self.args.port}", flush=True)
        while True:
            for key, _ in self.selector.select():
                if key.fileobj in self.selector.get_map():
                    key.data()


def run(args):
    try:
        Server(args).run()
    except KeyboardInterrupt:
        pass
    return 0
