// SPDX-License-Identifier: GPL-2.0-only
//
// The last hour, as the daemon goes on to tell it.

import { here } from "./daemon.js";

export const HOUR_MS = 3600000;

// Samples of org.culvert.Daemon.Watch, and what is now.
export const hour = {
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
		// What the last sample has counted is counted no more of now.
		if (whole || reply.sample)
			this.now = this.samples.length ? { ...this.samples.at(-1), logins: 0, failures: 0 } : null;
		if (reply.now)
			this.now = reply.now;
		if (this.samples.length * this.step_s * 1000 > HOUR_MS)
			this.samples.shift();
		if (here.view && here.view.heard)
			here.view.heard(whole || Boolean(reply.sample));
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
