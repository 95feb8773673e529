// SPDX-License-Identifier: GPL-2.0-only
//
// Values over time.

import { clock, make } from "./nodes.js";
import { HOUR_MS } from "./hour.js";

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
export class Chart {
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

export const RECEIVED_SENT = [{ name: "received", kind: "in" }, { name: "sent", kind: "out" }];
