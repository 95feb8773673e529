#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A PPTP peer that means no good. Prints how many messages and packets it has sent.

usage: hostile.py SERVER SEED VICTIM_CALL_ID

Deterministic for a seed. The server may close any of its connections; it may not do anything else about it. The
call ID is one that the server gave to somebody else.
"""

import contextlib
import os
import random
import socket
import struct
import sys
import time

COOKIE = 0x1A2B3C4D
START, OUTGOING = 1, 7
OUTGOING_REPLY = 8

# Bodies' sizes by message type (RFC 2637 2): what follows the eight octets of length, kind and cookie plus the type.
SIZES = {1: 156, 2: 156, 3: 16, 4: 16, 5: 16, 6: 20, 7: 168, 8: 32, 9: 220, 10: 24, 11: 28, 12: 16, 13: 148,
         14: 40, 15: 24}

LCP, PAP, CHAP, CCP, IPCP, IP = 0xc021, 0xc023, 0xc223, 0x80fd, 0x8021, 0x0021

sent = 0


def message(kind, body=None, cookie=COOKIE, family=1, length=None, size=None):
    """One control message; `length` lies in the length field, `size` cuts or fills the message itself."""
    if body is None:
        body = bytes(SIZES.get(kind, 16) - 12)
    data = struct.pack("!HHIHH", length if length is not None else 12 + len(body), family, cookie, kind, 0) + body
    if size is not None:
        data = (data + bytes(size))[:size]
    return data


def start():
    return message(START, struct.pack("!HHIIHH64s64s", 0x0100, 0, 3, 3, 0, 1, b"hostile", b"nobody"))


def outgoing_call(call_id):
    return message(OUTGOING, struct.pack("!HHIIIIHHHH64s64s", call_id, 1, 2400, 10000000, 3, 3, 64, 0, 0, 0, b"", b""))


class Connection:
    """A control connection that takes everything as it comes."""

    def __init__(self, server):
        self.socket = None
        with contextlib.suppress(OSError):
            self.socket = socket.create_connection((server, 1723), timeout=5)

    def send(self, data):
        global sent
        sent += 1
        with contextlib.suppress(OSError, AttributeError):
            self.socket.sendall(data)

    def receive(self, kind):
        """The first message of that type; b"" when none comes."""
        data = b""
        with contextlib.suppress(OSError, AttributeError):
            while chunk := self.socket.recv(4096):
                data += chunk
                while len(data) >= 12:
                    length = struct.unpack("!H", data[:2])[0]
                    if length < 12 or len(data) < length:
                        break
                    if struct.unpack("!H", data[8:10])[0] == kind:
                        return data[:length]
                    data = data[length:]
        return b""

    def reset(self):
        with contextlib.suppress(OSError, AttributeError):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.socket.close()


def broken_framing(server, rng):
    """Each on a connection of its own, some after a proper start."""
    attempts = [
        os.urandom(0) + rng.randbytes(4096), message(START, cookie=0), message(START, cookie=0x4D3C2B1A),
        message(START, length=0), message(START, length=1), message(START, length=11), message(START, length=65535),
        message(START, length=157), message(START, size=155), message(START, family=0), message(START, family=2),
        message(0), message(16), message(99), message(65535), message(OUTGOING), b"\0", b"GET / HTTP/1.0\r\n\r\n",
    ]
    for data in attempts:
        for proper_start in (False, True):
            peer = Connection(server)
            if proper_start:
                peer.send(start())
            peer.send(data)
            peer.reset()
    # The same start again, octet by octet, and many at once.
    peer = Connection(server)
    for octet in start():
        peer.send(bytes([octet]))
    peer.send(start() * 50)
    peer.reset()


def every_message(server, rng):
    """Every type with bodies of noise, in right and wrong sizes, out of order, on one started connection each."""
    for kind in SIZES:
        for size in (12, SIZES[kind] - 1, SIZES[kind], SIZES[kind] + 4, 512):
            peer = Connection(server)
            peer.send(start())
            for _ in range(5):
                peer.send(message(kind, rng.randbytes(size - 12)))
            peer.reset()


def gre(call_id, payload, sequence=None, ack=None, flags=0, version=1, protocol=0x880B, length=None):
    first = flags | 0x2000 | version | (0x1000 if sequence is not None else 0) | (0x0080 if ack is not None else 0)
    header = struct.pack("!HHHH", first, protocol, length if length is not None else len(payload), call_id)
    if sequence is not None:
        header += struct.pack("!I", sequence & 0xffffffff)
    if ack is not None:
        header += struct.pack("!I", ack & 0xffffffff)
    return header + payload


def broken_ppp(rng):
    """PPP frames that are wrong in one way each, then noise."""
    frames = [b"", b"\xff", b"\xff\x03", b"\xff\x03\xc0", b"\xc0"]
    for protocol in (LCP, PAP, CHAP, CCP, IPCP):
        head = struct.pack("!H", protocol)
        for code in list(range(0, 16)) + [255]:
            frames += [
                head, head + bytes([code]), head + bytes([code, 1]), head + bytes([code, 1, 0]),
                head + struct.pack("!BBH", code, 1, 0), head + struct.pack("!BBH", code, 1, 3),
                head + struct.pack("!BBH", code, 1, 4), head + struct.pack("!BBH", code, 1, 65535),
                head + struct.pack("!BBH", code, 1, 6) + b"\1\0", head + struct.pack("!BBH", code, 1, 6) + b"\1\1",
                head + struct.pack("!BBH", code, 1, 6) + b"\1\xff", head + struct.pack("!BBH", code, 1, 8) + b"\3\4\xc2\x23",
                head + struct.pack("!BBH", code, 1, 1400) + rng.randbytes(1396),
            ]
    frames += [struct.pack("!H", rng.randrange(65536)) + rng.randbytes(rng.randrange(1400)) for _ in range(400)]
    # Data before any authentication.
    frames += [struct.pack("!H", IP) + rng.randbytes(60) for _ in range(20)]
    return [b"\xff\x03" + frame if rng.randrange(2) and frame[:1] != b"\xff" else frame for frame in frames]


def call(server, call_id):
    """A call of our own: its connection and the server's call ID (0 when refused)."""
    peer = Connection(server)
    peer.send(start())
    peer.send(outgoing_call(call_id))
    reply = peer.receive(OUTGOING_REPLY)
    return peer, struct.unpack("!H", reply[12:14])[0] if len(reply) >= 14 else 0


