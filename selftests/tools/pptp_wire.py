# SPDX-License-Identifier: GPL-2.0-only
"""
PPTP control messages and enhanced GRE as octets (RFC 2637), for test tools.

Written without a look at the daemon's codec, so that the two check each other. Nothing here is
strict: the tools need to send wrong messages as easily as right ones.
"""

import select
import socket
import struct
import time

PORT = 1723
COOKIE = 0x1A2B3C4D

START_REQUEST, START_REPLY, STOP_REQUEST, STOP_REPLY, ECHO_REQUEST, ECHO_REPLY, \
    OUT_REQUEST, OUT_REPLY, IN_REQUEST, IN_REPLY, IN_CONNECTED, CLEAR_REQUEST, \
    DISCONNECT_NOTIFY, WAN_ERROR, SET_LINK_INFO = range(1, 16)

NAMES = {
    START_REQUEST: "Start-Control-Connection-Request",
    START_REPLY: "Start-Control-Connection-Reply",
    STOP_REQUEST: "Stop-Control-Connection-Request",
    STOP_REPLY: "Stop-Control-Connection-Reply",
    ECHO_REQUEST: "Echo-Request",
    ECHO_REPLY: "Echo-Reply",
    OUT_REQUEST: "Outgoing-Call-Request",
    OUT_REPLY: "Outgoing-Call-Reply",
    IN_REQUEST: "Incoming-Call-Request",
    IN_REPLY: "Incoming-Call-Reply",
    IN_CONNECTED: "Incoming-Call-Connected",
    CLEAR_REQUEST: "Call-Clear-Request",
    DISCONNECT_NOTIFY: "Call-Disconnect-Notify",
    WAN_ERROR: "WAN-Error-Notify",
    SET_LINK_INFO: "Set-Link-Info",
}

# Bodies after the control message type and its reserved field: struct format, field names and
# what a field is when nobody says otherwise.
BODIES = {
    START_REQUEST: ("!HHIIHH64s64s", dict(
        version=0x0100, reserved=0, framing=3, bearer=3, channels=0, firmware=1,
        host=b"hostile", vendor=b"Culvert selftests")),
    START_REPLY: ("!HBBIIHH64s64s", dict(
        version=0x0100, result=1, error=0, framing=3, bearer=3, channels=0, firmware=1,
        host=b"hostile", vendor=b"Culvert selftests")),
    STOP_REQUEST: ("!BBH", dict(reason=1, reserved1=0, reserved2=0)),
    STOP_REPLY: ("!BBH", dict(result=1, error=0, reserved=0)),
    ECHO_REQUEST: ("!I", dict(id=1)),
    ECHO_REPLY: ("!IBBH", dict(id=1, result=1, error=0, reserved=0)),
    OUT_REQUEST: ("!HHIIIIHHHH64s64s", dict(
        call_id=1, serial=1, min_bps=300, max_bps=100000000, bearer=3, framing=3, window=64,
        delay=0, phone_len=0, reserved=0, phone=b"", subaddress=b"")),
    OUT_REPLY: ("!HHBBHIHHI", dict(
        call_id=1, peer_call_id=0, result=1, error=0, cause=0, speed=100000000, window=64,
        delay=0, channel=0)),
    IN_REQUEST: ("!HHIIHH64s64s64s", dict(
        call_id=1, serial=1, bearer=1, channel=0, dialed_len=0, dialing_len=0, dialed=b"",
        dialing=b"", subaddress=b"")),
    IN_REPLY: ("!HHBBHHH", dict(
        call_id=1, peer_call_id=0, result=1, error=0, window=64, delay=0, reserved=0)),
    IN_CONNECTED: ("!HHIHHI", dict(
        peer_call_id=0, reserved=0, speed=64000, window=64, delay=0, framing=2)),
    CLEAR_REQUEST: ("!HH", dict(call_id=1, reserved=0)),
    DISCONNECT_NOTIFY: ("!HBBHH128s", dict(
        call_id=1, result=4, error=0, cause=0, reserved=0, stats=b"")),
    WAN_ERROR: ("!HHIIIIII", dict(
        peer_call_id=0, reserved=0, crc=0, framing=0, hardware=0, buffer=0, timeouts=0,
        alignment=0)),
    SET_LINK_INFO: ("!HHII", dict(
        peer_call_id=0, reserved=0, send_accm=0xFFFFFFFF, recv_accm=0xFFFFFFFF)),
}


