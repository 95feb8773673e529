#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Somebody before the page, in a browser, who does what page.sh says.

usage: page.py URL FOLDER

Steps come by FOLDER/ask, one a line: the name of a method of Person and its arguments, with tabs between. FOLDER/told gets
what came of each: nothing if all was as it should be, else what was not; and then a line with a dot.
"""

import os
import sys

sys.path.insert(0, f"{os.path.dirname(os.path.realpath(__file__))}/../tools")
# pylint: disable=wrong-import-position
from browser import Browser, Failure  # noqa: E402

PHONE, DESK = (390, 844), (1280, 900)
VIEWS = ("#/", "#/sessions", "#/attempts")
# What the rows of the table of sessions begin with.
USERS = "[...document.querySelectorAll('tbody tr td:first-child')].map(cell => cell.textContent)"


def expect(true, what):
    """Fail unless it is so."""
    if not true:
        raise Failure(what)


class Person:
    """Each method is a step."""

    def __init__(self, browser, url):
        self.browser, self.url = browser, url

    # --- logging in

    def comes(self):
        """Whoever is not logged in is asked for a token, and sees nothing else."""
        self.browser.open(self.url)
        self.browser.wait("document.querySelector('#token')")
        expect(not self.browser.run("document.querySelector('nav').checkVisibility()"), "there is more to see")

    def logs_in(self, token):
        """By keyboard alone."""
        self.browser.run("document.querySelector('#token').select()")
        self.browser.type(token)
        self.browser.press("Enter", 13)

    def is_refused(self, token):
        """A token that nobody has."""
        self.logs_in(token)
        self.browser.wait("document.querySelector('[role=alert]').textContent.includes('does not know this token')")

    def is_let_in(self, token):
        """The overview is what is seen first."""
        self.logs_in(token)
        self.browser.wait("document.querySelector('.tiles')")

    def logs_out(self):
        """The cookie is of no use then."""
        self.browser.click("#logout")
        self.browser.wait("document.querySelector('#token')")
        expect(self.browser.run("fetch('/whoami').then(reply => reply.status)") == 401, "the cookie lets in still")

    # --- looking

    def goes(self, view):
        """To another view."""
        self.browser.run(f"location.hash = {view!r}")
        self.browser.wait("document.querySelector('main h1')")

    def sees(self, text):
        """Without a reload."""
        self.browser.wait(f"document.body.innerText.includes({text!r})", 40)

    def lists(self, *users):
        """These users, and no others, have sessions; seen without a reload."""
        self.browser.wait(f"JSON.stringify({USERS}.sort()) === JSON.stringify({sorted(users)!r})", 40)

    def searches(self, text):
        """By the field above the list."""
        self.browser.run("document.querySelector('input[type=search]').select()")
        self.browser.type(text or " ")

    def sorts(self):
        """By the head of a column and the keyboard; once more turns the order round."""
        head = "document.querySelector('th button')"
        orders = []
        for _ in range(2):
            self.browser.run(f"{head}.focus()")
            before = self.browser.run(f"{head}.parentNode.getAttribute('aria-sort')")
            self.browser.press("Enter", 13)
            orders.append(self.browser.wait(f"{head}.parentNode.getAttribute('aria-sort') !== {before or ''!r} && "
                                            f"{head}.parentNode.getAttribute('aria-sort')"))
            self.browser.pause(3)
            orders.append(self.browser.run(USERS))
        expect(orders[0] == "ascending" and orders[1] == sorted(orders[1]), f"not sorted: {orders}")
        expect(orders[2] == "descending" and orders[3] == orders[1][::-1], f"not turned round: {orders}")

    def opens(self, user):
        """The session of a user, from the list."""
        self.goes("#/sessions")
        self.browser.wait(f"{USERS}.includes({user!r})")
        self.browser.run(f"[...document.querySelectorAll('tbody a')].find(link => link.textContent === {user!r}).click()")
        self.browser.wait(f"document.querySelector('main h1').textContent === {user!r}")

    def sees_rates(self):
        """A curve of what passes, which the arrow keys go through."""
        self.browser.wait("document.querySelectorAll('.chart path.curve').length === 2")
        self.browser.wait("/received \\d.*bit\\/s/.test(document.querySelector('.legend').textContent) && "
                          "!/received 0/.test(document.querySelector('.legend').textContent)", 40)
        self.browser.run("document.querySelector('.chart').focus()")
        self.browser.press("ArrowLeft", 37)
        self.browser.wait("document.querySelector('.legend .when') && document.querySelector('.chart .cross')")

    def sees_curves(self):
        """Those of the last hour, on the overview."""
        self.browser.wait("document.querySelectorAll('.chart path.curve').length >= 1", 40)
        self.browser.wait("document.querySelectorAll('.chart rect.column').length >= 1", 150)

    def sees_markup(self, text):
        """What would be markup is text, and has done nothing."""
        self.browser.wait(f"document.querySelector('main').innerText.includes({text!r})")
        expect(not self.browser.run("document.querySelector('main img, main script, main iframe')"), "it became an element")
        expect(self.browser.run("document.title").endswith("Culvert"), "it has changed the title")

    def fits(self, *more):
        """Nothing is wider than a phone, in no view, and neither than a desk."""
        for size in PHONE, DESK:
            self.browser.size(*size)
            for view in (*VIEWS, *more):
                self.goes(view)
                self.browser.pause(3)
                wide = self.browser.run("document.documentElement.scrollWidth")
                expect(wide <= size[0], f"{view} is {wide} wide on {size[0]}")

    def skips(self):
        """The first that the keyboard comes to leads past the navigation."""
        self.browser.run("document.activeElement.blur()")
        self.browser.run("window.getSelection().removeAllRanges(); document.querySelector('.skip').focus()")
        self.browser.press("Enter", 13)
        self.browser.wait("document.activeElement.id === 'main'")

    # --- steering

    def may_not_change(self):
        """There is nothing to press, and the daemon would not do it either."""
        self.browser.wait("document.querySelector('.facts')")
        expect(not self.browser.run("document.querySelector('.danger:not(dialog *)')"), "there are buttons")
        status = self.browser.run("""fetch("/api/org.culvert.Session.Kill", {
            method: "POST", headers: { "Content-Type": "application/json" }, body: '{"filter":{}}',
        }).then(reply => reply.status)""")
        expect(status == 403, f"the daemon says {status}")

    def thinks_better(self):
        """Of disconnecting, by Escape."""
        self.browser.click("#kill")
        self.browser.wait("document.querySelector('#question').open")
        self.browser.press("Escape", 27)
        self.browser.wait("!document.querySelector('#question').open")
        self.browser.pause(3)
        self.browser.wait("document.querySelector('#kill')")

    def disconnects(self):
        """And sees that it is over."""
        self.browser.click("#kill")
        self.browser.click("#question-yes")
        self.browser.wait("document.querySelector('.heading .state').textContent === 'ended'", 40)
        expect(not self.browser.run("document.querySelector('#kill')"), "it can be disconnected once more")

    def bans(self):
        """The address that the session is from."""
        self.browser.click("#ban")
        self.browser.click("#question-yes")
        self.browser.wait("document.querySelector('.toast').textContent.includes('is banned')")

    def lifts(self, network):
        """The ban, on the overview."""
        self.goes("#/")
        self.browser.wait(f"""[...document.querySelectorAll('.bars li button')].filter(
            button => button.closest('li').innerText.includes({network!r})).map(button => button.click()).length""", 40)
        self.browser.click("#question-yes")
        self.browser.wait("!document.querySelector('.bars li button')", 40)

    # --- when it goes wrong

    def misses_the_daemon(self):
        """It is said, and nothing is lost from view."""
        self.browser.wait("document.querySelector('#lost').checkVisibility()", 40)
        expect("Reconnecting" in self.browser.text(), "it does not say so")
        expect(self.browser.run("document.querySelector('.tiles')") is not None, "all is gone")

    def finds_the_daemon(self):
        """Another process knows no logins."""
        self.browser.wait("document.querySelector('#token')", 60)
        expect(not self.browser.run("document.querySelector('#lost').checkVisibility()"), "it says that it is lost")

    def was_told_no_harm(self):
        """Nothing was asked for elsewhere; no policy was violated; no script has failed."""
        away = [url for url in self.browser.requests() if not url.startswith((self.url, "data:", "about:"))]
        expect(not away, f"asked for {away}")
        expect(not self.browser.complaints(), "\n".join(self.browser.complaints()))


def main():
    """Do one step after the other."""
    url, folder = sys.argv[1:]
    with Browser(folder) as browser, open(f"{folder}/ask", encoding="utf-8") as steps, \
            open(f"{folder}/told", "w", encoding="utf-8") as told:
        browser.size(*DESK)
        person = Person(browser, url)
        for step in steps:
            name, *arguments = step.rstrip("\n").split("\t")
            try:
                getattr(person, name)(*arguments)
            except Failure as failure:
                print(failure, file=told)
                print("complaints:", browser.complaints(), file=told)
            print(".", file=told, flush=True)


if __name__ == "__main__":
    main()
