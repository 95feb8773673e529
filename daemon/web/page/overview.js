// SPDX-License-Identifier: GPL-2.0-only
//
// The first view: how it goes.

import { address, bits, byId, card, chosen, clean, count, lasting, make, plural, state, write } from "./nodes.js";
import { call, here, may_change, Stream } from "./daemon.js";
import { hour, HOUR_MS } from "./hour.js";
import { Chart, RECEIVED_SENT } from "./chart.js";
import { Tiles } from "./table.js";
import { lift, say } from "./questions.js";
import { Folds } from "./diagnosis.js";

function bar(part, whole, marks, label) {
	const fill = make("i"), node = make("div.bar", { role: "meter", "aria-label": label, "aria-valuemin": 0,
							 "aria-valuemax": whole, "aria-valuenow": part }, fill);

	fill.style.width = `${whole ? Math.min(100, part / whole * 100) : 0}%`;
	if (marks && whole)
		node.classList.toggle(part / whole >= .95 ? "bad" : "warn", part / whole >= .8);
	return node;
}

function line(name, ...right) {
	return make("div.line", null, make("span.name", null, name), make("span", null, right));
}

function server_node(server, all) {
	const absent = where => server.absent.includes(where) ? " (no interface has it)" : "";
	const draining = server.drain_left_s == null ? "draining" : `draining, ${lasting(server.drain_left_s)} left`;
	const notes = [server.listen.map(where => clean(where) + absent(where)).join(", "),
		       server.netns && `namespace ${clean(server.netns)}`,
		       server.device && `by ${clean(server.device)}`,
		       plural(server.connections, "connection"), server.proxied && `${count(server.proxied)} by ARP`];

	return make("li", null,
		    line(make("a", { href: address("sessions", { server: server.name }) }, chosen(server.name)),
			 server.draining && [state(draining, "warn"), " "],
			 server.absent.length > 0 && [state("address absent", "bad"), " "],
			 plural(server.sessions, "session")),
		    bar(server.sessions, all, false, `Share of sessions of ${clean(server.name)}`),
		    make("p.note", null, notes.filter(Boolean).join(" · ")));
}

function pool_node(pool) {
	const notes = [`at most ${count(pool.most)}`, pool.reserved && `${count(pool.reserved)} reserved`,
		       pool.next && `then ${clean(pool.next)}`];

	return make("li", null,
		    line(chosen(pool.name), `${count(pool.used)} of ${count(pool.size)}`,
			 pool.refused > 0 && [" ", state(`${count(pool.refused)} refused`, "bad")]),
		    bar(pool.used, pool.size, true, `Addresses in use of ${clean(pool.name)}`),
		    make("p.note", null, notes.filter(Boolean).join(" · ")));
}

const RADIUS_STATES = { up: "ok", trial: "warn", dead: "bad" };

function radius_node(server) {
	const times = server.last_5_minutes, c = server.counters;
	const speed = `median ${times.median_ms}\u00a0ms, 99 of 100 in ${times.p99_ms}\u00a0ms`;
	const notes = [server.address && `${server.address}:${server.port}`,
		       times.answers ? speed : "no answers lately", `${count(c.answered)} answered`,
		       c.lost && `${count(c.lost)} lost`, server.queued && `${count(server.queued)} queued`];

	return make("li", null,
		    line([chosen(server.name), make("span.muted", null, ` ${server.use}`)],
			 state(`${server.state} for ${lasting(server.state_s)}`, RADIUS_STATES[server.state])),
		    bar(server.under_way, server.window, true, `Requests under way to ${clean(server.name)}`),
		    make("p.note", null, notes.filter(Boolean).join(" · ")),
		    server.fault ? make("p.note.bad", null, clean(server.fault)) : null);
}

const CLIENT_STATES = { up: "ok", listening: "ok", dialing: "warn", waiting: "warn", closing: "warn" };

function client_node(client) {
	const notes = [`${clean(client.user)} at ${clean(client.server)}`, client.step && clean(client.step),
		       client.retry_in_s && `again in ${lasting(client.retry_in_s)}`];

	return make("li", null,
		    line(make("a", { href: address("attempts", { client: client.name }) }, chosen(client.name)),
			 state(client.state, CLIENT_STATES[client.state])),
		    make("p.note", null, notes.filter(Boolean).join(" · ")),
		    client.failure && client.state !== "up" ? make("p.note.bad", null, clean(client.failure)) : null);
}

