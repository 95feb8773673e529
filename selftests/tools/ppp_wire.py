# SPDX-License-Identifier: GPL-2.0-only
"""PPP frames as octets, and the sums of MS-CHAPv2 (RFC 1661, 1332, 1334, 1994, 2759), for tools."""

import hashlib
import struct
import subprocess

LCP, PAP, CHAP, EAP, CCP, IPCP = 0xC021, 0xC023, 0xC223, 0xC227, 0x80FD, 0x8021
NAMES = {LCP: "LCP", PAP: "PAP", CHAP: "CHAP", EAP: "EAP", CCP: "CCP", IPCP: "IPCP"}

CONF_REQ, CONF_ACK, CONF_NAK, CONF_REJ, TERM_REQ, TERM_ACK, CODE_REJ, PROTO_REJ, ECHO_REQ, \
    ECHO_REP = range(1, 11)

MPPE_128_STATELESS = b"\x01\x00\x00\x40"


def packet(protocol, code, number, data=b""):
    """A frame: protocol field, then code, identifier, length and data."""
    return struct.pack("!HBBH", protocol, code, number, 4 + len(data)) + data


def parse(frame):
    """(protocol, code, identifier, data) of a control frame, or None for anything else."""
    if frame[:2] == b"\xff\x03":
        frame = frame[2:]
    if frame[:1] and frame[0] & 1:
        frame = b"\0" + frame
    if len(frame) < 6:
        return None
    protocol, code, number, length = struct.unpack("!HBBH", frame[:6])
    if not protocol & 0x8000 or not 4 <= length <= len(frame) - 2:
        return None
    return protocol, code, number, frame[6:2 + length]


def option(kind, data=b""):
    return bytes([kind, 2 + len(data)]) + data


def options(data):
    """The options of a Configure-Request as (type, data); stops at what is malformed."""
    found = []
    while len(data) >= 2 and 2 <= data[1] <= len(data):
        found.append((data[0], data[2:data[1]]))
        data = data[data[1]:]
    return found


def md4(data):
    """RFC 1320; hashlib has it no more.

    >>> md4(b"message digest").hex()
    'd9130a8164549fe818874806e1c7014b'
    """
    def rotate(x, n):
        x &= 0xFFFFFFFF
        return x << n | x >> (32 - n)

    bits = 8 * len(data)
    data += b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack("<Q", bits)
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    order2 = [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15]
    order3 = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15]
    rounds = [
        (range(16), (3, 7, 11, 19), 0, lambda x, y, z: x & y | ~x & z),
        (order2, (3, 5, 9, 13), 0x5A827999, lambda x, y, z: x & y | x & z | y & z),
        (order3, (3, 9, 11, 15), 0x6ED9EBA1, lambda x, y, z: x ^ y ^ z),
    ]
    for at in range(0, len(data), 64):
        words = struct.unpack("<16I", data[at:at + 64])
        a, b, c, d = state
        for order, shifts, constant, mix in rounds:
            for i, k in enumerate(order):
                a = rotate(a + mix(b, c, d) + words[k] + constant, shifts[i % 4])
                a, b, c, d = d, a, b, c
        state = [(x + y) & 0xFFFFFFFF for x, y in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def challenge_hash(user, ours, theirs):
    """What both proofs are about (RFC 2759 section 8.2): `ours` is the authenticator's challenge, `theirs` the peer's."""
    return hashlib.sha1(theirs + ours + user.rsplit(b"\\", 1)[-1]).digest()[:8]


def des(key, block):
    """One block, with a key of seven octets. Python has no DES, but the library of OpenSSL has a threefold one.

    >>> des(bytes(7), bytes(8)).hex()
    '8ca64de9c1b123a7'
    """
    bits = int.from_bytes(key, "big")
    key = bytes(bits >> 7 * (7 - i) << 1 & 0xFE for i in range(8))
    return subprocess.run(["openssl", "enc", "-des-ede3", "-nopad", "-K", (3 * key).hex()], input=block,
                          capture_output=True, check=True).stdout


def nt_response(password, user, ours, theirs):
    """The proof of a peer that it knows the password (RFC 2759 section 8.1).

    >>> nt_response("clientPass", b"User",
    ...     bytes.fromhex("5b5d7c7d7b3f2f3e3c2c602132262628"),
    ...     bytes.fromhex("21402324255e262a28295f2b3a337c7e")).hex()
    '82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df'
    """
    key = md4(password.encode("utf-16-le")) + bytes(5)
    challenge = challenge_hash(user, ours, theirs)
    return b"".join(des(key[i:i + 7], challenge) for i in (0, 7, 14))


def authenticator_response(password, user, ours, theirs, nt_response):
    """The proof that we know the password (RFC 2759 section 8.7), as sent.

    >>> authenticator_response("clientPass", b"User",
    ...     bytes.fromhex("5b5d7c7d7b3f2f3e3c2c602132262628"),
    ...     bytes.fromhex("21402324255e262a28295f2b3a337c7e"),
    ...     bytes.fromhex("82309ecd8d708b5ea08faa3981cd83544233114a3d85d6df"))
    b'S=407A5589115FD0D6209F510FE9C04566932CDA56'
    """
    digest = hashlib.sha1(md4(md4(password.encode("utf-16-le"))) + nt_response +
                          b"Magic server to client signing constant").digest()
    digest = hashlib.sha1(digest + challenge_hash(user, ours, theirs) +
                          b"Pad to make it do more than one iteration").digest()
    return b"S=" + digest.hex().upper().encode()
