// SPDX-License-Identifier: GPL-2.0-only
//
// The page: what culvertd does, and a hand on its sessions. It asks the gateway of the control socket, by methods of
// daemon/control/varlink: POST for one answer, server-sent events for what goes on.
//
// Names, addresses and reasons are chosen by peers. They become text of nodes, never markup: there is no
// innerHTML here.

import { byId, clean, write } from "./nodes.js";
import { ask, connection, here, Stream } from "./daemon.js";
import { hour } from "./hour.js";
import { say } from "./questions.js";
import { overview } from "./overview.js";
import { sessions_view } from "./sessions.js";
import { session_view } from "./session.js";
import { attempts_view } from "./attempts.js";
import { login_view } from "./login.js";

const VIEWS = { "": overview, sessions: sessions_view, session: session_view, attempts: attempts_view };
const TITLES = { "": "Overview", sessions: "Sessions", session: "Session", attempts: "Attempts" };

function leave() {
	if (here.view)
		here.view.close();
	here.view = null;
	if (byId("question").open)
		byId("question").close("no");
}

function route() {
	const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
	const [name, number] = path.split("/"), at = Object.hasOwn(VIEWS, name) ? name : "";
	const given = Object.fromEntries(new URLSearchParams(query || "")), main = byId("main");

	leave();
	main.replaceChildren();
	byId("nav").hidden = byId("who").hidden = !here.user;
	if (!here.user) {
		document.title = "Culvert";
		here.view = login_view(main, enter);
		return;
	}
	write(byId("name"), `${clean(here.user.name)} (${here.user.rights.join(", ")})`);
	for (const link of byId("nav").children) {
		if (link.getAttribute("href") === `#/${at === "session" ? "sessions" : at}`)
			link.setAttribute("aria-current", "page");
		else
			link.removeAttribute("aria-current");
	}
	document.title = `${TITLES[at]} – Culvert`;
	here.view = VIEWS[at](main, given, Number(number));
	window.scrollTo(0, 0);
}

function enter() {
	new Stream("Daemon.Watch", {}, 0, reply => hour.hear(reply), failure => say(failure.message, true));
	route();
}

async function begin() {
	connection.enter = enter;
	connection.ended = route;
	window.addEventListener("hashchange", () => {
		route();
		// Who listens to the page hears where he is.
		const title = byId("main").querySelector("h1");
		if (title && here.user)
			title.focus({ preventScroll: true });
	});
	document.addEventListener("visibilitychange", () => connection.see());
	document.querySelector(".skip").addEventListener("click", event => {
		event.preventDefault();
		byId("main").focus();
	});
	byId("logout").addEventListener("click", async () => {
		try {
			await ask("POST", "/logout", {});
		} catch (failure) {
			if (failure.status !== 401) {
				say(`You are still logged in. ${failure.message}`, true);
				return;
			}
		}
		connection.end();
	});
	try {
		here.user = await ask("GET", "/whoami");
	} catch (failure) {
		if (failure.status !== 401) {
			connection.lose();
			return;
		}
		route();
		return;
	}
	enter();
}

begin();