def message(kind, *, length=None, pptp_type=1, cookie=COOKIE, reserved0=0, **fields):
    """One control message; what is not said has a harmless value."""
    form, defaults = BODIES[kind]
    body = struct.pack(form, *{**defaults, **fields}.values())
    if length is None:
        length = 12 + len(body)
    return struct.pack("!HHIHH", length, pptp_type, cookie, kind, reserved0) + body


def undefined(control_type, size=12, pptp_type=1):
    """A well-framed message that the RFC does not define."""
    head = struct.pack("!HHIHH", size, pptp_type, COOKIE, control_type, 0)
    return head[:size].ljust(size, b"\xff")


class Message:
    """A message that was received; its fields are attributes."""

    def __init__(self, data):
        self.length, self.pptp_type, self.cookie, self.kind, self.reserved0 = \
            struct.unpack("!HHIHH", data[:12])
        form, defaults = BODIES[self.kind]
        self.__dict__.update(zip(defaults, struct.unpack(form, data[12:])))

    def __str__(self):
        fields = {k: v for k, v in vars(self).items()
                  if k in ("result", "error", "call_id", "peer_call_id", "reason", "version")}
        return NAMES[self.kind] + "".join(f" {k}={v}" for k, v in fields.items())


class Unexpected(Exception):
    """The other side did not do what it must."""


class Closed(Exception):
    """The other side closed the connection."""


class Timeout(Exception):
    """The other side said nothing for as long as we wanted to wait."""


class Stream:
    """A control connection, with messages in and octets out."""

    def __init__(self, sock):
        self.sock = sock
        self.data = b""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    @classmethod
    def connect(cls, address, port, timeout):
        return cls(socket.create_connection((address, port), timeout))

    def send(self, data):
        """Send everything. That the other side has gone shows when we read."""
        try:
            self.sock.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self, timeout):
        """The next message. Anything malformed is Unexpected."""
        deadline = time.monotonic() + timeout
        while True:
            if len(self.data) >= 12:
                length, pptp_type, cookie, kind, _ = struct.unpack("!HHIHH", self.data[:12])
                if cookie != COOKIE or pptp_type != 1 or kind not in BODIES or \
                        length != 12 + struct.calcsize(BODIES[kind][0]):
                    raise Unexpected(f"malformed message: {self.data[:16].hex()}")
                if len(self.data) >= length:
                    data, self.data = self.data[:length], self.data[length:]
                    return Message(data)
            self.fill(deadline)

    def fill(self, deadline):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([self.sock], [], [], left)[0]:
            raise Timeout
        try:
            more = self.sock.recv(65536)
        except ConnectionResetError:
            more = b""
        if not more:
            raise Closed
        self.data += more

    def close(self):
        self.sock.close()

    def reset(self):
        """Leave with RST in place of FIN, as a machine that lost its state."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


def gre(call_id, payload, seq=None, ack=None):
    """An enhanced GRE packet, without IP."""
    flags = 0x2001 | (0x1000 if seq is not None else 0) | (0x0080 if ack is not None else 0)
    data = struct.pack("!HHHH", flags, 0x880B, len(payload), call_id)
    if seq is not None:
        data += struct.pack("!I", seq & 0xFFFFFFFF)
    if ack is not None:
        data += struct.pack("!I", ack & 0xFFFFFFFF)
    return data + payload


def parse_gre(data):
    """(call ID, sequence number or None, payload) of a GRE packet, or None if it is not ours."""
    if len(data) < 8:
        return None
    flags, protocol, length, call_id = struct.unpack("!HHHH", data[:8])
    if protocol != 0x880B or flags & 0x2007 != 0x2001:
        return None
    at, seq = 8, None
    if flags & 0x1000:
        if len(data) < at + 4:
            return None
        seq = struct.unpack("!I", data[at:at + 4])[0]
        at += 4
    if flags & 0x0080:
        at += 4
    return call_id, seq, data[at:at + length]
