// SPDX-License-Identifier: GPL-2.0-only
//
// The first view of those who are not logged in.

import { make, write } from "./nodes.js";
import { ask, here } from "./daemon.js";

export function login_view(main, enter) {
	const token = make("input", { type: "password", id: "token", autocomplete: "current-password",
				      required: true });
	const wrong = make("p.bad", { role: "alert" });

	async function login(event) {
		event.preventDefault();
		try {
			await ask("POST", "/login", { token: token.value.trim() });
			here.user = await ask("GET", "/whoami");
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
