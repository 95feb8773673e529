// SPDX-License-Identifier: GPL-2.0-only
"use strict";

const login = document.getElementById("login");
const status = document.getElementById("status");

function show(reply) {
	const shown = ["version", "uptime_s", "sessions", "connections"];

	status.replaceChildren();
	for (const name of shown) {
		const term = document.createElement("dt");
		const value = document.createElement("dd");

		term.textContent = name.replace("_s", "");
		value.textContent = reply[name];
		status.append(term, value);
	}
	status.hidden = false;
}

function watch() {
	const source = new EventSource("/api/org.culvert.Daemon.Status?every=2");

	login.hidden = true;
	source.onmessage = (event) => show(JSON.parse(event.data));
}

async function start() {
	const reply = await fetch("/whoami");

	if (reply.ok)
		watch();
	else
		login.hidden = false;
}

login.addEventListener("submit", async (event) => {
	event.preventDefault();
	const reply = await fetch("/login", {
		method: "POST",
		headers: { "Content-Type": "application/json" },
		body: JSON.stringify({ token: document.getElementById("token").value }),
	});

	document.getElementById("wrong").textContent = reply.ok ? "" : (await reply.json()).parameters.reason;
	if (reply.ok)
		watch();
});

start();
