// SPDX-License-Identifier: GPL-2.0-only
//
// Verdicts and attempts.

import { address, chosen, clean, clock, count, facts, lasting, make, plural, state } from "./nodes.js";

const KINDS = { fault: "bad", fine: "ok", "under-way": "warn" };

// A verdict begins with no name.
function sentence_of(verdict) {
	return clean(verdict.sentence[0].toUpperCase() + verdict.sentence.slice(1));
}

export function verdict_node(verdict) {
	const rule = [verdict.rule];

	if (verdict.windows.length)
		rule.push(`Windows shows ${verdict.windows.join(" or ")}`);
	return make(`div.verdict.${KINDS[verdict.kind] || "warn"}`, null,
		    make("p.sentence", null, `${sentence_of(verdict)}.`),
		    verdict.advice ? make("p.advice", null, clean(verdict.advice)) : null,
		    make("p.rule", null, rule.join(" · ")));
}

function step_node(step) {
	const arrow = { in: "→", out: "←" }[step.direction] || "";
	const seconds = (step.at_ms / 1000).toFixed(3);

	const title = { in: "received", out: "sent" }[step.direction];

	return make("li", null, make("span.at", null, `${seconds}\u00a0s`),
		    make(`span.${step.direction || "none"}`, { title }, arrow),
		    make("span", null, clean(step.text),
			 step.times > 1 && make("span.muted", null, ` (${step.times} times)`)));
}

export function steps_of(attempt) {
	const counted = Object.entries(attempt.counters).map(([name, n]) => `${clean(name)} ${count(n)}`).join(", ");

	return [
		make("ol.steps", null, attempt.steps.map(step_node)),
		attempt.missing && make("p.muted", null, `${plural(attempt.missing, "step")} not kept, for want of room.`),
		counted && make("p.muted", null, `The kernel has counted ${counted}.`),
	].filter(Boolean);
}

const OUTCOMES = { "under-way": "warn", up: "ok", failed: "bad", ended: "" };

export function key_of(attempt) {
	return `${attempt.time_ms} ${attempt.peer} ${attempt.session}`;
}

export function attempt_node(attempt, open, toggled) {
	const where = attempt.server || attempt.client;
	const summary = make(
		"summary", null, make("b", null, clock(attempt.time_ms, true)),
		make("span.rest", null, state(attempt.outcome, OUTCOMES[attempt.outcome]), " ",
		     attempt.user ? chosen(attempt.user) : make("span.muted", null, "nobody"), " ",
		     make("span.muted", null, "at ", chosen(attempt.peer || "–"), where && [", ", chosen(where)],
			  `, ${lasting(attempt.lasted_s)}: ${clean(attempt.verdict.sentence)}`)));
	const session = make("a", { href: address(`session/${attempt.session}`) }, String(attempt.session));

	return make("section.card.attempt", null, make(
		"details", { open, toggle: event => toggled(event.target.open) }, summary, verdict_node(attempt.verdict),
		facts([["Reason", clean(attempt.reason)], ["Host", attempt.host && chosen(attempt.host)],
		       ["Session", attempt.session && session]]),
		steps_of(attempt)));
}

export function link_to(key, name) {
	return make("a", { href: address("attempts", { [key]: name }) }, chosen(name));
}

function links(names, key) {
	return names.flatMap((name, i) => [i ? ", " : null, link_to(key, name)]);
}

function group_node(group) {
	const { verdict, users, peers, clients } = group;
	const summary = make("summary", null, make("b", null, count(group.attempts)), make(
		"span.rest", null, `${sentence_of(verdict)} `,
		make("span.muted", null, `(last ${lasting(group.age_s)} ago)`)));

	return make("li", null, make(
		"details", null, summary, verdict.advice && make("p", null, clean(verdict.advice)),
		facts([["Users", users.length && links(users, "user")], ["Peers", peers.length && links(peers, "peer")],
		       ["Clients", clients.length && links(clients, "client")], ["Cause", verdict.rule]])));
}

// A list of nodes that is made anew only when what it shows has changed; what was opened stays open.
export class Folds {
	constructor() {
		this.node = make("ul.bars");
		this.open = new Set();
	}

	set(groups) {
		const text = JSON.stringify(groups.map(group => ({ ...group, age_s: Math.floor(group.age_s / 60) })));

		if (text === this.text)
			return;
		this.text = text;
		this.node.replaceChildren(...groups.map(group => {
			const item = group_node(group), details = item.firstChild, rule = group.verdict.rule;

			details.open = this.open.has(rule);
			details.addEventListener("toggle", () => this.open[details.open ? "add" : "delete"](rule));
			return item;
		}));
		if (!groups.length)
			this.node.replaceChildren(make("li.empty", null, "Nothing has failed in the last hour."));
	}
}
