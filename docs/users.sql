-- SPDX-License-Identifier: GPL-2.0-only
--
-- Users of Culvert in a database, for SQLite and for PostgreSQL: docs/databases.md says how it is used.
--
-- A row says what a line of a file of secrets says, and a little of what a section "user" does. Nothing but SELECT is
-- ever done to the table.

CREATE TABLE culvert_users (
	-- What the user calls himself, with the case of its letters.
	name		VARCHAR(253) NOT NULL,

	-- The password; or its NT hash, as `pppctl hash` prints it: {NT} and 32 hexadecimal digits. With a hash the user
	-- can log in by PAP and MS-CHAP, and not by CHAP with MD5.
	secret		VARCHAR(256) NOT NULL CHECK (secret <> ''),

	-- At which server he may log in (option auth-name, or the name of its section); *: at any. A row that names the
	-- server counts more than one with *.
	server		VARCHAR(253) NOT NULL DEFAULT '*',

	-- Which addresses he may have, with blanks between: a.b.c.d, a.b.c.d/n, either with ! in front for "not", * for
	-- any, - for none. A single a.b.c.d is his alone to have. NULL: any.
	addresses	VARCHAR(1023),

	-- The section "profile" of the configuration that counts for him: pool, rates, times, number of sessions. One that
	-- is not there keeps him out. NULL: none.
	profile		VARCHAR(253),

	-- He is not let in, and is told so if his password is right. Who is in stays.
	disabled	BOOLEAN NOT NULL DEFAULT FALSE,

	-- From then on he is not let in, likewise. Without an offset, as in SQLite, it is UTC. NULL: never.
	expires		TIMESTAMP WITH TIME ZONE,

	PRIMARY KEY (name, server)
);
