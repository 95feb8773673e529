// SPDX-License-Identifier: GPL-2.0-only
//
// The attempts of a user, peer or client, or the failures of all.

import { address, card, make, plural, write } from "./nodes.js";
import { Stream } from "./daemon.js";
import { attempt_node, Folds, key_of, verdict_node } from "./diagnosis.js";

const ABOUT = [["user", "User"], ["peer", "Peer"], ["client", "Client"]];

export function attempts_view(main, given) {
	const about = ABOUT.map(([key]) => key).find(key => given[key]);
	const text = make("input", { type: "search", value: about ? given[about] : "", autocomplete: "off",
				     spellcheck: "false", placeholder: "alice, or 203.0.113.9" });
	const kind = make("select", null, ABOUT.map(([key, name]) =>
		make("option", { value: key, selected: key === about }, name)));
	const list = make("div.column"), folds = new Folds(), kept = make("p.muted");
	const open = new Map();
	let last = "";

	function look(event) {
		const value = text.value.trim();

		event.preventDefault();
		// An address is no user, whatever was chosen before.
		if (/^\d+\.\d+\.\d+\.\d+$/.test(value) && kind.value === "user")
			kind.value = "peer";
		location.hash = address("attempts", value ? { [kind.value]: value } : {});
	}

	function hear(reply) {
		const now = JSON.stringify([reply.verdict, reply.attempts.map(
			one => ({ ...one, age_s: 0, lasted_s: one.outcome === "up" ? 0 : one.lasted_s }))]);

		write(kept, `${plural(reply.remembered, "attempt")} of the last hour remembered.`);
		if (!about) {
			folds.set(reply.groups);
			return;
		}
		if (now === last)
			return;
		last = now;
		list.replaceChildren(...reply.attempts.map((one, i) => {
			const key = key_of(one);

			return attempt_node(one, open.has(key) ? open.get(key) : i === 0, is_open => open.set(key, is_open));
		}));
		if (!reply.attempts.length)
			list.append(make("section.card", null, verdict_node(reply.verdict)));
	}

	main.append(make("div.heading", null, make("h1", { tabindex: "-1" }, "Attempts"), kept),
		    make("section.card", null, make("form.search", { role: "search", submit: look },
			 make("label", null, "Of a", kind), make("label.wide", null, "Name or address", text),
			 make("button.primary", null, "Diagnose"))),
		    about ? make("div.columns", null, list) : card("Failures by cause", folds.node));

	const stream = new Stream("Diagnosis.Diagnose", about ? { [about]: given[about] } : {}, 5, hear, failure =>
		list.replaceChildren(make("p.bad", null, failure.message)));

	return { close: () => stream.close() };
}
