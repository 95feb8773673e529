# SPDX-License-Identifier: GPL-2.0-only
"""Scenarios in which a client misbehaves towards a server, and what the server must do."""

import random
import socket
import struct
import time

import pptp_wire as wire
from pptp_wire import Closed, Stream, Timeout, Unexpected, message

SCENARIOS = {}


def scenario(name, what, slow=False):
    def register(function):
        function.what = what
        function.slow = slow
        SCENARIOS[name] = function
        return function
    return register


class Visit:
    """One connection to the server, and what is expected of it."""

    def __init__(self, args):
        self.args = args
        self.stream = Stream.connect(args.address, args.port, args.wait)

    def send(self, *messages):
        for data in messages:
            self.stream.send(data)

    def expect(self, kind, **fields):
        """This message comes next, with these fields; Echo-Requests are answered on the way."""
        deadline = time.monotonic() + self.args.wait
        while True:
            try:
                msg = self.stream.receive(deadline - time.monotonic())
            except Closed:
                raise Unexpected(f"closed instead of {wire.NAMES[kind]}") from None
            except Timeout:
                raise Unexpected(f"no {wire.NAMES[kind]}") from None
            if msg.kind == wire.ECHO_REQUEST and kind != wire.ECHO_REQUEST:
                self.send(message(wire.ECHO_REPLY, id=msg.id))
                continue
            # The daemon may tell the maps of characters at any time.
            if msg.kind == wire.SET_LINK_INFO and kind != wire.SET_LINK_INFO:
                continue
            break
        if msg.kind != kind:
            raise Unexpected(f"{msg} instead of {wire.NAMES[kind]}")
        for name, value in fields.items():
            if getattr(msg, name) != value:
                raise Unexpected(f"{msg}: {name} should be {value}")
        return msg

    def expect_close(self, wait=None, answer_echo=True):
        """The server closes, and says nothing more that would be an answer."""
        deadline = time.monotonic() + (self.args.wait if wait is None else wait)
        while True:
            try:
                msg = self.stream.receive(deadline - time.monotonic())
            except Closed:
                return
            except Timeout:
                raise Unexpected("not closed") from None
            if msg.kind == wire.ECHO_REQUEST:
                if answer_echo:
                    self.send(message(wire.ECHO_REPLY, id=msg.id))
            elif msg.kind == wire.STOP_REQUEST:
                pass
            else:
                raise Unexpected(f"{msg} instead of an end")

    def start(self):
        self.send(message(wire.START_REQUEST))
        return self.expect(wire.START_REPLY, result=1, version=0x0100)

    def call(self, call_id=1, **fields):
        self.send(message(wire.OUT_REQUEST, call_id=call_id, **fields))
        return self.expect(wire.OUT_REPLY, result=1, error=0, peer_call_id=call_id)

    def clear(self, call_id=1):
        self.send(message(wire.CLEAR_REQUEST, call_id=call_id))
        return self.expect(wire.DISCONNECT_NOTIFY, result=4)

    def stop(self):
        self.send(message(wire.STOP_REQUEST))
        self.expect(wire.STOP_REPLY, result=1)
        self.expect_close()

    def expect_alive(self):
        number = random.getrandbits(32)
        self.send(message(wire.ECHO_REQUEST, id=number))
        self.expect(wire.ECHO_REPLY, id=number, result=1)

    def close(self):
        self.stream.close()


# --- as it should be -------------------------------------------------------------------------

@scenario("good", "a call as it should be: Start, call, Echo, clear, Stop")
def _(visit):
    visit.start()
    visit.call()
    visit.expect_alive()
    visit.clear()
    visit.stop()


@scenario("stop-with-call", "Stop clears the calls by itself")
def _(visit):
    visit.start()
    visit.call()
    visit.stop()


