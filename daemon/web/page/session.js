// SPDX-License-Identifier: GPL-2.0-only
//
// One session.

import { address, bits, card, chosen, clean, clock, count, facts, lasting, make, octets, state } from "./nodes.js";
import { call, may_change, Stream } from "./daemon.js";
import { Chart, RECEIVED_SENT } from "./chart.js";
import { Tiles } from "./table.js";
import { ban, disconnect } from "./questions.js";
import { link_to, steps_of, verdict_node } from "./diagnosis.js";
import { STATES } from "./sessions.js";

const TERMS = {
	pool: ["Pool"], max_sessions: ["Sessions of the user", count], single_session: ["Second session"],
	idle_timeout_s: ["Ends when idle for", lasting], session_timeout_s: ["Ends after", lasting],
	rechallenge_s: ["Asked again every", lasting], expires: ["Account ends"],
	rate_up: ["Sends at most", bits], rate_down: ["Is sent at most", bits],
	burst_up_octets: ["Sends at once", octets], burst_down_octets: ["Is sent at once", octets],
	netns: ["Namespace"], vrf: ["VRF"], interface_name: ["Interface"], nft_set: ["Set of nftables"],
};

function terms(policy) {
	return Object.entries(policy || {}).filter(([, value]) => value != null).map(([name, value]) => {
		const [title, words] = TERMS[name] || [name[0].toUpperCase() + name.slice(1).replace(/_/g, " ")];

		return [title, words ? words(value) : clean(Array.isArray(value) ? value.join(", ") : value)];
	});
}

function encryption(mppe) {
	return mppe ? `MPPE, ${mppe.bits} bits, ${mppe.stateless ? "stateless" : "stateful"}` : "none";
}

function facts_of(s) {
	return [
		["Session", String(s.id)], [s.role === "client" ? "Client" : "Server", chosen(s.server || s.client)],
		["Peer", s.peer && link_to("peer", s.peer)], ["Address", s.remote_address], ["Our address", s.local_address],
		["Interface", s.interface && chosen(s.interface)], ["VRF", s.vrf && chosen(s.vrf)],
		["Up for", lasting(s.uptime_s)], ["Login", [s.auth, s.source && `by ${s.source}`].filter(Boolean).join(", ")],
		["Encryption", encryption(s.mppe)], ["MTU", s.mtu && String(s.mtu)],
		["Call IDs", `${s.call_id} here, ${s.peer_call_id} there`], ["ARP on", s.proxy_arp && chosen(s.proxy_arp)],
	];
}

export function session_view(main, given, id) {
	const title = make("h1", { tabindex: "-1" }, `Session ${id}`), badge = make("span"), actions = make("p.actions");
	const known = make("div"), policy = make("div"), grant = make("div"), life = make("div"), verdict = make("div");
	const granted = card("Granted", grant), limits = card("Policy", policy);
	const told = card("Diagnosis", verdict), lived = card("Life", life);
	const chart = new Chart("Traffic", RECEIVED_SENT, { words: bits });
	const counters = new Tiles(["Received", "Sent", "Packets received", "Packets sent", "Dropped", "Idle"]);
	let session = null, points = [], over = false;

	function hear({ session: s }) {
		const first = !session || session.state !== s.state;

		session = s;
		title.replaceChildren(chosen(s.user || `Session ${id}`));
		badge.replaceChildren(state(s.state, STATES[s.state] || "warn"));
		known.replaceChildren(facts(facts_of(s)));
		policy.replaceChildren(facts(terms(s.policy)));
		limits.hidden = !policy.firstChild.children.length;
		grant.replaceChildren(facts(terms(s.grant)));
		granted.hidden = !s.grant;
		tell(s);
		points.push({ t: Date.now(), values: [s.rx_bit_s, s.tx_bit_s] });
		points = points.slice(-900);
		chart.set(points);
		if (first) {
			act();
			diagnose();
		}
	}

	function tell(s) {
		counters.set("Received", ...octets(s.rx_bytes).split("\u00a0"));
		counters.set("Sent", ...octets(s.tx_bytes).split("\u00a0"));
		counters.set("Packets received", count(s.rx_packets));
		counters.set("Packets sent", count(s.tx_packets));
		counters.set("Dropped", count(s.rx_dropped + s.tx_dropped));
		counters.set("Idle", lasting(s.idle_s));
	}

	function button(id, text, act) {
		return make("button.danger", { type: "button", id, click: act }, text);
	}

	function act() {
		actions.replaceChildren();
		if (!may_change())
			return;
		actions.append(button("kill", "Disconnect", () => disconnect(session)));
		if (session.role === "server" && session.peer)
			actions.append(button("ban", "Ban", () => ban(session.peer)));
	}

	// What is known of how it came up, and went. Who has logged in often has more attempts than are told.
	async function diagnose() {
		if (!session)
			return;
		const by = session.role === "client" ? [{ client: session.client }] :
			   [{ user: session.user }, { peer: session.peer }];

		for (const parameters of by.filter(one => Object.values(one)[0])) {
			const reply = await call("Diagnosis.Diagnose", parameters).catch(() => null);
			const own = reply && reply.attempts.find(one => one.session === id);

			if (own)
				return show(own);
		}
		lived.hidden = told.hidden = true;
	}

	function show(own) {
		verdict.replaceChildren(verdict_node(own.verdict));
		life.replaceChildren(
			make("p.muted", null, `Began at ${clock(own.time_ms, true)}`, own.host && [", from ", chosen(own.host)],
			     own.reason && over && `; ended after ${lasting(own.lasted_s)}: ${clean(own.reason)}`, "."),
			...steps_of(own));
		lived.hidden = told.hidden = false;
	}

	function end(failure) {
		over = true;
		actions.replaceChildren();
		badge.replaceChildren(state(failure.error === "org.culvert.NotFound" ? "ended" : "unknown", ""));
		if (session)
			setTimeout(diagnose, 500);
		else
			main.replaceChildren(make("div.heading", null, title), make(
				"p", null, failure.message, " Its life may be among the ",
				make("a", { href: address("attempts") }, "attempts of the last hour"), "."));
	}

	lived.hidden = told.hidden = limits.hidden = granted.hidden = true;
	main.append(make("p", null, make("a", { href: address("sessions") }, "‹ Sessions")),
		    make("div.heading", null, title, badge, actions), chart.node, counters.node,
		    make("div.columns", null, make("div.column", null, card("Facts", known), limits, granted),
			 make("div.column", null, told, lived)));

	const stream = new Stream("Session.Show", { id }, 2, hear, end);

	return {
		heard: sampled => {
			if (sampled && !over)
				diagnose();
		},
		close: () => {
			stream.close();
			chart.close();
		},
	};
}
