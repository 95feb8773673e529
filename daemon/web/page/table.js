// SPDX-License-Identifier: GPL-2.0-only
//
// Tables, whose rows come and go.

import { clean, make, write } from "./nodes.js";

// columns: [{ name, order, number, title, minor, text(row), link(row), kind(row) }]. Rows with the same key keep their
// nodes.
export class Table {
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

// Names with values.
export class Tiles {
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