@scenario("octet-by-octet", "every octet in a segment of its own")
def _(visit):
    for octet in message(wire.START_REQUEST) + message(wire.ECHO_REQUEST, id=7) + \
            message(wire.STOP_REQUEST):
        visit.send(bytes([octet]))
    visit.expect(wire.START_REPLY, result=1)
    visit.expect(wire.ECHO_REPLY, id=7, result=1)
    visit.expect(wire.STOP_REPLY, result=1)
    visit.expect_close()


@scenario("all-at-once", "a whole conversation in one segment")
def _(visit):
    visit.send(message(wire.START_REQUEST) + message(wire.ECHO_REQUEST, id=7) +
               message(wire.OUT_REQUEST, call_id=3) + message(wire.CLEAR_REQUEST, call_id=3) +
               message(wire.STOP_REQUEST))
    visit.expect(wire.START_REPLY, result=1)
    visit.expect(wire.ECHO_REPLY, id=7, result=1)
    # A server that thinks about calls may be told to clear it before it has answered.
    try:
        visit.expect(wire.OUT_REPLY, result=1, peer_call_id=3)
    except Unexpected as problem:
        if "Call-Disconnect-Notify" not in str(problem):
            raise
    else:
        visit.expect(wire.DISCONNECT_NOTIFY, result=4)
    visit.expect(wire.STOP_REPLY, result=1)
    visit.expect_close()


# --- Start -----------------------------------------------------------------------------------

@scenario("start-old-version", "version 0.1: refused with result 5, closed")
def _(visit):
    visit.send(message(wire.START_REQUEST, version=0x0001))
    visit.expect(wire.START_REPLY, result=5, version=0x0100)
    visit.expect_close()


@scenario("start-new-version", "version 2.0: answered with 1.0, established")
def _(visit):
    visit.send(message(wire.START_REQUEST, version=0x0200))
    visit.expect(wire.START_REPLY, result=1, version=0x0100)
    visit.expect_alive()


@scenario("start-twice", "the second one is told that the connection exists")
def _(visit):
    visit.start()
    visit.send(message(wire.START_REQUEST))
    visit.expect(wire.START_REPLY, result=3)
    visit.expect_alive()


@scenario("start-reply-first", "a reply where a request is due: closed")
def _(visit):
    visit.send(message(wire.START_REPLY))
    visit.expect_close()


@scenario("start-no-capabilities", "no framing, no bearer, no names: established")
def _(visit):
    visit.send(message(wire.START_REQUEST, framing=0, bearer=0, host=b"", vendor=b""))
    visit.expect(wire.START_REPLY, result=1)
    visit.expect_alive()


@scenario("start-full-names", "names of 64 odd octets without an end: established")
def _(visit):
    visit.send(message(wire.START_REQUEST, host=b"\xff\n%s\x1b[2J\0" * 10,
                       vendor=bytes(range(128, 192))))
    visit.expect(wire.START_REPLY, result=1)
    visit.expect_alive()


@scenario("reserved-fields", "reserved fields that are not zero: understood")
def _(visit):
    visit.send(message(wire.START_REQUEST, reserved0=0xFFFF, reserved=0xFFFF))
    visit.expect(wire.START_REPLY, result=1)
    visit.send(message(wire.ECHO_REQUEST, id=9, reserved0=1))
    visit.expect(wire.ECHO_REPLY, id=9, result=1)


@scenario("echo-before-start", "told that nothing is connected")
def _(visit):
    visit.send(message(wire.ECHO_REQUEST, id=3))
    visit.expect(wire.ECHO_REPLY, id=3, result=2, error=1)
    visit.start()
    visit.expect_alive()


@scenario("call-before-start", "told that nothing is connected")
def _(visit):
    visit.send(message(wire.OUT_REQUEST, call_id=3))
    visit.expect(wire.OUT_REPLY, peer_call_id=3, result=2, error=1)
    visit.start()
    visit.expect_alive()


