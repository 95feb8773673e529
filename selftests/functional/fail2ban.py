#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Say what the filter of docs/fail2ban.md finds in a log of culvertd: a line "ADDRESS N" for each address.

usage: fail2ban.py DOCUMENT LOG

LOG is what culvertd writes to standard error. Each line is tried in the forms that fail2ban is given by its backends,
with the time cut out: as in a file of syslog, and from the journal.
"""

import collections
import re
import sys

# What fail2ban puts in place of <ADDR>: brackets may surround it, and an IPv4 address may be a mapped one.
IPV4 = r"(?:::f{4,6}:)?(?P<ip4>(?:\d{1,3}\.){3}\d{1,3})"
IPV6 = r"(?P<ip6>[0-9a-fA-F:]*:[0-9a-fA-F:]*)"
ADDR = rf"\[?(?:{IPV4}|{IPV6})\]?"

FORMS = (" gateway culvertd[4711]: {}", "gateway culvertd[4711]: {}", "culvertd: {}")


def filter_of(document):
    with open(document, encoding="utf-8") as file:
        found = re.search(r"^failregex = (.*)$", file.read(), re.MULTILINE)
    return re.compile(found.group(1).replace("<ADDR>", ADDR))


def messages(log):
    with open(log, encoding="utf-8", newline="\n") as file:
        for line in file:
            program, _, message = line.rstrip("\n").partition(": ")
            if program == "culvertd":
                yield message


def address_in(failregex, message):
    found = set()
    for form in FORMS:
        match = failregex.search(form.format(message) + "\n")
        found.add(match and (match.group("ip4") or match.group("ip6")))
    if len(found) != 1:
        sys.exit(f"not the same in all forms: {message}: {found}")
    return found.pop()


def main():
    failregex = filter_of(sys.argv[1])
    addresses = collections.Counter(address_in(failregex, message) for message in messages(sys.argv[2]))
    for address, number in sorted(addresses.items(), key=str):
        if address:
            print(address, number)


if __name__ == "__main__":
    main()
