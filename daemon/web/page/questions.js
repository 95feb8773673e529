// SPDX-License-Identifier: GPL-2.0-only
//
// What is changed, after a question.

import { byId, chosen, make, write } from "./nodes.js";
import { call } from "./daemon.js";

function question(title, yes, ...text) {
	const dialog = byId("question");

	write(byId("question-title"), title);
	write(byId("question-yes"), yes);
	byId("question-text").replaceChildren(...text);
	dialog.returnValue = "no";
	dialog.showModal();
	return new Promise(answer =>
		dialog.addEventListener("close", () => answer(dialog.returnValue === "yes"), { once: true }));
}

export function say(text, bad) {
	const node = byId("said");

	clearTimeout(say.timer);
	write(node, text);
	node.classList.toggle("bad", Boolean(bad));
	node.hidden = false;
	say.timer = setTimeout(() => { node.hidden = true; }, 6000);
}

async function attempt(what) {
	try {
		return await what();
	} catch (failure) {
		say(failure.message, true);
		return null;
	}
}

export async function disconnect(session) {
	if (!await question("Disconnect this session?", "Disconnect", make(
		"p", null, "Session ", String(session.id), " of ", chosen(session.user || "nobody"), ", who is at ",
		chosen(session.peer || "an unknown address"), ". The user may connect again.")))
		return;
	if (await attempt(() => call("Session.Kill", { id: session.id })))
		say(`Session ${session.id} is being ended.`);
}

export async function ban(network) {
	const time = make("select", null, [["an hour", 3600], ["a day", 86400], ["a week", 604800], ["good", 0]].map(
		([name, s]) => make("option", { value: s }, name)));
	const end = make("input", { type: "checkbox", checked: true });

	if (!await question("Ban this address?", "Ban",
			    make("p", null, "Nobody at ", chosen(network), " can connect then."),
			    make("label", null, "For ", time), make("label", null, end, " End its sessions, too")))
		return;

	const time_s = Number(time.value);

	if (!await attempt(() => call("Ban.Add", time_s ? { network, time_s } : { network })))
		return;
	if (end.checked && !await attempt(() => call("Session.Kill", { filter: { peer: network } })))
		return;
	say(`${network} is banned.`);
}

// Returns true if it was done.
export async function lift(network) {
	if (!await question("End this ban?", "End it", make("p", null, chosen(network), " may connect again.")) ||
	    !await attempt(() => call("Ban.Remove", { network })))
		return false;
	say(`${network} is not banned any more.`);
	return true;
}