def wrong_packets(server, rng, raw, victim):
    """Into calls of our own, into calls that are not, and into none."""
    global sent
    peer, own = call(server, 4711)
    if not own:
        sys.exit("the server refuses a proper call")
    packets = [gre(own, frame, sequence) for sequence, frame in enumerate(broken_ppp(rng))]
    # Lying and truncated headers, wrong versions and protocols, flags that must be clear.
    payload = struct.pack("!HBBH", LCP, 9, 1, 8) + bytes(4)
    packets += [gre(own, payload, 1, length=length) for length in (0, 1, len(payload) - 1, len(payload) + 1, 65535)]
    packets += [gre(own, payload, 1, 1)[:length] for length in range(0, 16)]
    packets += [gre(own, payload, 1, flags=1 << bit) for bit in range(16)]
    packets += [gre(own, payload, 1, version=version) for version in (0, 2, 7)]
    packets += [gre(own, payload, 1, protocol=protocol) for protocol in (0, 0x0800, 0xffff)]
    # Sequence numbers and acknowledgements far away, in every direction.
    packets += [gre(own, payload, sequence, sequence) for sequence in
                (0, 1, 2**16, 2**31 - 1, 2**31, 2**31 + 1, 2**32 - 1, 5, 2**20)]
    # Somebody else's call, from the wrong address; and calls that nobody has.
    for target in [victim] * 200 + [0, 65535] + [rng.randrange(65536) for _ in range(200)]:
        packets.append(gre(target, payload, rng.randrange(2**32), rng.randrange(2**32)))
        packets.append(gre(target, rng.randbytes(rng.randrange(200)), rng.randrange(2**32)))
    for number, packet in enumerate(packets):
        sent += 1
        raw.sendto(packet, (server, 0))
        # In time travel the kernel catches up only while the guest waits.
        if number % 16 == 15:
            time.sleep(0.001)
    peer.reset()


def main():
    server, seed, victim = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    rng = random.Random(seed)
    raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, 47)
    broken_framing(server, rng)
    every_message(server, rng)
    wrong_packets(server, rng, raw, victim)
    print(sent)


if __name__ == "__main__":
    main()
