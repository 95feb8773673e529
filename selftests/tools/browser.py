# SPDX-License-Identifier: GPL-2.0-only
"""A browser without a screen: Debian's chromium-headless-shell, told what to do by the DevTools protocol.

Its messages are JSON with an octet 0 behind each, on two pipes (--remote-debugging-pipe), so that neither a WebSocket nor
another program is needed. https://chromedevtools.github.io/devtools-protocol/ describes them.
"""

import base64
import json
import os
import select
import subprocess
import time

PROGRAM = "/usr/lib/chromium/chromium-headless-shell"
# A guest has one user, no GPU and a small /dev/shm. Nothing is asked of hosts that no page names. Without a sandbox all
# of it that matters here is the same.
OPTIONS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
           "--disable-component-update", "--disable-default-apps", "--disable-extensions", "--disable-sync", "--mute-audio",
           "--no-pings", "--hide-scrollbars", "--remote-debugging-pipe")


class Failure(Exception):
    """The browser, or a script in the page, says that something does not work."""


class Browser:
    """One browser with one page. Use as a context manager."""

    def __init__(self, folder, patience=60):
        self.patience = patience
        self.number = 0
        self.unread = b""
        self.events = []
        from_us, self.to = os.pipe()
        self.back, to_us = os.pipe()

        def pipes():
            # 3 and 4 are where the browser expects them; neither of ours is overwritten before it was copied.
            high = os.dup(from_us), os.dup(to_us)
            while min(high) < 5:
                high = os.dup(high[0]), os.dup(high[1])
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        with open(f"{folder}/browser.log", "w", encoding="utf-8") as log:
            # pylint: disable=subprocess-popen-preexec-fn,consider-using-with
            self.process = subprocess.Popen([PROGRAM, *OPTIONS, f"--user-data-dir={folder}/browser", "about:blank"],
                                            stdout=log, stderr=log, close_fds=False, preexec_fn=pipes)
        os.close(from_us)
        os.close(to_us)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    # --- messages

    def call(self, method, **parameters):
        """The result of a command."""
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        os.write(self.to, json.dumps(message).encode() + b"\0")
        end = time.monotonic() + self.patience
        while True:
            reply = self.read(end - time.monotonic())
            if reply is None:
                raise Failure(f"{method} is not answered")
            if reply.get("id") != self.number:
                continue
            if "error" in reply:
                raise Failure(f"{method}: {reply['error']['message']}")
            return reply["result"]

    def read(self, seconds):
        """The next message, or None if there is none in that time; events are kept, too."""
        while b"\0" not in self.unread:
            if not select.select([self.back], [], [], max(0, seconds))[0]:
                return None
            octets = os.read(self.back, 65536)
            if not octets:
                raise Failure("the browser has ended")
            self.unread += octets
        text, self.unread = self.unread.split(b"\0", 1)
        message = json.loads(text)
        if "method" in message:
            self.events.append(message)
        return message

    # --- the page

    def run(self, script):
        """What an expression of JavaScript comes to in the page."""
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True, userGesture=True)
        if "exceptionDetails" in result:
            details = result["exceptionDetails"]
            raise Failure(details.get("exception", {}).get("description", details["text"]))
        return result["result"].get("value")

    def wait(self, script, seconds=20):
        """Wait until the expression is true, and return what it is; True if it is a node."""
        end = time.monotonic() + seconds
        while True:
            value = self.run(f"(it => it instanceof Node ? true : it)({script})")
            if value:
                return value
            if time.monotonic() > end:
                raise Failure(f"waited in vain for {script}; the page says: {self.text()[:2000]}")
            self.pause(.1)

    def pause(self, seconds):
        """Let time pass, and hear what happens meanwhile."""
        end = time.monotonic() + seconds
        while self.read(end - time.monotonic()) is not None:
            pass

    def text(self):
        """What can be read in the page."""
        return self.run("document.body.innerText") or ""

    def open(self, url):
        """Go to a page, and wait until all of it is there. An address that differs behind "#" alone is no other page."""
        self.call("Page.navigate", url=url)
        self.wait("document.readyState === 'complete'")

    def click(self, selector):
        """Press the mouse's button where the first such element is, as a person does."""
        box = self.wait(f"""(() => {{
            const node = document.querySelector({json.dumps(selector)});
            if (!node) return null;
            node.scrollIntoView({{ block: "center" }});
            const box = node.getBoundingClientRect();
            return box.width ? [box.x + box.width / 2, box.y + box.height / 2] : null;
        }})()""")
        for kind in ("mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1)

    def type(self, text):
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def press(self, key, code):
        """Press a key that is no letter, by its name and number."""
        text = {"text": "\r"} if key == "Enter" else {}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **text)

    def size(self, width, height, dark=False, scale=1):
        """Let the page have that many pixels of CSS, in light or dark colours."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600)
        self.call("Emulation.setEmulatedMedia",
                  features=[{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def picture(self, path, whole=False):
        """Write a PNG of what is seen, or of the whole page."""
        data = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    # --- what happened

    def requests(self):
        """URLs of all that was asked for."""
        return [event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"]

    def complaints(self):
        """What the browser has found wrong: violations of the policy, exceptions, errors. Not what has an HTTP status."""
        found = []
        for event in self.events:
            if event["method"] == "Log.entryAdded":
                entry = event["params"]["entry"]
                if entry["level"] == "error" and entry["source"] != "network":
                    found.append(f"{entry['source']}: {entry['text']}")
            elif event["method"] == "Runtime.exceptionThrown":
                details = event["params"]["exceptionDetails"]
                found.append(details.get("exception", {}).get("description", details["text"]))
            elif event["method"] == "Runtime.consoleAPICalled" and event["params"]["type"] in ("error", "assert"):
                found.append(str(event["params"]["args"]))
        return found
