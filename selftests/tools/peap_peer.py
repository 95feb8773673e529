#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
A PPTP client that logs in by PEAPv0 with EAP-MSCHAPv2 inside, as Windows does and pppd cannot, and pings its server
through MPPE with the keys of that login.

On standard output it says what became true: "address A", "answered" when a ping came back, or "refused" and why. Then
it stays, and ends when it is told to (SIGTERM) or when the server ends the session.
"""

import argparse
import contextlib
import hashlib
import hmac
import os
import select
import signal
import socket
import ssl
import struct
import sys
import tempfile

import ppp_wire as ppp
import pptp_wire as wire
from pptp_wire import Stream, message

EAP_REQUEST, EAP_RESPONSE, EAP_SUCCESS, EAP_FAILURE = range(1, 5)
IDENTITY, NAK, PEAP, MSCHAPV2, EXTENSIONS = 1, 3, 25, 26, 33
LENGTH_INCLUDED, MORE_FRAGMENTS, START = 0x80, 0x40, 0x20
RESULT_TLV = b"\x80\x03\x00\x02"
IP, COMPRESSED = 0x0021, 0x00FD
OUR_CALL = 4711
# In seconds. What is sent while the server's end of the link is made may get lost, and is sent again.
PATIENCE = 1


class Refused(Exception):
    """The server does not let us in."""


def say(*words):
    print(*words, flush=True)


def rc4(key, data):
    """
    >>> rc4(b"Key", b"Plaintext").hex()
    'bbf316e8d940af0ad3'
    """
    box, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) & 255
        box[i], box[j] = box[j], box[i]
    i = j = 0
    for octet in data:
        i = (i + 1) & 255
        j = (j + box[i]) & 255
        box[i], box[j] = box[j], box[i]
        out.append(octet ^ box[(box[i] + box[j]) & 255])
    return bytes(out)


def prf(digest, secret, label, seed, length):
    """The function of TLS 1.2 that makes keys (RFC 5246 section 5).

    >>> prf("sha256", bytes.fromhex("9bbe436ba940f017b17652849a71db35"), b"test label",
    ...     bytes.fromhex("a0ba9f936cda311827a6f796ffd5198c"), 16).hex()
    'e3f229ba727be17b8d122620557cd453'
    """
    seed = label + seed
    out, a = b"", seed
    while len(out) < length:
        a = hmac.digest(secret, a, digest)
        out += hmac.digest(secret, a + seed, digest)
    return out[:length]


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ping(source, target):
    """An IP packet with an ICMP Echo-Request."""
    icmp = bytearray(struct.pack("!BBHHH", 8, 0, 0, OUR_CALL, 1) + b"through the tunnel")
    icmp[2:4] = struct.pack("!H", checksum(icmp))
    ip = bytearray(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0, source, target))
    ip[10:12] = struct.pack("!H", checksum(ip))
    return bytes(ip + icmp)


class Mppe:
    """One direction of MPPE with 128 bits, stateless (RFC 3078, RFC 3079)."""

    def __init__(self, start_key):
        self.start_key = start_key[:16]
        self.key = self.mix(self.start_key)
        self.count = 0xFFF

    def mix(self, key):
        return hashlib.sha1(self.start_key + bytes(40) + key + b"\xf2" * 40).digest()[:16]

    def step(self):
        mixed = self.mix(self.key)
        self.key = rc4(mixed, mixed)
        self.count = (self.count + 1) & 0xFFF

    def encrypt(self, data):
        self.step()
        return struct.pack("!H", 0x9000 | self.count) + rc4(self.key, data)

    def decrypt(self, data):
        head = struct.unpack("!H", data[:2])[0]
        if head & 0xF000 != 0x9000:
            raise Refused(f"MPPE header {head:04x}, which is not stateless and encrypted")
        while self.count != head & 0xFFF:
            self.step()
        return rc4(self.key, data[2:])


class Peap:
    """The client's end of PEAPv0 (draft-kamath-pppext-peapv0): EAP packets in, EAP packets out."""

    def __init__(self, args):
        self.args = args
        self.keys = tempfile.NamedTemporaryFile("r")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.load_verify_locations(args.ca)
        context.keylog_filename = self.keys.name
        self.heard, self.to_say = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.heard, self.to_say)
        self.up = False
        self.server_hello = b""
        self.received, self.announced = b"", None
        self.rest = b""

    def answer(self, number, data):
        """What to say to a request, from behind the type on."""
        flags, data = data[0], data[1:]
        if flags & LENGTH_INCLUDED:
            self.announced = struct.unpack("!I", data[:4])[0]
            data = data[4:]
        self.received += data
        if flags & MORE_FRAGMENTS:
            return b"\0"
        if self.rest:
            # The server confirms our last fragment, and waits for the next one.
            return self.fragment(0)
        if self.announced not in (None, len(self.received)):
            raise Refused(f"{len(self.received)} octets of TLS, where {self.announced} were announced")
        data, self.received, self.announced = self.received, b"", None
        self.server_hello = self.server_hello or data
        self.heard.write(data)
        if not self.up:
            self.shake_hands()
        elif inner := self.inner(number, self.tls.read()):
            self.tls.write(inner)
        self.rest = self.to_say.read()
        if len(self.rest) <= self.args.fragment:
            return self.fragment(0)
        return self.fragment(LENGTH_INCLUDED, struct.pack("!I", len(self.rest)))

    def fragment(self, flags, length=b""):
        data, self.rest = self.rest[:self.args.fragment], self.rest[self.args.fragment:]
        return bytes([flags | (MORE_FRAGMENTS if self.rest else 0)]) + length + data

    def shake_hands(self):
        try:
            self.tls.do_handshake()
            self.up = True
        except ssl.SSLWantReadError:
            pass

    def inner(self, number, data):
        """The answer to an EAP packet in the tunnel. But for Extensions both are without the header of EAP."""
        if len(data) >= 5 and data[0] == EAP_REQUEST and struct.unpack("!H", data[2:4])[0] == len(data):
            number, data = data[1], data[4:]
        kind, data = data[0], data[1:]
        if kind == IDENTITY:
            return bytes([IDENTITY]) + self.args.user
        if kind == MSCHAPV2:
            return bytes([MSCHAPV2]) + self.mschapv2(data)
        if kind == EXTENSIONS:
            if not data.startswith(RESULT_TLV):
                raise Refused(f"Extensions without a result: {data.hex()}")
            return struct.pack("!BBHB", EAP_RESPONSE, number, 5 + 6, EXTENSIONS) + data[:6]
        raise Refused(f"EAP type {kind} in the tunnel")

    def mschapv2(self, data):
        code, number = data[0], data[1]
        if code == 1:
            challenge = data[5:21]
            ours = os.urandom(16)
            response = ppp.nt_response(self.args.password, self.args.user, challenge, ours)
            self.expected = ppp.authenticator_response(self.args.password, self.args.user, challenge, ours, response)
            value = ours + bytes(8) + response + b"\0"
            return struct.pack("!BBHB", 2, number, 5 + len(value) + len(self.args.user), len(value)) + \
                value + self.args.user
        if code == 3 and not data[4:].startswith(self.expected):
            raise Refused("the server does not know the password")
        return bytes([code])

    def msk(self):
        """Master Session Key: 64 octets (RFC 5216 section 2.3, with the label that PEAP shares)."""
        line = next(line for line in self.keys if line.startswith("CLIENT_RANDOM "))
        client_random, master = (bytes.fromhex(word) for word in line.split()[1:])
        # Headers of the record and of the message, and a version, are before it.
        server_random = self.server_hello[11:43]
        digest = "sha384" if self.tls.cipher()[0].endswith("SHA384") else "sha256"
        return prf(digest, master, b"client EAP encryption", client_random + server_random, 64)


