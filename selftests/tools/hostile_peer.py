#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
A PPTP peer that misbehaves, one named scenario at a time.

    hostile_peer.py list [client|server]
    hostile_peer.py client [--slow] ADDRESS [SCENARIO...]
    hostile_peer.py server SCENARIO ADDRESS

As a client it connects to a server, does what the scenario says, and judges the answer: one TAP
line each, exit status 1 if the server did not do what RFC 2637 asks. After every scenario a
decent client must still be served. Without names all scenarios are played, those that wait for a
time-out of the server only with --slow.

As a server it lets a client come to a certain step and then refuses, stalls, answers wrongly or
goes away; it is the client that is judged, by whoever runs it. It says on standard output what
happens, and serves until it is killed. The steps after the call (lcp and on) take root, for a raw
socket.

list says what the scenarios are; list client and list server print nothing but their names.
"""

import argparse
import sys

sys.dont_write_bytecode = True      # nothing built lands beside sources

import hostile_client   # noqa: E402
import hostile_server   # noqa: E402


def show(title, scenarios):
    print(title)
    for name, scenario in scenarios.items():
        print(f"  {name:28}{scenario.what}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--list", action="store_true", help="the same as 'list'")
    roles = parser.add_subparsers(dest="role")
    role = roles.add_parser("list", help="name the scenarios")
    role.add_argument("of", nargs="?", choices=["client", "server"])

    role = roles.add_parser("client", help="misbehave towards a server")
    role.add_argument("address")
    role.add_argument("scenario", nargs="*", metavar="SCENARIO")
    role.add_argument("--port", type=int, default=1723)
    role.add_argument("--slow", action="store_true", help="also wait for time-outs")
    role.add_argument("--wait", type=float, default=5,
                      help="seconds within which an answer must come (%(default)s)")
    role.add_argument("--patience", type=float, default=130,
                      help="seconds within which a time-out must strike (%(default)s)")

    role = roles.add_parser("server", help="misbehave towards a client")
    role.add_argument("scenario", metavar="SCENARIO", choices=list(hostile_server.SCENARIOS))
    role.add_argument("address")
    role.add_argument("--port", type=int, default=1723)
    role.add_argument("--auth", choices=["none", "pap", "mschap-v2"], default="mschap-v2",
                      help="what is asked of the client (%(default)s)")
    role.add_argument("--password", default="secret",
                      help="for the proof that the server knows it, too (%(default)s)")
    args = parser.parse_args()

    if args.role == "client":
        return hostile_client.run(args)
    if args.role == "server":
        return hostile_server.run(args)
    if not args.list and args.role != "list":
        parser.error("say list, client or server")
    scenarios = {"client": hostile_client.SCENARIOS, "server": hostile_server.SCENARIOS}
    if getattr(args, "of", None):
        print(*scenarios[args.of], sep="\n")
        return 0
    for role in scenarios:
        show(f"{role}:", scenarios[role])
    return 0


if __name__ == "__main__":
    sys.exit(main())
