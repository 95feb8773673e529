#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Run a program on a terminal of its own, answer its questions, and print all that the terminal showed.

usage: on_terminal.py PROMPT=ANSWER... -- COMMAND...

Each answer is typed once its prompt has been shown behind the one before. The exit status is the command's, or 99 if a
prompt does not come within a minute.
"""
import os
import pty
import select
import sys
import time


def main():
    at = sys.argv.index("--")
    dialogue = [argument.partition("=")[::2] for argument in sys.argv[1:at]]
    pid, terminal = pty.fork()
    if not pid:
        os.execvp(sys.argv[at + 1], sys.argv[at + 1:])
    shown, seen, end = b"", 0, time.monotonic() + 60
    while time.monotonic() < end:
        if dialogue and dialogue[0][0].encode() in shown[seen:]:
            seen = shown.index(dialogue[0][0].encode(), seen) + len(dialogue[0][0])
            os.write(terminal, dialogue.pop(0)[1].encode() + b"\n")
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            some = os.read(terminal, 4096)
        except OSError:
            break
        if not some:
            break
        shown += some
    else:
        os.kill(pid, 9)
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n"))
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    sys.exit(99 if dialogue or status < 0 else status)


if __name__ == "__main__":
    main()