@scenario("clear-before-start", "out of place: closed")
def _(visit):
    visit.send(message(wire.CLEAR_REQUEST))
    visit.expect_close()


@scenario("stop-before-start", "answered, closed")
def _(visit):
    visit.stop()


# --- the stream ------------------------------------------------------------------------------

@scenario("bad-cookie", "synchronisation is lost: closed without an answer")
def _(visit):
    visit.send(message(wire.START_REQUEST, cookie=0x1A2B3C4E))
    visit.expect_close()


@scenario("bad-cookie-later", "the same on an established connection")
def _(visit):
    visit.start()
    visit.send(message(wire.ECHO_REQUEST, cookie=0) + message(wire.ECHO_REQUEST))
    visit.expect_close()


@scenario("start-short", "a Start request with a wrong length: bad format, closed")
def _(visit):
    visit.send(message(wire.START_REQUEST, length=155)[:155])
    visit.expect(wire.START_REPLY, result=2, error=2)
    visit.expect_close()


@scenario("wrong-lengths", "each type with a wrong length: closed")
def _(visit):
    for kind in wire.NAMES:
        for length in (0, 8, 11, 12, 65535):
            other = Visit(visit.args)
            other.start()
            other.send(message(kind, length=length))
            other.expect_close()
            other.close()


@scenario("bad-class", "a PPTP message type of 3: closed")
def _(visit):
    visit.start()
    visit.send(message(wire.ECHO_REQUEST, pptp_type=3))
    visit.expect_close()


@scenario("management", "management messages, long and short: ignored")
def _(visit):
    visit.start()
    for size in (8, 9, 12, 220, 221, 65535):
        visit.send(wire.undefined(1, size, pptp_type=2))
    visit.expect_alive()


@scenario("undefined-types", "control messages of undefined types: ignored")
def _(visit):
    visit.start()
    for kind in (0, 16, 255, 65535):
        for size in (12, 16, 65535):
            visit.send(wire.undefined(kind, size))
    visit.expect_alive()


@scenario("undefined-before-start", "the same before Start: ignored")
def _(visit):
    visit.send(wire.undefined(99, 400))
    visit.start()
    visit.expect_alive()


@scenario("http", "another protocol: closed")
def _(visit):
    visit.send(b"GET / HTTP/1.1\r\nHost: example\r\n\r\n")
    visit.expect_close()


@scenario("garbage", "random octets, before and after Start: closed")
def _(visit):
    noise = random.Random(1)
    for after in range(20):
        other = Visit(visit.args)
        if after % 2:
            other.start()
        other.send(noise.randbytes(8 + 200 * after))
        other.expect_close()
        other.close()


@scenario("mangled", "good messages with random octets changed: no answer to be wrong about")
def _(visit):
    noise = random.Random(2)
    for _ in range(60):
        other = Visit(visit.args)
        other.start()
        for _ in range(10):
            data = bytearray(message(noise.choice(list(wire.NAMES))))
            for _ in range(noise.randrange(1, 5)):
                data[noise.randrange(len(data))] = noise.randrange(256)
            other.send(bytes(data))
        other.close()


# --- calls -----------------------------------------------------------------------------------

@scenario("call-id-zero", "Windows calls its first call 0")
def _(visit):
    visit.start()
    visit.call(0)
    visit.clear(0)
    visit.expect_alive()


@scenario("call-id-again", "the same ID for a second call: bad call ID; after clearing: good")
def _(visit):
    visit.start()
    visit.call(5)
    visit.send(message(wire.OUT_REQUEST, call_id=5))
    visit.expect(wire.OUT_REPLY, peer_call_id=5, result=2, error=5)
    visit.clear(5)
    visit.call(5)
    visit.expect_alive()


@scenario("call-no-window", "window, framing, bearer and speeds all 0: accepted")
def _(visit):
    visit.start()
    visit.call(6, window=0, framing=0, bearer=0, min_bps=0, max_bps=0)


