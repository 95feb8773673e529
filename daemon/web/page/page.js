// SPDX-License-Identifier: GPL-2.0-only
//
// The page: what culvertd does, and a hand on its sessions. It asks the gateway of the control socket, by methods of
// daemon/control/varlink: POST for one answer, server-sent events for what goes on.
//
// Names, addresses and reasons are chosen by peers. They become text of nodes, never markup: there is no
// innerHTML here.
"use strict";

// --- words ----------------------------------------------------------------------------------------------------

// What would hide, or turn letters round, is shown by its number.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

function clean(text) {
	return String(text).replace(UNSEEN, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function scaled(n, steps, base) {
	let i = 0;

	while (n >= base && i < steps.length - 1) {
		n /= base;
		i++;
	}
	return `${i && n < 9.95 ? n.toFixed(1) : Math.round(n)}\u00a0${steps[i]}`;
}

function bits(n) {
	return n == null ? "–" : scaled(n, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"], 1000);
}

function octets(n) {
	return n == null ? "–" : scaled(n, ["B", "KiB", "MiB", "GiB", "TiB"], 1024);
}

function count(n) {
	return n == null ? "–" : n.toLocaleString("en").replace(/,/g, "\u202f");
}

function lasting(s) {
	const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
	const first = units.findIndex(([, length]) => s >= length);

	if (first < 0)
		return "0\u00a0s";
	return units.slice(first, first + 2).map(([name, length], i) =>
		[Math.floor((i ? s % units[first][1] : s) / length), name]).filter(([n], i) => n || !i)
		.map(([n, name]) => `${n}\u00a0${name}`).join(" ");
}

function clock(ms, seconds) {
	return new Date(ms).toLocaleTimeString("en-GB", seconds ? {} : { hour: "2-digit", minute: "2-digit" });
}

function plural(n, word) {
	return `${count(n)} ${word}${n === 1 ? "" : "s"}`;
}

// --- nodes ----------------------------------------------------------------------------------------------------

const byId = id => document.getElementById(id);

// make("p.note", { title: "…" }, "text", node, …): an element; text is text.
function make(what, attributes, ...inside) {
	const [name, ...classes] = what.split(".");
	const node = document.createElement(name);

	node.classList.add(...classes);
	for (const [key, value] of Object.entries(attributes || {})) {
		if (typeof value === "function")
			node.addEventListener(key, value);
		else if (value === true || value === false)
			node.toggleAttribute(key, value);
		else if (value != null)
			node.setAttribute(key, value);
	}
	node.append(...inside.flat(Infinity).filter(part => part != null && part !== false && part !== ""));
	return node;
}

// What a peer chose: shown as it is, and apart from what is written around it.
function chosen(text) {
	return make("bdi", null, clean(text));
}

// Nodes that were not changed keep focus and selection.
function write(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

function card(title, ...inside) {
	return make("section.card", null, make("h2", null, title), ...inside);
}

function facts(pairs) {
	return make("dl.facts", null, pairs.filter(([, value]) => value).flatMap(
		([name, value]) => [make("dt", null, name), make("dd", null, value)]));
}

function state(text, kind) {
	return make(`span.state${kind ? `.${kind}` : ""}`, null, clean(text));
}

function address(view, parameters) {
	const query = new URLSearchParams(Object.entries(parameters || {}).filter(([, value]) => value)).toString();

	return `#/${view}${query ? `?${query}` : ""}`;
}

// --- the daemon -----------------------------------------------------------------------------------------------

class Failure extends Error {
	constructor(status, reply) {
		super(Failure.words(status, reply));
		this.status = status;
		this.error = reply && reply.error;
	}

	static words(status, reply) {
		const p = reply && reply.parameters || {};

		switch (reply && reply.error) {
		case "org.culvert.Refused":
			return clean(p.reason);
		case "org.culvert.NotFound":
			return `There is no ${clean(p.what)} “${clean(p.name)}” (any more).`;
		case "org.varlink.service.InvalidParameter":
			return `The daemon does not take “${clean(p.parameter)}”.`;
		case "org.varlink.service.PermissionDenied":
			return "Your token does not allow this.";
		}
		switch (status) {
		case 0:
			return "The daemon cannot be reached.";
		case 401:
			return "You are not logged in (any more).";
		case 403:
			return "This is not allowed.";
		case 429:
			return "Too many tries. Wait a minute.";
		}
		return `The daemon answers ${status}.`;
	}
}

async function ask(method, path, body) {
	const request = { method, cache: "no-store", headers: {} };
	let response, reply;

	if (body) {
		request.headers["Content-Type"] = "application/json";
		request.body = JSON.stringify(body);
	}
	try {
		response = await fetch(path, request);
		reply = await response.json().catch(() => null);
	} catch {
		throw new Failure(0);
	}
	if (!response.ok)
		throw new Failure(response.status, reply);
	return reply;
}

// call("Session.Kill", { id: 7 }): the parameters of the reply, or a Failure.
async function call(method, parameters) {
	try {
		return await ask("POST", `/api/org.culvert.${method}`, parameters || {});
	} catch (failure) {
		if (failure.status === 0)
			connection.lose();
		if (failure.status === 401)
			connection.end();
		throw failure;
	}
}

// What the daemon goes on to tell. A browser opens few connections to one host, for all its tabs, so a view has one or
// two of these, and a tab that is not seen has none.
class Stream {
	constructor(method, parameters, every, hear, fail) {
		const query = new URLSearchParams({ parameters: JSON.stringify(parameters) });

		if (every)
			query.set("every", every);
		this.url = `/api/org.culvert.${method}?${query}`;
		this.hear = hear;
		this.fail = fail;
		connection.add(this);
	}

	start() {
		this.stop();
		this.source = new EventSource(this.url);
		this.source.addEventListener("message", event => this.tell(event));
		this.source.addEventListener("end", event => {
			this.tell(event);
			connection.lose();
		});
		// Of the server, if there are data; of the browser otherwise.
		this.source.addEventListener("error", event => {
			if (event.data)
				this.refuse(JSON.parse(event.data));
			else
				connection.lose();
		});
	}

	tell(event) {
		connection.hold();
		if (event.data)
			this.hear(JSON.parse(event.data));
	}

	refuse(reply) {
		this.close();
		this.fail(new Failure(400, reply));
	}

	stop() {
		if (this.source)
			this.source.close();
		this.source = null;
	}

	close() {
		this.stop();
		connection.remove(this);
	}
}

const connection = {
	streams: new Set(),
	lost: false,
	hidden: false,
	wait_s: 1,

	add(stream) {
		this.streams.add(stream);
		if (!this.lost && !this.hidden)
			stream.start();
	},

	remove(stream) {
		this.streams.delete(stream);
	},

	// Something was heard.
	hold() {
		this.wait_s = 1;
		if (!this.lost)
			byId("lost").hidden = true;
	},

	start() {
		this.streams.forEach(stream => stream.start());
	},

	stop() {
		this.streams.forEach(stream => stream.stop());
	},

	lose() {
		if (this.lost)
			return;
		this.lost = true;
		this.stop();
		write(byId("lost"), "The connection to the daemon is lost. Reconnecting …");
		byId("lost").hidden = false;
		this.later();
	},

	later() {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => this.retry(), this.wait_s * 1000);
		this.wait_s = Math.min(this.wait_s * 2, 10);
	},

	async retry() {
		try {
			user = await ask("GET", "/whoami");
		} catch (failure) {
			if (failure.status === 401)
				this.end();
			else
				this.later();
			return;
		}
		this.found();
		if (!view)
			enter();
		else if (!this.hidden)
			this.start();
	},

	found() {
		clearTimeout(this.timer);
		this.lost = false;
	},

	// The daemon does not know us (any more).
	end() {
		this.found();
		byId("lost").hidden = true;
		leave();
		this.stop();
		this.streams.clear();
		user = null;
		route();
	},

	see() {
		clearTimeout(this.hiding);
		if (document.hidden) {
			this.hiding = setTimeout(() => {
				this.hidden = true;
				this.stop();
			}, 20000);
		} else if (this.hidden) {
			this.hidden = false;
			if (!this.lost)
				this.start();
		}
	},
};

// --- the last hour --------------------------------------------------------------------------------------------

const HOUR_MS = 3600000;

// Samples of org.culvert.Daemon.Watch, and what is now.
const hour = {
	samples: [],
	step_s: 10,
	now: null,

	hear(reply) {
		const whole = Boolean(reply.samples);

		if (whole) {
			this.samples = reply.samples;
			this.step_s = reply.step_s;
		}
		if (reply.sample)
			this.samples.push(reply.sample);
		if (reply.now)
			this.now = reply.now;
		if (this.samples.length * this.step_s * 1000 > HOUR_MS)
			this.samples.shift();
		if (view && view.heard)
			view.heard(whole || Boolean(reply.sample));
	},

	// Of all samples and of now.
	sum(name) {
		return [...this.samples, this.now || { [name]: 0 }].reduce((sum, sample) => sum + sample[name], 0);
	},

	// Each sample is of the time before it.
	points(...names) {
		return this.samples.map(sample => ({
			t: sample.time_s * 1000,
			values: names.map(name => sample[name]),
		}));
	},
};

// --- charts ---------------------------------------------------------------------------------------------------

const SVG = "http://www.w3.org/2000/svg";

function draw(name, attributes, text) {
	const node = document.createElementNS(SVG, name);

	for (const [key, value] of Object.entries(attributes))
		node.setAttribute(key, value);
	if (text != null)
		node.textContent = text;
	return node;
}

function nice(n) {
	const power = 10 ** Math.floor(Math.log10(n));

	return [1, 2, 5, 10].find(step => step * power >= n) * power;
}

// Values over time. curves: [{ name, kind }]; points: [{ t (ms), values: [number or null, …] }], by time.
class Chart {
	constructor(title, curves, options) {
		this.title = title;
		this.curves = curves;
		this.words = options.words;
		this.columns_ms = options.columns_ms;
		this.whole = options.whole;
		this.span_ms = options.span_ms;
		this.points = [];
		this.at = null;
		this.legend = make("p.legend");
		this.svg = draw("svg", { "aria-hidden": "true" });
		this.figure = make("div.chart", {
			role: "img", tabindex: "0",
			pointermove: event => this.point(event), pointerdown: event => this.point(event),
			pointerleave: () => this.choose(null), blur: () => this.choose(null),
			keydown: event => this.step(event),
		}, this.svg);
		this.node = make("section.card", null,
				 make("div.top", null, make("h2", null, title), this.legend), this.figure);
		this.resized = new ResizeObserver(() => this.show());
		this.resized.observe(this.figure);
	}

	close() {
		this.resized.disconnect();
	}

	set(points) {
		this.points = points;
		this.show();
	}

	x(t) {
		return this.left + (t - this.begin) / (this.end - this.begin) * (this.width - this.left);
	}

	y(value) {
		return this.bottom - value / this.top * (this.bottom - 8);
	}

	show() {
		const size = this.figure.getBoundingClientRect();

		if (!size.width)
			return;
		this.width = size.width;
		this.bottom = size.height - 20;
		this.end = this.points.length ? this.points[this.points.length - 1].t : Date.now();
		// A short one begins at the right and grows until it fills the width.
		this.begin = this.end - (this.span_ms || Math.max(this.points.length ? this.end - this.points[0].t : 0, 60000));
		this.seen = this.points.filter(point => point.t >= this.begin);
		this.scale();
		this.svg.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
		this.svg.replaceChildren(...this.axes(), ...this.curves.flatMap((curve, i) => this.curve(curve, i)),
					 ...this.cross());
		this.say();
	}

	scale() {
		const sum = values => values.reduce((all, value) => all + (value || 0), 0);
		const height = ({ values }) => this.columns_ms ? sum(values) : Math.max(...values);
		const most = Math.max(...this.seen.map(height), this.whole ? 1 : 1000);

		this.step_value = nice(most / 3);
		if (this.whole)
			this.step_value = Math.max(1, this.step_value);
		this.top = Math.max(this.step_value * Math.ceil(most / this.step_value), this.step_value);
		this.left = 8 + 6.2 * Math.max(...[0, this.step_value, this.top].map(n => this.words(n).length));
	}

	axes() {
		const lines = [], step = this.tick_ms();

		for (let value = 0; value <= this.top * 1.001; value += this.step_value) {
			const y = Math.round(this.y(value));

			lines.push(draw("line", { class: "grid", x1: this.left, x2: this.width, y1: y, y2: y }),
				   draw("text", { class: "tick", x: this.left - 8, y: y + 4, "text-anchor": "end" },
					this.words(value)));
		}
		for (let t = Math.ceil(this.begin / step) * step; t <= this.end; t += step)
			if (this.x(t) > this.left + 16 && this.x(t) < this.width - 16)
				lines.push(draw("text", {
					class: "tick", x: this.x(t), y: this.bottom + 16, "text-anchor": "middle",
				}, clock(t, step < 60000)));
		return lines;
	}

	tick_ms() {
		const room = Math.max(2, Math.floor((this.width - this.left) / 90));

		return [10, 30, 60, 120, 300, 600, 900, 1800].map(s => s * 1000)
			.find(step => (this.end - this.begin) / step <= room) || HOUR_MS;
	}

	curve(curve, i) {
		if (this.columns_ms)
			return this.seen.filter(point => point.values[i] && point.t - this.columns_ms >= this.begin)
				.map(point => this.column(curve, i, point));

		const runs = [[]];

		for (const { t, values } of this.seen) {
			if (values[i] == null)
				runs.push([]);
			else
				runs[runs.length - 1].push({ x: this.x(t).toFixed(1), y: this.y(values[i]).toFixed(1) });
		}
		return runs.filter(run => run.length).flatMap(run => {
			const line = run.map(({ x, y }) => `${x},${y}`).join("L"), from = run[0].x, to = run[run.length - 1].x;

			return [
				draw("path", { class: `below ${curve.kind}`, d: `M${from},${this.bottom}L${line}L${to},${this.bottom}Z` }),
				draw("path", { class: `curve ${curve.kind}`, d: `M${line}` }),
			];
		});
	}

	// Columns of several curves stand on each other.
	column(curve, i, point) {
		const below = point.values.slice(0, i).reduce((sum, value) => sum + value, 0);
		const width = Math.max(1, this.x(point.t) - this.x(point.t - this.columns_ms) - 1);

		const y = this.y(below + point.values[i]);

		return draw("rect", {
			class: `column ${curve.kind}`, x: this.x(point.t - this.columns_ms), y, width, height: this.y(below) - y,
		});
	}

	cross() {
		const point = this.seen[this.at];

		const x = point && this.x(point.t);

		return point ? [draw("line", { class: "cross", x1: x, x2: x, y1: 8, y2: this.bottom })] : [];
	}

	// The legend tells the values of the moment that is pointed to, or of now.
	say() {
		const point = this.seen[this.at] || this.seen[this.seen.length - 1];
		const when = this.seen[this.at] ? clock(point.t, true) : "now";
		const parts = this.curves.map((curve, i) => [curve, point ? this.words(point.values[i]) : "–"]);

		this.legend.replaceChildren(...parts.map(([{ name, kind }, words]) =>
			make(`span.${kind}`, null, `${name} `, make("b", null, words))));
		if (this.seen[this.at])
			this.legend.append(make("span.when", null, when));
		this.figure.setAttribute("aria-label", `${this.title}, ${when}: ` +
					 parts.map(([{ name }, words]) => `${name} ${words}`).join(", ") +
					 ". Arrow keys go through the values.");
	}

	choose(at) {
		if (at === this.at)
			return;
		this.at = at;
		this.show();
	}

	point(event) {
		const x = event.clientX - this.figure.getBoundingClientRect().left;
		let best = null;

		(this.seen || []).forEach((point, i) => {
			if (best == null || Math.abs(this.x(point.t) - x) < Math.abs(this.x(this.seen[best].t) - x))
				best = i;
		});
		this.choose(best);
	}

	step(event) {
		const last = (this.seen || []).length - 1, at = this.at == null ? last : this.at;
		const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last, Escape: null }[event.key];

		if (to === undefined)
			return;
		event.preventDefault();
		this.choose(to == null ? null : Math.max(0, Math.min(last, to)));
	}
}

const RECEIVED_SENT = [{ name: "received", kind: "in" }, { name: "sent", kind: "out" }];

// --- tables ---------------------------------------------------------------------------------------------------

// columns: [{ name, order, number, title, minor, text(row), link(row), kind(row) }]. Rows with the same key keep their
// nodes.
class Table {
	constructor(caption, columns, key, sort) {
		this.columns = columns;
		this.key = key;
		this.rows = new Map();
		this.body = make("tbody");
		this.heads = columns.map(({ name, order, number }) => make(
			number ? "th.number" : "th", { scope: "col" },
			order ? make("button", { type: "button", click: () => sort(order) }, name) : name));
		this.node = make("table", null, make("caption", null, caption),
				 make("thead", null, make("tr", null, this.heads)), this.body);
	}

	sorted(by) {
		this.columns.forEach((column, i) => {
			const order = column.order && column.order.replace("-", "");

			if (order && order === by.replace("-", ""))
				this.heads[i].setAttribute("aria-sort", by[0] === "-" ? "descending" : "ascending");
			else
				this.heads[i].removeAttribute("aria-sort");
		});
	}

	set(rows) {
		const node_of = row => this.fill(this.rows.get(this.key(row)) || this.make(), row);

		this.rows = new Map(rows.map(row => [this.key(row), node_of(row)]));
		[...this.rows.values()].forEach((node, i) => {
			if (this.body.children[i] !== node)
				this.body.insertBefore(node, this.body.children[i] || null);
		});
		while (this.body.children.length > this.rows.size)
			this.body.lastChild.remove();
	}

	make() {
		return make("tr", null, this.columns.map(column => {
			const cell = make("td", { "data-label": column.name });

			if (column.number)
				cell.classList.add("number");
			if (column.title)
				cell.classList.add("title");
			if (column.minor)
				cell.classList.add("minor");
			cell.append(column.link ? make("a", null, make("bdi")) : make("bdi"));
			return cell;
		}));
	}

	fill(node, row) {
		this.columns.forEach((column, i) => {
			const inner = node.children[i].firstChild;
			const text = column.text(row);

			if (column.link && inner.getAttribute("href") !== column.link(row))
				inner.setAttribute("href", column.link(row));
			write(column.link ? inner.firstChild : inner, text == null ? "" : clean(text));
			if (column.kind)
				inner.className = column.kind(row);
		});
		return node;
	}
}

// --- questions ------------------------------------------------------------------------------------------------

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

function say(text, bad) {
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

function may_change() {
	return Boolean(user) && user.rights.includes("write");
}

async function disconnect(session) {
	if (!await question("Disconnect this session?", "Disconnect", make(
		"p", null, "Session ", String(session.id), " of ", chosen(session.user || "nobody"), ", who is at ",
		chosen(session.peer || "an unknown address"), ". The user may connect again.")))
		return;
	if (await attempt(() => call("Session.Kill", { id: session.id })))
		say(`Session ${session.id} is being ended.`);
}

async function ban(network) {
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
	if (end.checked)
		await attempt(() => call("Session.Kill", { filter: { peer: network } }));
	say(`${network} is banned.`);
}

async function lift(network) {
	if (await question("End this ban?", "End it", make("p", null, chosen(network), " may connect again.")) &&
	    await attempt(() => call("Ban.Remove", { network })))
		say(`${network} is not banned any more.`);
}

// --- verdicts and attempts ------------------------------------------------------------------------------------

const KINDS = { fault: "bad", fine: "ok", "under-way": "warn" };

// A verdict begins with no name.
function sentence_of(verdict) {
	return clean(verdict.sentence[0].toUpperCase() + verdict.sentence.slice(1));
}

function verdict_node(verdict) {
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

function steps_of(attempt) {
	const counted = Object.entries(attempt.counters).map(([name, n]) => `${clean(name)} ${count(n)}`).join(", ");

	return [
		make("ol.steps", null, attempt.steps.map(step_node)),
		attempt.missing && make("p.muted", null, `${plural(attempt.missing, "step")} not kept, for want of room.`),
		counted && make("p.muted", null, `The kernel has counted ${counted}.`),
	].filter(Boolean);
}

const OUTCOMES = { "under-way": "warn", up: "ok", failed: "bad", ended: "" };

function key_of(attempt) {
	return `${attempt.time_ms} ${attempt.peer} ${attempt.session}`;
}

function attempt_node(attempt, open, toggled) {
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

function link_to(key, name) {
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
class Folds {
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

// --- overview -------------------------------------------------------------------------------------------------

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
				 await lift(entry.network);
				 // The button goes.
				 byId("main").focus({ preventScroll: true });
				 view.refresh();
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

class Tiles {
	constructor(names) {
		this.values = new Map(names.map(name => [name, make("dd", null, "–")]));
		this.node = make("dl.tiles", null, [...this.values].map(([name, value]) =>
			make("div.card.tile", null, make("dt", null, name), value)));
	}

	set(name, text, unit) {
		const node = this.values.get(name);

		// What the daemon cannot tell has no place.
		node.parentNode.hidden = text === "–";
		if (node.dataset.text !== `${text} ${unit}`)
			node.replaceChildren(text, ...(unit ? [make("small", null, unit)] : []));
		node.dataset.text = `${text} ${unit}`;
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

function overview(main) {
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

// --- sessions -------------------------------------------------------------------------------------------------

const PAGE = 50;
const STATES = { up: "ok" };
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

function sessions_view(main, given) {
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

// --- one session ----------------------------------------------------------------------------------------------

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

function session_view(main, given, id) {
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

// --- attempts -------------------------------------------------------------------------------------------------

const ABOUT = [["user", "User"], ["peer", "Peer"], ["client", "Client"]];

function attempts_view(main, given) {
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

// --- login ----------------------------------------------------------------------------------------------------

function login_view(main) {
	const token = make("input", { type: "password", id: "token", autocomplete: "current-password",
				      required: true });
	const wrong = make("p.bad", { role: "alert" });

	async function login(event) {
		event.preventDefault();
		try {
			await ask("POST", "/login", { token: token.value.trim() });
			user = await ask("GET", "/whoami");
		} catch (failure) {
			write(wrong, failure.status === 401 ? "The daemon does not know this token." : failure.message);
			token.select();
			return;
		}
		enter();
	}

	main.append(make("form.card.login", { submit: login }, make("h1", { tabindex: "-1" }, "Log in"),
			 // For what keeps passwords.
			 make("input", { type: "text", autocomplete: "username", value: "culvert", hidden: true }),
			 make("label", null, "Token", token), wrong, make("button.primary", null, "Log in"),
			 make("p.muted", null, "An administrator makes one by ",
			      make("span.mono", null, "pppctl token"), ".")));
	token.focus();
	return { close: () => null };
}

// --- where we are ---------------------------------------------------------------------------------------------

let user = null;		// name and rights; null: not logged in
let view = null;

const VIEWS = { "": overview, sessions: sessions_view, session: session_view, attempts: attempts_view };
const TITLES = { "": "Overview", sessions: "Sessions", session: "Session", attempts: "Attempts" };

function leave() {
	if (view)
		view.close();
	view = null;
	if (byId("question").open)
		byId("question").close("no");
}

function route() {
	const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
	const [name, number] = path.split("/"), at = name in VIEWS ? name : "";
	const given = Object.fromEntries(new URLSearchParams(query || "")), main = byId("main");

	leave();
	main.replaceChildren();
	byId("nav").hidden = byId("who").hidden = !user;
	if (!user) {
		document.title = "Culvert";
		view = login_view(main);
		return;
	}
	write(byId("name"), `${clean(user.name)} (${user.rights.join(", ")})`);
	for (const link of byId("nav").children) {
		if (link.getAttribute("href") === `#/${at === "session" ? "sessions" : at}`)
			link.setAttribute("aria-current", "page");
		else
			link.removeAttribute("aria-current");
	}
	document.title = `${TITLES[at]} – Culvert`;
	view = VIEWS[at](main, given, Number(number));
	window.scrollTo(0, 0);
}

function enter() {
	new Stream("Daemon.Watch", {}, 0, reply => hour.hear(reply), failure => say(failure.message, true));
	route();
}

async function begin() {
	window.addEventListener("hashchange", () => {
		route();
		// Who listens to the page hears where he is.
		const title = byId("main").querySelector("h1");
		if (title && user)
			title.focus({ preventScroll: true });
	});
	document.addEventListener("visibilitychange", () => connection.see());
	document.querySelector(".skip").addEventListener("click", event => {
		event.preventDefault();
		byId("main").focus();
	});
	byId("logout").addEventListener("click", async () => {
		await ask("POST", "/logout", {}).catch(() => null);
		connection.end();
	});
	try {
		user = await ask("GET", "/whoami");
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
