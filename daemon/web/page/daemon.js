// SPDX-License-Identifier: GPL-2.0-only
//
// The daemon: one answer by POST, server-sent events for what goes on.

import { byId, clean, write } from "./nodes.js";

// Who looks at what.
export const here = {
	user: null,	// name and rights; null: not logged in
	view: null,	// what is shown: close(), and maybe heard(), when a sample has come
};

export function may_change() {
	return Boolean(here.user) && here.user.rights.includes("write");
}

class Failure extends Error {
	constructor(status, reply) {
		super(Failure.words(status, reply));
		this.status = status;
		this.error = reply && reply.error;
	}

	static words(status, reply) {
		const p = reply && reply.parameters || {};

		// What is wrong with who asks, whatever he asks for.
		switch (status) {
		case 0:
			return "The daemon cannot be reached.";
		case 401:
			return "You are not logged in (any more).";
		case 429:
			return "Too many tries. Wait a minute.";
		}
		switch (reply && reply.error) {
		case "org.culvert.Refused":
			return clean(p.reason);
		case "org.culvert.NotFound":
			return `There is no ${clean(p.what)} “${clean(p.name)}” (any more).`;
		case "org.varlink.service.InvalidParameter":
			return `The daemon does not take “${clean(p.parameter)}”.`;
		case "org.varlink.service.PermissionDenied":
			return p.reason ? `This is not allowed: ${clean(p.reason)}.` : "Your token does not allow this.";
		}
		return `The daemon answers ${status}.`;
	}
}

export async function ask(method, path, body) {
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
export async function call(method, parameters) {
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
export class Stream {
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

export const connection = {
	streams: new Set(),
	lost: false,
	hidden: false,
	wait_s: 1,
	enter: null,	// of the page: somebody is logged in
	ended: null,	// of the page: nobody is, any more

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
			here.user = await ask("GET", "/whoami");
		} catch (failure) {
			if (failure.status === 401)
				this.end();
			else
				this.later();
			return;
		}
		this.found();
		if (!here.view)
			this.enter();
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
		this.stop();
		this.streams.clear();
		here.user = null;
		this.ended();
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