@scenario("call-long-number", "a phone number longer than its field")
def _(visit):
    visit.start()
    visit.call(7, phone_len=65535, phone=b"9" * 64)


@scenario("calls-without-end", "calls on which nobody logs in, until refused as busy; then all cleared")
def _(visit):
    visit.start()
    taken = 0
    while taken < 5000:
        visit.send(message(wire.OUT_REQUEST, call_id=taken))
        reply = visit.expect(wire.OUT_REPLY, peer_call_id=taken)
        if reply.result != 1:
            break
        taken += 1
    else:
        raise Unexpected(f"{taken} calls on one connection, and no end")
    if not taken or (reply.result, reply.error) not in ((4, 0), (2, 4)):
        raise Unexpected(f"{taken} calls, then {reply}")
    for call_id in range(taken):
        visit.clear(call_id)
    visit.call(0)
    visit.expect_alive()


@scenario("call-and-clear", "fifty calls, each cleared at once")
def _(visit):
    visit.start()
    visit.args.wait *= 4
    for call_id in range(50):
        visit.call(call_id)
        visit.clear(call_id)
    visit.args.wait /= 4
    visit.expect_alive()


@scenario("clear-unknown-call", "ignored")
def _(visit):
    visit.start()
    visit.call(1)
    visit.send(message(wire.CLEAR_REQUEST, call_id=60000),
               message(wire.DISCONNECT_NOTIFY, call_id=60001))
    visit.expect_alive()
    visit.clear(1)


@scenario("clear-twice", "the second one is ignored")
def _(visit):
    visit.start()
    visit.call(1)
    visit.clear(1)
    visit.send(message(wire.CLEAR_REQUEST, call_id=1))
    visit.expect_alive()


@scenario("disconnect-by-client", "a Call-Disconnect-Notify from the wrong side ends the call")
def _(visit):
    visit.start()
    visit.call(1)
    visit.send(message(wire.DISCONNECT_NOTIFY, call_id=1))
    visit.expect_alive()
    visit.call(1)


@scenario("replies-unasked", "replies and notifications that nobody asked for: ignored")
def _(visit):
    visit.start()
    for kind in (wire.START_REPLY, wire.STOP_REPLY, wire.ECHO_REPLY, wire.OUT_REPLY,
                 wire.IN_REPLY, wire.IN_CONNECTED, wire.DISCONNECT_NOTIFY, wire.WAN_ERROR,
                 wire.SET_LINK_INFO):
        visit.send(message(kind))
    visit.expect_alive()


@scenario("incoming-call", "a call from our side gets one reply, whichever")
def _(visit):
    visit.start()
    visit.send(message(wire.IN_REQUEST, call_id=9))
    visit.expect(wire.IN_REPLY, peer_call_id=9)
    visit.expect_alive()


@scenario("link-info", "Set-Link-Info and WAN-Error-Notify of a call")
def _(visit):
    visit.start()
    ours = visit.call(1).call_id
    visit.send(message(wire.SET_LINK_INFO, peer_call_id=ours, send_accm=0, recv_accm=0xA0000),
               message(wire.WAN_ERROR, peer_call_id=ours, crc=1, alignment=0xFFFFFFFF))
    visit.expect_alive()
    visit.clear(1)


# --- going away ------------------------------------------------------------------------------

@scenario("eof-at-once", "connected and gone")
def _(visit):
    visit.close()


@scenario("eof-in-message", "gone in the midst of a message")
def _(visit):
    visit.send(message(wire.START_REQUEST)[:100])


@scenario("eof-with-call", "gone with a call up")
def _(visit):
    visit.start()
    visit.call()


@scenario("half-close", "only our direction is closed: the server closes the other")
def _(visit):
    visit.start()
    visit.call()
    visit.stream.sock.shutdown(socket.SHUT_WR)
    visit.expect_close()


