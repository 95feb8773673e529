// SPDX-License-Identifier: GPL-2.0-only
//
// Words and nodes: what values look like, and elements of the document.

// --- words --------------------------------------------------------------------------------------------------

// What would hide, or turn letters round, is shown by its number.
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

export function clean(text) {
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

export function bits(n) {
	return n == null ? "–" : scaled(n, ["bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"], 1000);
}

export function octets(n) {
	return n == null ? "–" : scaled(n, ["B", "KiB", "MiB", "GiB", "TiB"], 1024);
}

export function count(n) {
	return n == null ? "–" : n.toLocaleString("en").replace(/,/g, "\u202f");
}

export function lasting(s) {
	const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
	const first = units.findIndex(([, length]) => s >= length);

	if (first < 0)
		return "0\u00a0s";
	return units.slice(first, first + 2).map(([name, length], i) =>
		[Math.floor((i ? s % units[first][1] : s) / length), name]).filter(([n], i) => n || !i)
		.map(([n, name]) => `${n}\u00a0${name}`).join(" ");
}

export function clock(ms, seconds) {
	return new Date(ms).toLocaleTimeString("en-GB", seconds ? {} : { hour: "2-digit", minute: "2-digit" });
}

export function plural(n, word) {
	return `${count(n)} ${word}${n === 1 ? "" : "s"}`;
}

// --- nodes --------------------------------------------------------------------------------------------------

export const byId = id => document.getElementById(id);

// make("p.note", { title: "…" }, "text", node, …): an element; text is text.
export function make(what, attributes, ...inside) {
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
export function chosen(text) {
	return make("bdi", null, clean(text));
}

// Nodes that were not changed keep focus and selection.
export function write(node, text) {
	if (node.textContent !== text)
		node.textContent = text;
}

export function card(title, ...inside) {
	return make("section.card", null, make("h2", null, title), ...inside);
}

export function facts(pairs) {
	return make("dl.facts", null, pairs.filter(([, value]) => value).flatMap(
		([name, value]) => [make("dt", null, name), make("dd", null, value)]));
}

export function state(text, kind) {
	return make(`span.state${kind ? `.${kind}` : ""}`, null, clean(text));
}

export function address(view, parameters) {
	const query = new URLSearchParams(Object.entries(parameters || {}).filter(([, value]) => value)).toString();

	return `#/${view}${query ? `?${query}` : ""}`;
}