class Peer:
    """A call, and PPP on it."""

    def __init__(self, args):
        self.args = args
        self.raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
        self.stream = Stream.connect(args.server, wire.PORT, 10)
        self.sent, self.received = 0, None
        self.call = None
        self.peap = Peap(args)
        self.eap_answered = None
        self.pending, self.open = {}, set()
        self.address, self.server_address = bytes(4), None
        self.encrypt = self.decrypt = None
        self.answered = False

    # --- tunnel ---

    def dial(self):
        self.stream.send(message(wire.START_REQUEST) + message(wire.OUT_REQUEST, call_id=OUR_CALL))
        while True:
            reply = self.stream.receive(10)
            if reply.kind == wire.OUT_REPLY:
                break
        if reply.result != 1:
            raise Refused(reply)
        self.call = reply.call_id

    def send(self, frame):
        self.raw.sendto(wire.gre(self.call, frame, self.sent, self.received), (self.args.server, 0))
        self.sent += 1

    def control(self, protocol, code, number, data=b""):
        self.send(b"\xff\x03" + ppp.packet(protocol, code, number, data))

    def run(self):
        self.dial()
        self.request(ppp.LCP)
        while True:
            ready = select.select([self.raw, self.stream.sock], [], [], PATIENCE)[0]
            if self.stream.sock in ready:
                msg = self.stream.receive(PATIENCE)
                if msg.kind == wire.ECHO_REQUEST:
                    self.stream.send(message(wire.ECHO_REPLY, id=msg.id))
                elif msg.kind == wire.DISCONNECT_NOTIFY:
                    self.call = None
                    raise Refused(msg)
            if self.raw in ready:
                self.packet(self.raw.recv(65536))
            if not ready:
                self.again()

    def packet(self, data):
        found = wire.parse_gre(data[4 * (data[0] & 15):])
        if socket.inet_ntoa(data[12:16]) != self.args.server or not found or found[0] != OUR_CALL or not found[2]:
            return
        self.received = found[1]
        frame = found[2]
        if frame[:2] == b"\xff\x03":
            frame = frame[2:]
        if control := ppp.parse(frame):
            self.control_frame(*control)
        else:
            self.data_frame(frame)

    def again(self):
        for protocol in self.pending:
            self.request(protocol)
        if self.is_open() and not self.answered:
            self.ping()

    # --- PPP ---

    def request(self, protocol):
        if protocol not in self.pending:
            self.pending[protocol] = {
                ppp.LCP: b"",
                ppp.IPCP: ppp.option(3, self.address),
                ppp.CCP: ppp.option(18, ppp.MPPE_128_STATELESS),
            }[protocol]
        self.control(protocol, ppp.CONF_REQ, 1, self.pending[protocol])

    def control_frame(self, protocol, code, number, data):
        if protocol == ppp.EAP:
            self.eap(code, number, data)
        elif protocol not in (ppp.LCP, ppp.IPCP, ppp.CCP):
            self.control(ppp.LCP, ppp.PROTO_REJ, number, struct.pack("!H", protocol) + data)
        elif code == ppp.CONF_REQ:
            self.agree(protocol, number, data)
        elif code == ppp.CONF_ACK:
            self.pending.pop(protocol, None)
            self.opened(protocol, "ours")
        elif code == ppp.CONF_NAK and protocol == ppp.IPCP:
            self.address = dict(ppp.options(data))[3]
            self.pending.pop(protocol)
            self.request(protocol)
        elif code in (ppp.CONF_NAK, ppp.CONF_REJ):
            raise Refused(f"{ppp.NAMES[protocol]} does not agree: {data.hex()}")
        elif code == ppp.ECHO_REQ:
            self.control(protocol, ppp.ECHO_REP, number, bytes(4) + data[4:])
        elif code == ppp.TERM_REQ:
            self.control(protocol, ppp.TERM_ACK, number)
            raise Refused("the session was ended")

    def agree(self, protocol, number, data):
        options = dict(ppp.options(data))
        if protocol == ppp.LCP and options.get(3) != struct.pack("!H", ppp.EAP):
            raise Refused("EAP is not what the server wants")
        if protocol == ppp.CCP and options != {18: ppp.MPPE_128_STATELESS}:
            self.control(protocol, ppp.CONF_NAK, number, ppp.option(18, ppp.MPPE_128_STATELESS))
            return
        if protocol == ppp.IPCP:
            self.server_address = options[3]
        self.control(protocol, ppp.CONF_ACK, number, data)
        self.opened(protocol, "theirs")

    def opened(self, protocol, whose):
        self.open.add((protocol, whose))
        if self.is_open() and not self.answered:
            say("address", socket.inet_ntoa(self.address))
            self.ping()

    def is_open(self):
        return {(p, w) for p in (ppp.LCP, ppp.IPCP, ppp.CCP) for w in ("ours", "theirs")} <= self.open

    def eap(self, code, number, data):
        if code == EAP_FAILURE:
            raise Refused("EAP-Failure")
        if code == EAP_SUCCESS:
            self.logged_in()
            return
        # A request that comes again gets the same answer.
        if self.eap_answered is None or self.eap_answered[0] != (number, data):
            self.eap_answered = (number, data), self.eap_answer(number, data[0], data[1:])
        self.control(ppp.EAP, EAP_RESPONSE, number, self.eap_answered[1])

    def eap_answer(self, number, kind, data):
        if kind == IDENTITY:
            return bytes([IDENTITY]) + self.args.outer
        if kind != PEAP:
            return bytes([NAK, PEAP])
        return bytes([PEAP]) + self.peap.answer(number, data)

    def logged_in(self):
        if self.encrypt:
            return
        msk = self.peap.msk()
        self.encrypt, self.decrypt = Mppe(msk[:32]), Mppe(msk[32:])
        self.request(ppp.IPCP)
        self.request(ppp.CCP)

    # --- traffic ---

    def ping(self):
        data = struct.pack("!H", IP) + ping(self.address, self.server_address)
        self.send(b"\xff\x03" + struct.pack("!H", COMPRESSED) + self.encrypt.encrypt(data))

    def data_frame(self, frame):
        # The first octet of a protocol's number may be left out.
        if frame[:1] == b"\0":
            frame = frame[1:]
        if frame[0] != COMPRESSED or not self.decrypt:
            raise Refused(f"a frame in clear: {frame.hex()}")
        packet = self.decrypt.decrypt(frame[1:])
        if packet[:1] == b"\0":
            packet = packet[1:]
        if packet[:2] == bytes([IP, 0x45]) and packet[10] == 1 and packet[13:17] == self.server_address and \
                packet[21] == 0 and packet.endswith(b"through the tunnel") and not self.answered:
            self.answered = True
            say("answered")

    def leave(self):
        """Hang up, and wait until the server has ended the call, so that it is told in this order."""
        if self.call:
            self.control(ppp.LCP, ppp.TERM_REQ, 2)
            with contextlib.suppress(wire.Closed, wire.Timeout):
                while self.stream.receive(10 * PATIENCE).kind != wire.DISCONNECT_NOTIFY:
                    pass
        self.stream.close()


def stop(*_):
    sys.exit(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server", help="its address")
    parser.add_argument("--outer", type=os.fsencode, default=b"anonymous", help="the name outside of the tunnel")
    parser.add_argument("--user", type=os.fsencode, required=True, help="the name inside")
    parser.add_argument("--password", required=True)
    parser.add_argument("--ca", required=True, help="the certificate by which the server's is judged")
    parser.add_argument("--fragment", type=int, default=1000, help="octets of TLS that go into one packet of ours")
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, stop)
    peer = Peer(args)
    try:
        peer.run()
    except (Refused, wire.Closed, ssl.SSLError) as reason:
        say("refused:", repr(reason) if not str(reason) else reason)
        sys.exit(1)
    finally:
        peer.leave()


if __name__ == "__main__":
    main()