@scenario("reset-with-call", "RST with a call up")
def _(visit):
    visit.start()
    visit.call()
    visit.stream.reset()


# --- too much --------------------------------------------------------------------------------

@scenario("many-connections", "behind three hundred connections that say nothing: who speaks is served")
def _(visit):
    visit.start()
    silent = []
    try:
        for _ in range(300):
            silent.append(Stream.connect(visit.args.address, visit.args.port, visit.args.wait))
    except OSError:
        pass    # a bound on connections is as good
    visit.expect_alive()
    visit.call()
    for stream in silent:
        stream.close()


@scenario("echo-flood", "500 Echo-Requests at once: every one is answered, in order")
def _(visit):
    visit.start()
    visit.send(b"".join(message(wire.ECHO_REQUEST, id=i) for i in range(500)))
    for i in range(500):
        visit.expect(wire.ECHO_REPLY, id=i, result=1)


@scenario("echo-flood-unread", "Echo-Requests whose answers nobody reads: the server stops reading")
def _(visit):
    visit.start()
    sock = visit.stream.sock
    sock.setblocking(False)
    flood = message(wire.ECHO_REQUEST) * 1000
    sent, deadline = 0, time.monotonic() + visit.args.wait
    while time.monotonic() < deadline:
        try:
            sent += sock.send(flood)
        except BlockingIOError:
            time.sleep(0.05)
        except OSError:
            return      # to close is as good
        if sent > 32 << 20:
            raise Unexpected(f"{sent >> 20} MiB were taken")


# --- time-outs of the server -----------------------------------------------------------------

@scenario("stall-silent", "not a word: closed in time", slow=True)
def _(visit):
    visit.expect_close(visit.args.patience)


@scenario("stall-in-header", "half a header: closed in time", slow=True)
def _(visit):
    visit.send(message(wire.START_REQUEST)[:5])
    visit.expect_close(visit.args.patience)


@scenario("stall-in-message", "half a Start request, then an octet now and then: closed in time",
          slow=True)
def _(visit):
    data = message(wire.START_REQUEST)
    visit.send(data[:20])
    deadline = time.monotonic() + visit.args.patience
    for octet in data[20:-1]:
        if time.monotonic() > deadline:
            raise Unexpected("not closed")
        visit.send(bytes([octet]))
        try:
            visit.stream.receive(3)
        except Closed:
            return
        except Timeout:
            continue
    visit.expect_close(deadline - time.monotonic())


@scenario("stall-echo", "Echo-Requests are not answered: closed in time", slow=True)
def _(visit):
    visit.start()
    visit.expect_close(visit.args.patience, answer_echo=False)


@scenario("stall-in-undefined", "an undefined message of 65535 octets that never ends", slow=True)
def _(visit):
    visit.start()
    visit.send(wire.undefined(99, 65535)[:100])
    visit.expect_close(visit.args.patience, answer_echo=False)


# --- playing ---------------------------------------------------------------------------------

def play(args, name):
    """Play one scenario; returns what was wrong, or None."""
    try:
        visit = Visit(args)
        try:
            SCENARIOS[name](visit)
        finally:
            visit.close()
        decent = Visit(args)
        decent.start()
        decent.expect_alive()
        decent.stop()
    except (Unexpected, Closed, Timeout, OSError, struct.error) as problem:
        return f"{type(problem).__name__}: {problem}"
    return None


def run(args):
    names = args.scenario or [n for n, s in SCENARIOS.items() if args.slow or not s.slow]
    failed = 0
    print("TAP version 13")
    print(f"1..{len(names)}")
    for number, name in enumerate(names, 1):
        if name not in SCENARIOS:
            problem = "there is no such scenario"
        else:
            problem = play(args, name)
        failed += problem is not None
        if problem:
            print(f"# {problem}")
        print(f"{'not ok' if problem else 'ok'} {number} - {name}", flush=True)
    return 1 if failed else 0
