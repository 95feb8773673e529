#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""A RADIUS server that means no good, or does not know better.

usage: hostile_radius.py ADDRESS OTHER SECRET MODE_FILE

Listens on ADDRESS, ports 1812 and 1813. Lets everybody in, and answers as the mode says that is the text of MODE_FILE
at that moment; without one it answers as it should. OTHER is a second address of this host. Each request is told on
standard output: "access USER" or "accounting STATUS SESSION", in the order in which they come, repeated ones as well; and
so is each answer that was late: "late".

All modes but the last ones spoil the answer to an Access-Request:
"""

import hashlib
import hmac
import os
import select
import socket
import struct
import sys
import time

ACCESS, ACCEPT, REJECT, ACCOUNTING, RESPONSE, CHALLENGE, STATUS = 1, 2, 3, 4, 5, 11, 12
USER_NAME, USER_PASSWORD, SERVICE_TYPE, FRAMED_PROTOCOL, REPLY_MESSAGE, STATE = 1, 2, 6, 7, 18, 24
STATUS_TYPE, SESSION_ID, EAP_MESSAGE, SIGNATURE = 40, 44, 79, 80

MODES = {
    "good": "nothing is spoilt",
    "wrong-secret": "all is made with another secret",
    "wrong-authenticator": "the Response Authenticator is wrong, Message-Authenticator is right",
    "unsigned": "there is no Message-Authenticator",
    "wrong-signature": "Message-Authenticator is wrong, the Response Authenticator is right",
    "doubled-signature": "there are two Message-Authenticators",
    "truncated": "the end of the packet is missing",
    "oversized": "the packet has 5000 octets",
    "attribute-length-0": "an attribute has the length 0",
    "attribute-length-1": "an attribute has the length 1",
    "other-identifier": "it has the identifier of another request",
    "other-address": "it comes from OTHER",
    "other-code": "it is an Accounting-Response",
    "random": "it is octets by chance",
    "stateless-challenge": "it is an Access-Challenge without State",
    "silent": "there is no answer",
    "late": "it comes when 30 seconds have passed",
    "after-timeout": "it comes 1.1 seconds after the request, and after each repetition",
    "doubled": "it comes ten times",
    "many-attributes": "it has 200 Reply-Messages",
    "long-name": "it has a User-Name of 253 octets",
    "dies": "the server ends when it has let somebody in",
}
__doc__ += "\n".join(f"  {name:20} {what}" for name, what in MODES.items())


def attribute(kind, value, length=None):
    return bytes([kind, len(value) + 2 if length is None else length]) + value


def parse(request):
    """The attributes of a request of ours, which are well formed."""
    found, rest = {}, request[20:]
    while rest:
        kind, length = rest[0], rest[1]
        found.setdefault(kind, []).append(rest[2:length])
        rest = rest[length:]
    return found


def reply(request, secret, code, attributes=b"", signatures=1, spoil=None):
    """One reply, made as it should be; `spoil` names what is wrong."""
    if spoil == "wrong-secret":
        secret = secret + b"?"
    identifier = (request[1] + 1) & 255 if spoil == "other-identifier" else request[1]
    signed = attribute(SIGNATURE, bytes(16)) * signatures
    length = 20 + len(signed) + len(attributes)
    head = struct.pack("!BBH", code, identifier, length)
    if signatures:
        proof = hmac.new(secret, head + request[4:20] + signed + attributes, hashlib.md5).digest()
        if spoil == "wrong-signature":
            proof = bytes(octet ^ 1 for octet in proof)
        signed = attribute(SIGNATURE, proof) * signatures
    body = signed + attributes
    proof = hashlib.md5(head + request[4:20] + body + secret).digest()
    if spoil == "wrong-authenticator":
        proof = bytes(octet ^ 1 for octet in proof)
    return head + proof + body


def granted():
    return attribute(SERVICE_TYPE, struct.pack("!I", 2)) + attribute(FRAMED_PROTOCOL, struct.pack("!I", 1))


def answer_eap(mode, request, secret):
    """A challenge of EAP-MD5 (RFC 3748), and success, whatever is the response."""
    eap = b"".join(parse(request)[EAP_MESSAGE])
    identifier, kind = eap[1], eap[4]
    if kind != 1:
        return [reply(request, secret, ACCEPT, granted() + attribute(EAP_MESSAGE, struct.pack("!BBH", 3, identifier, 4)))]
    question = struct.pack("!BBHBB", 1, (identifier + 1) & 255, 22, 4, 16) + os.urandom(16)
    state = b"" if mode == "stateless-challenge" else attribute(STATE, b"remember")
    return [reply(request, secret, CHALLENGE, attribute(EAP_MESSAGE, question) + state)]


def answer(mode, request, secret):
    """What an Access-Request gets: packets, all of which leave at once. EAP is spoken in two modes alone."""
    if EAP_MESSAGE in parse(request):
        return answer_eap(mode, request, secret)
    grant = granted()
    accept = reply(request, secret, ACCEPT, grant)
    if mode in ("wrong-secret", "wrong-authenticator", "wrong-signature", "other-identifier"):
        return [reply(request, secret, ACCEPT, grant, spoil=mode)]
    if mode == "unsigned":
        return [reply(request, secret, ACCEPT, grant, signatures=0)]
    if mode == "doubled-signature":
        return [reply(request, secret, ACCEPT, grant, signatures=2)]
    if mode == "truncated":
        return [accept[:-3], accept[:19], accept[:1], b""]
    if mode == "oversized":
        filling = attribute(REPLY_MESSAGE, b"x" * 251) * 20
        return [reply(request, secret, ACCEPT, (grant + filling)[:4980])]
    if mode.startswith("attribute-length-"):
        return [reply(request, secret, ACCEPT, grant + attribute(REPLY_MESSAGE, b"", int(mode[-1])))]
    if mode == "other-code":
        return [reply(request, secret, RESPONSE)]
    if mode == "random":
        return [os.urandom(size) for size in (1, 19, 20, 21, 100, 4096)]
    if mode == "stateless-challenge":
        return [reply(request, secret, CHALLENGE, attribute(REPLY_MESSAGE, b"which colour?"))]
    if mode == "silent":
        return []
    if mode == "doubled":
        return [accept] * 10
    if mode == "many-attributes":
        return [reply(request, secret, ACCEPT, grant + attribute(REPLY_MESSAGE, b"welcome") * 200)]
    if mode == "long-name":
        return [reply(request, secret, ACCEPT, grant + attribute(USER_NAME, b"n" * 253))]
    return [accept]


class Server:
    def __init__(self, address, other, secret, mode_file):
        self.secret, self.mode_file = secret.encode(), mode_file
        self.access, self.accounting = (self.socket_at(address, port) for port in (1812, 1813))
        self.other = self.socket_at(other, 1812)
        self.waiting = []

    @staticmethod
    def socket_at(address, port):
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        made.bind((address, port))
        return made

    def mode(self):
        try:
            with open(self.mode_file, encoding="ascii") as file:
                return file.read().strip()
        except OSError:
            return "good"

    def take_access(self):
        request, peer = self.access.recvfrom(65536)
        mode = self.mode()
        if request[0] == STATUS:
            if mode != "silent":
                self.access.sendto(reply(request, self.secret, ACCEPT), peer)
            return
        tell("access", parse(request)[USER_NAME][0])
        origin = self.other if mode == "other-address" else self.access
        at = time.monotonic() + {"late": 30, "after-timeout": 1.1}.get(mode, 0)
        for packet in answer(mode, request, self.secret):
            self.waiting.append((at, origin, packet, peer, mode == "late"))
        self.send_due()
        if mode == "dies":
            sys.exit(0)

    def take_accounting(self):
        request, peer = self.accounting.recvfrom(65536)
        found = parse(request)
        if request[0] == ACCOUNTING:
            tell("accounting", str(found[STATUS_TYPE][0][3]).encode(), found[SESSION_ID][0])
        if self.mode() != "silent":
            self.accounting.sendto(reply(request, self.secret, RESPONSE, signatures=0), peer)

    def send_due(self):
        now = time.monotonic()
        for _, origin, packet, peer, late in [one for one in self.waiting if one[0] <= now]:
            origin.sendto(packet, peer)
            if late:
                tell("late")
        self.waiting = [one for one in self.waiting if one[0] > now]

    def run(self):
        while True:
            wait = min((one[0] for one in self.waiting), default=None)
            readable = select.select([self.access, self.accounting], [], [],
                                     None if wait is None else max(0, wait - time.monotonic()))[0]
            if self.access in readable:
                self.take_access()
            if self.accounting in readable:
                self.take_accounting()
            self.send_due()


def tell(*words):
    print(b" ".join(word if isinstance(word, bytes) else word.encode() for word in words).decode("latin1"), flush=True)


def main():
    if len(sys.argv) == 2 and sys.argv[1] == "--modes":
        print("\n".join(MODES))
    elif len(sys.argv) == 5:
        Server(*sys.argv[1:]).run()
    else:
        sys.exit(__doc__)


main()