function ban_node(entry) {
	const notes = [clean(entry.reason), entry.left_s == null ? "for good" : `${lasting(entry.left_s)} left`,
		       `${count(entry.turned_away)} turned away`];

	return make("li", null,
		    line(chosen(entry.network),
			 may_change() ? make("button", { type: "button", click: async () => {
				 // The view may be another one by now.
				 if (!await lift(entry.network) || !here.view.refresh)
					 return;
				 // The button goes.
				 byId("main").focus({ preventScroll: true });
				 here.view.refresh();
			 } }, "End") : null),
		    make("p.note", null, notes.join(" · ")));
}

// A card that is there only if there is something in it.
class Section {
	constructor(title, node_of) {
		this.node_of = node_of;
		this.list = make("ul.bars");
		this.node = card(title, this.list);
		this.node.hidden = true;
	}

	// What is focused is not made anew under the reader's hand.
	set(things) {
		if (!this.list.contains(document.activeElement))
			this.list.replaceChildren(...things.map(this.node_of));
		this.node.hidden = !things.length;
	}
}

// Logins and failures are counted by two minutes: ten seconds are too thin to be seen.
function by_columns(samples, length_ms) {
	const columns = new Map();

	for (const sample of samples) {
		const t = Math.ceil(sample.time_s * 1000 / length_ms) * length_ms;
		const column = columns.get(t) || [0, 0];

		columns.set(t, [column[0] + sample.logins, column[1] + sample.failures]);
	}
	return [...columns].map(([t, values]) => ({ t, values }));
}

const COLUMN_MS = 120000;

export function overview(main) {
	const tiles = new Tiles(["Sessions", "Received", "Sent", "Logins, last hour", "Failures, last hour", "Up for"]);
	const traffic = new Chart("Traffic", RECEIVED_SENT, { words: bits, span_ms: HOUR_MS });
	const sessions = new Chart("Sessions", [{ name: "sessions", kind: "in" }],
				   { words: count, whole: true, span_ms: HOUR_MS });
	const logins = new Chart("Logins and failures",
				 [{ name: "logins", kind: "ok" }, { name: "failures", kind: "bad" }],
				 { words: count, whole: true, span_ms: HOUR_MS, columns_ms: COLUMN_MS });
	const servers = new Section("Servers", server => server_node(server, all));
	const pools = new Section("Pools", pool_node);
	const radius = new Section("RADIUS", radius_node);
	const clients = new Section("Clients", client_node);
	const bans = new Section("Bans", ban_node);
	const failures = new Folds();
	const version = make("p.muted");
	const failed = card("Failures by cause", failures.node);
	let all = 0;

	async function refresh() {
		const [r, c, b, d] = await Promise.all(["Radius.List", "Client.List", "Ban.List", "Diagnosis.Diagnose"]
			.map(method => call(method).catch(() => null)));

		radius.set(r ? r.servers : []);
		clients.set(c ? c.clients : []);
		bans.set(b ? b.bans : []);
		if (d)
			failures.set(d.groups);
	}

	function heard(sampled) {
		const now = hour.now || {};

		tiles.set("Sessions", count(now.sessions));
		tiles.set("Received", ...bits(now.rx_bit_s).split("\u00a0"));
		tiles.set("Sent", ...bits(now.tx_bit_s).split("\u00a0"));
		tiles.set("Logins, last hour", count(hour.sum("logins")));
		tiles.set("Failures, last hour", count(hour.sum("failures")));
		if (!sampled)
			return;
		traffic.node.hidden = hour.samples.every(sample => sample.rx_bit_s == null);
		traffic.set(hour.points("rx_bit_s", "tx_bit_s"));
		sessions.set(hour.points("sessions"));
		logins.set(by_columns(hour.samples, COLUMN_MS));
		refresh();
	}

	main.append(make("div.heading", null, make("h1", { tabindex: "-1" }, "Overview"), version), tiles.node,
		    traffic.node, make("div.columns", null, sessions.node, logins.node),
		    make("div.columns", null, make("div.column", null, servers.node, pools.node, clients.node),
			 make("div.column", null, failed, radius.node, bans.node)));

	const status = new Stream("Daemon.Status", {}, 5, reply => {
		const [up, rest] = lasting(reply.uptime_s).split(" ");

		all = reply.sessions;
		servers.set(reply.servers);
		pools.set(reply.pools);
		tiles.set("Up for", up, rest);
		write(version, `culvertd ${clean(reply.version)}, ${plural(reply.connections, "connection")}`);
	}, failure => say(failure.message, true));

	heard(true);
	return { heard, refresh, close: () => [status, traffic, sessions, logins].forEach(part => part.close()) };
}
