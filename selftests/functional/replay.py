#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Send GRE packets once more as they were captured, in that order, and print how many of them carry a PPP frame.

usage: replay.py DEVICE SOURCE FILE...

SOURCE is the address that the packets are from. A FILE is what tcpdump writes: Ethernet, in the machine's byte order.
"""

import socket
import struct
import sys

FILE_HEADER = 24
PACKET_HEADER = 16
IPV4 = b"\x08\x00"
GRE = 47
HAS_SEQUENCE_NUMBER = 0x10


def packets(path):
    with open(path, "rb") as file:
        file.seek(FILE_HEADER)
        while header := file.read(PACKET_HEADER):
            length = struct.unpack("=IIII", header)[2]
            yield file.read(length)


def is_from(packet, source):
    return packet[12:14] == IPV4 and packet[23] == GRE and packet[26:30] == source


def has_frame(packet):
    gre = 14 + (packet[14] & 15) * 4
    return bool(packet[gre] & HAS_SEQUENCE_NUMBER)


def main():
    device, source, files = sys.argv[1], socket.inet_aton(sys.argv[2]), sys.argv[3:]
    wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    wire.bind((device, 0))
    frames = 0
    for path in files:
        for packet in packets(path):
            if is_from(packet, source):
                wire.send(packet)
                frames += has_frame(packet)
    print(frames)


if __name__ == "__main__":
    main()
