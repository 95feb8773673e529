// SPDX-License-Identifier: GPL-2.0-only
//
// Sessions: search, order, pages.

import { address, bits, clean, count, lasting, make, write } from "./nodes.js";
import { call, Stream } from "./daemon.js";
import { Table } from "./table.js";

const PAGE = 50;
export const STATES = { up: "ok" };
const PHASES = ["up", "establish", "authenticate", "network"];
const ORDERS = [["-id", "newest first"], ["id", "oldest first"], ["user", "user"], ["server", "server"],
		["peer", "peer"], ["remote_address", "address"], ["-bit_s", "busiest first"],
		["-rx_bytes", "most received"], ["-tx_bytes", "most sent"], ["-idle_s", "idle for longest"]];
// In an order of these the daemon asks the kernel for the counters of all sessions.
const DEAR = /^-?(idle_s|.x_bytes|.*bit_s)$/;

const COLUMNS = [
	{ name: "User", order: "user", title: true, text: s => s.user || "(nobody yet)",
	  link: s => address(`session/${s.id}`) },
	{ name: "State", order: "state", text: s => s.state, kind: s => `state ${STATES[s.state] || "warn"}` },
	{ name: "Server", order: "server", text: s => s.server || s.client },
	{ name: "Peer", order: "peer", text: s => s.peer },
	{ name: "Address", order: "remote_address", text: s => s.remote_address },
	{ name: "Interface", order: "interface", minor: true, text: s => s.interface },
	{ name: "Up for", order: "-uptime_s", number: true, text: s => lasting(s.uptime_s) },
	{ name: "Idle", order: "-idle_s", number: true, minor: true, text: s => lasting(s.idle_s) },
	{ name: "Received", order: "-rx_bit_s", number: true, text: s => bits(s.rx_bit_s) },
	{ name: "Sent", order: "-tx_bit_s", number: true, text: s => bits(s.tx_bit_s) },
];
const FIELDS = ["user", "server", "client", "peer", "remote_address", "interface", "state", "uptime_s", "idle_s",
		"rx_bit_s", "tx_bit_s"];
const WORD = /^(user|server|client|peer|remote_address|interface|state|role)=(.+)$/;

// "office peer=192.0.2.0/24": words with a name are that member of the filter, others are searched for.
function filter_of(given) {
	const filter = {}, words = [];

	for (const word of (given.q || "").split(/\s+/).filter(Boolean)) {
		const named = WORD.exec(word);

		if (named)
			filter[named[1]] = named[2];
		else if (/^[0-9.]+\/[0-9]+$/.test(word))
			filter.peer = word;
		else
			words.push(word);
	}
	if (words.length)
		filter.search = words.join(" ");
	if (given.server)
		filter.server = given.server;
	if (given.state)
		filter.state = given.state;
	return filter;
}

function turned(order) {
	return order[0] === "-" ? order.slice(1) : `-${order}`;
}

export function sessions_view(main, given) {
	const before = [];
	const search = make("input", { type: "search", value: given.q || "", autocomplete: "off", spellcheck: "false",
				       placeholder: "user, address, interface, peer=192.0.2.0/24" });
	const server = make("select", null, make("option", { value: "" }, "all"));
	const phase = make("select", null, make("option", { value: "" }, "all"),
			   PHASES.map(name => make("option", { value: name, selected: given.state === name }, name)));
	const order = make("select", null, ORDERS.map(([value, name]) => make("option", { value }, name)));
	const table = new Table("Sessions", COLUMNS, s => s.id, by => sort(by === sorting ? turned(by) : by));
	const found = make("p.muted", { role: "status" }, "…");
	const empty = make("p.empty", { hidden: true });
	const first = make("button", { type: "button", click: () => change() }, "First");
	const back = make("button", { type: "button", click: () => turn(before.pop()) }, "Previous");
	const on = make("button", { type: "button", click: () => { before.push(after); turn(next); } }, "Next");
	let sorting = given.sort || ORDERS[0][0], after = null, next = null, stream = null, timer = null;

	function wanted() {
		return { q: search.value.trim(), server: server.value, state: phase.value, sort: sorting };
	}

	function open() {
		const want = wanted();
		const parameters = { filter: filter_of(want), fields: FIELDS, sort: sorting, limit: PAGE };

		if (after)
			parameters.after = after;
		if (stream)
			stream.close();
		history.replaceState(null, "", address("sessions", { ...want, sort: sorting === ORDERS[0][0] ? "" : sorting }));
		order.value = sorting;
		table.sorted(sorting);
		stream = new Stream("Session.List", parameters, DEAR.test(sorting) ? 5 : 2, hear, failure => {
			table.set([]);
			write(found, failure.message);
		});
	}

	function hear(reply) {
		const from = before.length * PAGE, n = reply.sessions.length;
		const of = reply.matched == null ? "" : ` of ${count(reply.matched)}`;

		next = reply.next || null;
		table.set(reply.sessions);
		table.node.hidden = !n;
		empty.hidden = n > 0;
		write(empty, Object.keys(filter_of(wanted())).length ? "No session is like that." : "There are no sessions.");
		write(found, n ? `${count(from + 1)} to ${count(from + n)}${of}` : "");
		first.disabled = back.disabled = !before.length;
		on.disabled = !next;
		first.hidden = back.hidden = on.hidden = !before.length && !next;
	}

	function turn(to) {
		after = to || null;
		open();
	}

	function change() {
		before.length = 0;
		turn(null);
	}

	function sort(by) {
		sorting = by;
		change();
	}

	search.addEventListener("input", () => {
		clearTimeout(timer);
		timer = setTimeout(change, 300);
	});
	[server, phase].forEach(node => node.addEventListener("change", change));
	order.addEventListener("change", () => sort(order.value));
	main.append(
		make("h1", { tabindex: "-1" }, "Sessions"),
		make("section.card", null,
		     make("form.search", { role: "search", submit: event => { event.preventDefault(); change(); } },
			  make("label.wide", null, "Search", search), make("label", null, "Server", server),
			  make("label", null, "State", phase), make("label.narrow", null, "Order", order)),
		     table.node, empty, make("div.pages", null, found, first, back, on)));
	if (given.server)
		server.append(make("option", { value: given.server, selected: true }, clean(given.server)));
	call("Daemon.Status").then(reply => server.append(...reply.servers.filter(s => s.name !== given.server)
		.map(s => make("option", { value: s.name }, clean(s.name))))).catch(() => null);
	open();
	return { close: () => { clearTimeout(timer); stream.close(); } };
}
