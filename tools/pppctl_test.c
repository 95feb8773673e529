// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run pppctl itself ($PPPCTL) against a socket with canned answers, and check
 * its standard output, standard error and exit status.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/dialer.h"
#include "session/events.h"

static char folder[] = "/tmp/pppctl-test-XXXXXX";
static char path[64];
static char out[65536], err[65536], asked[8192];
static int status;
static unsigned short columns;		/* of a terminal as standard output; 0: a pipe */
static const char *typed;		/* on that terminal, which is standard input, too; or NULL */

/* How the answers of daemons begin that do not speak Varlink yet. */
#define EARLIER "{\"ok\":"

static int make_folder(void **state)
{
	if (!mkdtemp(folder) || !getenv("PPPCTL"))
		return -1;
	snprintf(path, sizeof(path), "%s/sock", folder);
	return 0;
}

static int remove_folder(void **state)
{
	unlink(path);
	return rmdir(folder);
}

static int listen_on_path(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	strcpy(addr.sun_path, path);
	unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* Send each line as a message; what an earlier daemon says (EARLIER) as it is. */
static void send_lines(int fd, const char *lines)
{
	size_t len = strlen(lines);
	char *copy = strdup(lines);

	for (char *c = copy; strncmp(lines, EARLIER, strlen(EARLIER)) && *c; c++)
		if (*c == '\n')
			*c = '\0';
	if (write(fd, copy, len) < 0)
		_exit(1);
	free(copy);
}

/* Play the daemon: one of @answers for each connection, in order. For "" it hangs up instead. */
static pid_t start_daemon(const char * const answers[], int log)
{
	int fd = listen_on_path();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid) {
		close(fd);
		return pid;
	}
	for (; *answers; answers++) {
		int client = accept(fd, NULL, NULL);
		char request[4096];
		ssize_t n;

		/* A request may come in pieces; it ends with a NUL, which is not logged. */
		do {
			n = read(client, request, sizeof(request));
			if (n <= 0 || write(log, request, (size_t)n - !request[n - 1]) < 0)
				_exit(1);
		} while (request[n - 1] != '\0');
		if (**answers)
			send_lines(client, *answers);
		close(client);
	}
	_exit(0);
}

static void read_all(int fd, char *text, size_t size)
{
	size_t len = 0;
	ssize_t n;

	while (len < size - 1 && (n = read(fd, text + len, size - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	close(fd);
}

/* Make a terminal of some columns: @fd[0] reads what is written to @fd[1]. */
static int terminal(int fd[2])
{
	const struct winsize size = { .ws_row = 24, .ws_col = columns };

	return openpty(&fd[0], &fd[1], NULL, NULL, &size);
}

/* Run pppctl with the arguments @words, split at blanks, and a daemon with @answers. */
static void run(const char *words, const char * const answers[])
{
	char *copy = strdup(words), *argv[32] = { getenv("PPPCTL"), "-S", path };
	int argc = 3, o[2], e[2], log[2];
	pid_t daemon = 0, tool;

	assert_non_null(copy);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "))
		argv[argc++] = word;
	assert_int_equal(pipe(log), 0);
	unlink(path);
	if (answers)
		daemon = start_daemon(answers, log[1]);
	close(log[1]);
	/* Made after the fork of the daemon, which must not hold the other ends open. */
	assert_int_equal(columns ? terminal(o) | pipe(e) : pipe(o) | pipe(e), 0);
	tool = fork();
	assert_true(tool >= 0);
	if (!tool) {
		dup2(o[1], STDOUT_FILENO);
		dup2(e[1], STDERR_FILENO);
		close(o[0]);
		close(e[0]);
		if (typed)
			dup2(o[1], STDIN_FILENO);
		setenv("LC_ALL", "C.UTF-8", 1);
		setenv("TERM", typed ? "xterm" : "dumb", 1);
		execv(argv[0], argv);
		_exit(127);
	}
	if (typed)
		assert_int_equal(write(o[0], typed, strlen(typed)), strlen(typed));
	close(o[1]);
	close(e[1]);
	read_all(o[0], out, sizeof(out));
	read_all(e[0], err, sizeof(err));
	assert_int_equal(waitpid(tool, &status, 0), tool);
	assert_true(WIFEXITED(status));
	status = WEXITSTATUS(status);
	if (daemon) {
		/* The daemon may still wait for a request that does not come. */
		kill(daemon, SIGTERM);
		waitpid(daemon, NULL, 0);
	}
	read_all(log[0], asked, sizeof(asked));
	free(copy);
}

#define ALICE									\
	"{\"id\":1,\"role\":\"server\",\"server\":\"office\",\"client\":\"\","		\
	"\"user\":\"alice\",\"peer\":\"192.0.2.10\","					\
	"\"local_address\":\"10.99.0.1\",\"remote_address\":\"10.99.0.10\","		\
	"\"interface\":\"ppp0\",\"call_id\":7,\"peer_call_id\":4711,\"state\":\"up\","	\
	"\"auth\":\"mschap-v2\",\"mppe\":{\"bits\":128,\"stateless\":true},\"mtu\":1442,"	\
	"\"uptime_s\":312,\"idle_s\":3,\"rx_bytes\":1536,\"tx_bytes\":1073741824,"		\
	"\"rx_packets\":12,\"tx_packets\":345678,\"rx_dropped\":7,\"tx_dropped\":0}"
#define JOERG									\
	"{\"id\":23,\"role\":\"client\",\"server\":\"\",\"client\":\"branch\","		\
	"\"user\":\"J\xc3\xb6rg\xe5\xb1\xb1\","						\
	"\"peer\":\"198.51.100.200\",\"local_address\":null,\"remote_address\":null,"	\
	"\"interface\":\"\",\"call_id\":65535,\"peer_call_id\":1,"			\
	"\"state\":\"authenticate\",\"auth\":\"\",\"mppe\":null,\"mtu\":0,\"uptime_s\":0,"	\
	"\"idle_s\":0,\"rx_bytes\":0,\"tx_bytes\":999,\"rx_packets\":0,\"tx_packets\":9}"

/* Replies: parameters alone, with more to come, and with one member. Lines become messages. */
#define REPLY(parameters) "{\"parameters\":" parameters "}\n"
#define MORE(parameters) "{\"parameters\":" parameters ",\"continues\":true}\n"
#define SESSIONS(list) REPLY("{\"sessions\":" list "}")
#define SESSION(object) REPLY("{\"session\":" object "}")
#define CLIENTS(list) REPLY("{\"clients\":" list "}")
#define CLIENT(object) REPLY("{\"client\":" object "}")
#define BANS(list) REPLY("{\"bans\":" list "}")
#define POOLS(list) REPLY("{\"pools\":" list "}")
#define RADIUS_SERVERS(list) REPLY("{\"servers\":" list "}")
#define DATABASES(list) REPLY("{\"databases\":" list "}")
#define EVENT(object) MORE("{\"event\":" object "}")
#define FAULT(name, parameters)								\
	"{\"error\":\"" name "\",\"parameters\":" parameters "}\n"
#define REFUSED(reason) FAULT("org.culvert.Refused", "{\"reason\":" reason "}")

static const char * const two[] = { SESSIONS("[" ALICE "," JOERG "]"), NULL };

static const char * const daemon_status[] = {
	REPLY("{\"version\":\"0.1\",\"pid\":99,\"uptime_s\":90061,\"sessions\":2,\"connections\":3,"
	   "\"config\":\"/etc/culvert/culvert.conf\",\"backend\":\"ppp_generic\","
	   "\"longest_callback_ms\":1.26,\"longest_callback\":\"tunnel: read\","
	   "\"busiest_callback_ms\":0.84,\"busiest_callback\":\"session: frames\","
	   "\"nft_elements\":5,\"nft_missing\":1,"
	   "\"servers\":[{\"name\":\"office\",\"listen\":[\"192.0.2.1:1723\",\"192.0.2.2:1723\"],"
	   "\"connections\":3,\"sessions\":2,\"proxied\":2,\"draining\":true,\"drain_left_s\":75}],"
	   "\"pools\":[{\"name\":\"users\",\"size\":240,\"used\":2},"
	   "{\"name\":\"full\",\"size\":4,\"used\":4}],"
	   "\"hooks\":{\"running\":2,\"waiting\":3,\"run\":40,\"failed\":5,\"timed_out\":6,"
	   "\"dropped\":7},"
	   "\"coa\":{\"acked\":7,\"refused\":6,\"dropped\":5,\"ended\":4,\"changed\":3}}"), NULL,
};

static void sessions_are_listed_in_columns(void **state)
{
	run("session list", two);
	assert_string_equal(out,
		"ID  ROLE    USER    PEER            LOCAL      REMOTE      INTERFACE  STATE         "
		"MPPE           UPTIME       RX       TX\n"
		" 1  server  alice   192.0.2.10      10.99.0.1  10.99.0.10  ppp0       up            "
		"128 stateless   5m12s  1.5 KiB  1.0 GiB\n"
		"23  client  J\xc3\xb6rg\xe5\xb1\xb1  198.51.100.200  -          -           -          "
		"authenticate  off                0s      0 B    999 B\n");
	assert_string_equal(err, "");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.List\",\"parameters\":{\"fields\":["
				   "\"role\",\"user\",\"peer\",\"local_address\",\"remote_address\","
				   "\"interface\",\"state\",\"mppe\",\"uptime_s\",\"rx_bytes\",\"tx_bytes\"]},"
				   "\"more\":true}\n");
	assert_int_equal(status, 0);
}

static void options_may_stand_anywhere(void **state)
{
	run("-br session list", two);
	assert_string_equal(out, " 1  alice   10.99.0.10  ppp0  up\n"
			    "23  J\xc3\xb6rg\xe5\xb1\xb1  -           -     authenticate\n");
	run("session list -j", two);
	assert_string_equal(out, "[" ALICE "," JOERG "]\n");
	run("-p session list", (const char * const[]){ SESSIONS("[]"), NULL });
	assert_string_equal(out, "[]\n");
	run("-p session list", (const char * const[]){ SESSIONS("[{\"id\":1}]"), NULL });
	assert_string_equal(out, "[\n    {\n        \"id\": 1\n    }\n]\n");
}

/* The daemon narrows them. */
static void lists_can_be_narrowed(void **state)
{
	run("-br session list user alice", two);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.List\",\"parameters\":{\"fields\":["
				   "\"user\",\"remote_address\",\"interface\",\"state\"],\"filter\":{"
				   "\"user\":\"alice\"}},\"more\":true}\n");
	run("-j session list server office client hq", two);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.List\",\"parameters\":{\"filter\":{"
				   "\"server\":\"office\",\"client\":\"hq\"}},\"more\":true}\n");
	run("-br session list server nowhere", (const char * const[]){ SESSIONS("[]"), NULL });
	assert_string_equal(out, "");
	assert_int_equal(status, 0);
	run("session list server nowhere", (const char * const[]){ SESSIONS("[]"), NULL });
	assert_string_equal(out, "no sessions\n");
}

static void lists_are_filtered_and_sorted(void **state)
{
	run("-j session list role server peer 192.0.2.0/24 address 10.99.0.0/24 interface ppp0 state up "
	    "search ali idle 2h uptime 90 rate 20M sort -rate limit 3", two);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.List\",\"parameters\":{"
				   "\"sort\":\"-bit_s\",\"limit\":3,\"filter\":{\"role\":\"server\","
				   "\"peer\":\"192.0.2.0/24\",\"remote_address\":\"10.99.0.0/24\","
				   "\"interface\":\"ppp0\",\"state\":\"up\",\"search\":\"ali\","
				   "\"idle_s\":7200,\"uptime_s\":90,\"bit_s\":20000000}},\"more\":true}\n");
	assert_string_equal(err, "");
	run("-br session list sort user", two);
	assert_non_null(strstr(asked, "\"sort\":\"user\""));
	run("session list -o id limit 1", (const char * const[]){
		REPLY("{\"sessions\":[{\"id\":5}],\"matched\":60000}"), NULL });
	assert_string_equal(out, "ID\n 5\n1 of 60000 sessions\n");
	run("session list -o id limit 1", (const char * const[]){
		REPLY("{\"sessions\":[{\"id\":5}],\"matched\":1}"), NULL });
	assert_string_equal(out, "ID\n 5\n");
	run("session list user x peer nowhere", (const char * const[]){
		FAULT("org.varlink.service.InvalidParameter", "{\"parameter\":\"peer\",\"reason\":"
		      "\"\\\"peer\\\" is \\\"nowhere\\\"\"}"), NULL });
	assert_string_equal(err, "pppctl: \"peer\" is \"nowhere\"\n");
}

static void columns_can_be_chosen(void **state)
{
	static const char * const rates[] = { SESSIONS(
		"[{\"id\":7,\"user\":\"bob\",\"rx_bit_s\":1500,\"tx_bit_s\":20000000}]"), NULL };

	run("session list -o user,rx-rate,tx-rate,rate", rates);
	assert_string_equal(out, "USER  RX BIT/S  TX BIT/S  BIT/S\nbob       1.5k       20M    20M\n");
	assert_non_null(strstr(asked, "\"fields\":[\"user\",\"rx_bit_s\",\"tx_bit_s\",\"rx_bit_s\","
				      "\"tx_bit_s\"]"));
	run("-br session list --columns=+auth", two);
	assert_non_null(strstr(out, " 1  alice   10.99.0.10  ppp0  up            mschap-v2\n"));
	run("-j session list -o +rate", rates);
	assert_non_null(strstr(asked, "\"uptime_s\",\"rx_bytes\",\"tx_bytes\",\"rx_bit_s\",\"tx_bit_s\"]"));
	run("session list -o help", NULL);
	assert_non_null(strstr(out, "  user           who has logged in (sort)\n"));
	assert_non_null(strstr(out, "  mppe           encryption\n"));
	assert_int_equal(status, 0);
}

/* Where there is a terminal, the widest texts are cut; numbers never are. */
static void tables_fit_the_terminal(void **state)
{
	static const char * const wide[] = { SESSIONS("[{\"id\":1234567,\"user\":"
		"\"a.very.long.name@a.long.realm.example\",\"peer\":\"192.0.2.10\",\"rx_bytes\":1}]"), NULL };

	columns = 40;
	run("session list -o id,user,peer,rx-bytes", wide);
	assert_string_equal(out, "     ID  USER       PEER        RX BYTES\r\n"
				 "1234567  a.very.l\xe2\x80\xa6  192.0.2.10         1\r\n");
	columns = 200;
	run("session list -o id,user,peer,rx-bytes", wide);
	assert_non_null(strstr(out, "a.very.long.name@a.long.realm.example  192.0.2.10         1\r\n"));
	columns = 20;
	run("-br session list -o user", wide);
	assert_string_equal(out, "a.very.long.name@a.long.realm.example\r\n");
	columns = 0;
	run("session list -o user", wide);
	assert_non_null(strstr(out, "a.very.long.name@a.long.realm.example\n"));
}

static void commands_can_be_shortened(void **state)
{
	run("-br se li", two);
	assert_int_equal(status, 0);
	assert_memory_equal(asked, "{\"method\":\"org.culvert.Session.List\"", 36);
	run("st", daemon_status);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Daemon.Status\"}\n");
}

static void names_cannot_harm_the_terminal(void **state)
{
	run("-br session list", (const char * const[]){
		SESSIONS("[{\"id\":1,\"user\":\"\\u001b[2Jx\\n\\u202e\",\"state\":\"up\"}]"), NULL });
	assert_string_equal(out, "1  \\x1b[2Jx\\x0a\\xe2\\x80\\xae  -  -  up\n");
	run("session show 1", (const char * const[]){
		SESSION("{\"id\":1,\"user\":\"\\u001b[2Jx\\n\"}"), NULL });
	assert_non_null(strstr(out, "  user             \\x1b[2Jx\\x0a\n"));
	assert_null(strchr(out, '\033'));
	run("session show 1", (const char * const[]){
		REFUSED("\"\\u001b[2J\""), NULL });
	assert_string_equal(err, "pppctl: \\x1b[2J\n");
}

static void colours_only_where_wanted(void **state)
{
	run("-br --color=always session list", two);
	assert_non_null(strstr(out, "\033[32mup\033[0m"));
	assert_non_null(strstr(out, "\033[33mauthenticate\033[0m"));
	run("-br session list", two);
	assert_null(strchr(out, '\033'));
	run("--color=always -j session list", two);
	assert_null(strchr(out, '\033'));
	run("--color=mauve session list", two);
	assert_int_equal(status, 2);
}

static void statistics_are_numbers(void **state)
{
	run("-s session list", two);
	assert_string_equal(out,
		"ID  USER    INTERFACE  IDLE  RX BYTES  RX PACKETS  RX DROPPED    TX BYTES  TX PACKETS"
		"  TX DROPPED\n"
		" 1  alice   ppp0         3s      1536          12           7  1073741824      345678"
		"           0\n"
		"23  J\xc3\xb6rg\xe5\xb1\xb1  -            0s         0           0           0         999"
		"           9           0\n");
	assert_int_equal(status, 0);
	run("session show --statistics 1", (const char * const[]){ SESSION(ALICE), NULL });
	assert_non_null(strstr(out, "  received         1536 bytes in 12 packets, dropped 7\n"
				    "  sent             1073741824 bytes in 345678 packets, dropped 0\n"));
	run("-s -br session list", two);
	assert_non_null(strstr(out, " 1  alice   10.99.0.10  ppp0  up\n"));
	assert_string_equal(err, "");
}

/* -s was the socket once; scripts that say so are told, and go on. */
static void statistics_are_no_socket(void **state)
{
	char words[256];

	snprintf(words, sizeof(words), "-S /nonexistent -s %s -br session list", path);
	run(words, two);
	assert_non_null(strstr(out, " 1  alice   10.99.0.10  ppp0  up\n"));
	assert_non_null(strstr(err, "pppctl: -s is for statistics; the socket is -S /"));
	assert_int_equal(status, 0);
	run("session list -s", two);
	assert_string_equal(err, "");
	assert_int_equal(status, 0);
}

static void a_session_is_shown_whole(void **state)
{
	run("session show 1", (const char * const[]){ SESSION(ALICE), NULL });
	assert_string_equal(out,
		"session 1\n"
		"  user             alice\n"
		"  state            up\n"
		"  server           office\n"
		"  peer             192.0.2.10\n"
		"  call IDs         7 here, 4711 there\n"
		"  addresses        10.99.0.1 here, 10.99.0.10 there\n"
		"  interface        ppp0, MTU 1442\n"
		"  authentication   mschap-v2\n"
		"  MPPE             128 stateless\n"
		"  up               5m12s, idle 3s\n"
		"  received         1.5 KiB in 12 packets\n"
		"  sent             1.0 GiB in 345678 packets\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Show\",\"parameters\":{\"id\":1}}\n");
	assert_int_equal(status, 0);
	run("-br session show 1", (const char * const[]){ SESSION(ALICE), NULL });
	assert_string_equal(out, "1  alice  10.99.0.10  ppp0  up  128 stateless\n");
}

static void what_was_granted_is_shown(void **state)
{
	run("session show 1", (const char * const[]){
		SESSION("{\"id\":1,\"vrf\":\"blue\",\"source\":\"radius\",\"grant\":{\"user\":\"alice\","
		   "\"netmask\":29,\"filters\":[\"strict\",\"night\"],"
		   "\"session_timeout_s\":3600,\"rate_up\":5000000000,\"burst_up_s\":3,"
		   "\"what_comes\":{}},\"policy\":{\"pool\":\"gold\",\"session_timeout_s\":3600,"
		   "\"single_session\":\"deny\"}}"), NULL });
	assert_non_null(strstr(out, "  VRF              blue\n"));
	assert_non_null(strstr(out, "  let in by        radius\n"
		"  granted          user alice\n"
		"  granted          netmask 29\n"
		"  granted          filters strict, night\n"
		"  granted          session timeout 3600 s\n"
		"  granted          rate up 5000000000 bit/s\n"
		"  granted          burst up 3 s\n"
		"  granted          what comes ?\n"
		"  in effect        pool gold\n"
		"  in effect        session timeout 3600 s\n"
		"  in effect        single session deny\n"));
	assert_null(strstr(out, "proxy ARP"));
	run("session show 1", (const char * const[]){
		SESSION("{\"id\":1,\"proxy_arp\":\"eth0\"}"), NULL });
	assert_non_null(strstr(out, "  proxy ARP        on eth0\n"));
	run("session show 1", (const char * const[]){
		SESSION("{\"id\":1,\"source\":\"\",\"grant\":null}"), NULL });
	assert_null(strstr(out, "granted"));
	assert_null(strstr(out, "let in by"));
}

static void the_worst_result_counts(void **state)
{
	run("session show 1 9 1", (const char * const[]){
		SESSION("{\"id\":1}"), REFUSED("\"there is no session 9\""),
		SESSION("{\"id\":1}"), NULL });
	assert_string_equal(err, "pppctl: there is no session 9\n");
	assert_int_equal(status, 1);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Show\",\"parameters\":{\"id\":1}}\n"
			    "{\"method\":\"org.culvert.Session.Show\",\"parameters\":{\"id\":9}}\n"
			    "{\"method\":\"org.culvert.Session.Show\",\"parameters\":{\"id\":1}}\n");
}

static void sessions_are_killed(void **state)
{
	run("session kill 4 5", (const char * const[]){ REPLY("{\"killed\":1}"),
		REPLY("{\"killed\":1}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"id\":4}}\n"
			    "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"id\":5}}\n");
	assert_string_equal(out, "");
	assert_int_equal(status, 0);
	run("session kill user alice", (const char * const[]){ REPLY("{\"killed\":2}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"filter\":"
				   "{\"user\":\"alice\"}}}\n");
	run("-j session kill user alice", (const char * const[]){ REPLY("{\"killed\":2}"), NULL });
	assert_string_equal(out, "{\"killed\":2}\n");
	run("session kill user -- -x", (const char * const[]){
		REPLY("{\"killed\":0}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"filter\":"
				   "{\"user\":\"-x\"}}}\n");
	assert_string_equal(err, "pppctl: user \"-x\" has no session\n");
	assert_int_equal(status, 1);
}

static void sessions_are_killed_by_a_filter(void **state)
{
	run("session kill server office peer 192.0.2.0/24 idle 1h", (const char * const[]){
		REPLY("{\"killed\":2}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"filter\":"
				   "{\"server\":\"office\",\"peer\":\"192.0.2.0/24\",\"idle_s\":3600}}}\n");
	assert_string_equal(out, "");
	run("session kill all", (const char * const[]){ REPLY("{\"killed\":2}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"filter\":"
				   "{}}}\n");
	run("session kill user x peer 192.0.2.1", (const char * const[]){ REPLY("{\"killed\":0}"), NULL });
	assert_string_equal(err, "pppctl: there is no such session\n");
	assert_int_equal(status, 1);
}

/* Whom a command would end is asked by a method that ends nobody. */
static void sessions_can_be_looked_at_before_they_are_killed(void **state)
{
	run("session kill --dry-run user alice", two);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.List\",\"parameters\":{\"filter\":"
				   "{\"user\":\"alice\"},\"fields\":[\"role\",\"user\",\"peer\","
				   "\"local_address\",\"remote_address\",\"interface\",\"state\","
				   "\"mppe\",\"uptime_s\",\"rx_bytes\",\"tx_bytes\"]},\"more\":true}\n");
	assert_non_null(strstr(out, " 1  server  alice   192.0.2.10 "));
	assert_int_equal(status, 0);
	run("-br session kill all --dry-run", two);
	assert_string_equal(out, " 1  alice   10.99.0.10  ppp0  up\n"
			    "23  J\xc3\xb6rg\xe5\xb1\xb1  -           -     authenticate\n");
	run("-j session kill all --dry-run", two);
	assert_string_equal(out, "[" ALICE "," JOERG "]\n");
	run("session kill 1 --dry-run", (const char * const[]){ SESSION(ALICE), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Show\",\"parameters\":{\"id\":1}}\n");
	assert_non_null(strstr(out, "1  alice  10.99.0.10  ppp0  up"));
}

#define BOB									\
	"{\"user\":\"bob\",\"sessions\":2,\"peers\":[\"198.51.100.1\",\"198.51.100.4\"],"	\
	"\"source\":\"radius\",\"uptime_s\":312,\"idle_s\":3,\"rx_bytes\":1536,"		\
	"\"tx_bytes\":1073741824,\"rx_dropped\":7,\"tx_dropped\":0,\"rx_bit_s\":1500,"	\
	"\"tx_bit_s\":20000000,\"policy\":{\"rate_down\":10000000,\"max_sessions\":2}}"
#define USERS(list) REPLY("{\"users\":" list "}")

static void users_are_listed(void **state)
{
	static const char * const answers[] = { USERS("[" BOB "]"), NULL };

	run("user list server office sort -rx-rate limit 5", answers);
	assert_string_equal(asked, "{\"method\":\"org.culvert.User.List\",\"parameters\":{\"sort\":"
			    "\"-rx_bit_s\",\"limit\":5,\"filter\":{\"server\":\"office\"}},"
			    "\"more\":true}\n");
	assert_string_equal(out,
		"USER  SESSIONS  PEERS                    SOURCE  LIMITS                "
		"UPTIME  IDLE       RX       TX  RX-RATE  TX-RATE\n"
		"bob          2  198.51.100.1 and 1 more  radius  down 10M, 2 sessions  "
		" 5m12s    3s  1.5 KiB  1.0 GiB     1.5k      20M\n");
	assert_int_equal(status, 0);
	run("-s user list", answers);
	assert_string_equal(out,
		"USER  SESSIONS  IDLE  RX BYTES  RX DROPPED    TX BYTES  TX DROPPED\n"
		"bob          2    3s      1536           7  1073741824           0\n");
	run("-br user list", answers);
	assert_string_equal(asked, "{\"method\":\"org.culvert.User.List\",\"parameters\":{\"unread\":"
			    "true},\"more\":true}\n");
	assert_string_equal(out, "bob  2\n");
	run("user list", (const char * const[]){ USERS("[]"), NULL });
	assert_string_equal(out, "nobody is in\n");
}

static void a_user_is_shown(void **state)
{
	static const char * const answers[] = {
		REPLY("{\"section\":{\"disabled\":true,\"profile\":\"gold\",\"address\":\"\","
		      "\"policy\":{\"rate_up\":512000}},\"sources\":[{\"server\":\"office\","
		      "\"judge\":\"secrets\",\"where\":\"/s\",\"line\":3},{\"server\":\"office\","
		      "\"judge\":\"radius\",\"where\":\"near\"}]}"),
		USERS("[" BOB "]"),
		SESSIONS("[" ALICE "]"),
		REPLY("{\"verdict\":null,\"attempts\":[{\"server\":\"office\",\"peer\":\"192.0.2.9\","
		      "\"client\":\"\",\"age_s\":65,\"outcome\":\"failed\",\"verdict\":{\"sentence\":"
		      "\"The password is wrong\"}}]}"),
		NULL,
	};
	static const char * const unknown[] = {
		REPLY("{\"sources\":[{\"server\":\"office\",\"judge\":\"secrets\",\"where\":\"/s\"}]}"),
		USERS("[]"), SESSIONS("[]"), REPLY("{\"attempts\":[]}"), NULL,
	};

	run("user show bob", answers);
	assert_string_equal(out,
		"user bob\n"
		"  sessions         2\n"
		"  let in by        radius\n"
		"  up               5m12s, idle 3s\n"
		"  received         1.5 KiB at 1.5kbit/s, dropped 7\n"
		"  sent             1.0 GiB at 20Mbit/s, dropped 0\n"
		"  in effect        rate down 10000000 bit/s\n"
		"  in effect        max sessions 2\n"
		"  section          disabled: the user is not let in\n"
		"  section          profile gold\n"
		"  section          rate up 512000 bit/s\n"
		"  known to         secrets of server office: /s:3\n"
		"  asked of         radius near, by server office\n"
		"\n"
		"ID  SERVER  PEER        REMOTE      INTERFACE  STATE  UPTIME       RX       TX\n"
		" 1  office  192.0.2.10  10.99.0.10  ppp0       up      5m12s  1.5 KiB  1.0 GiB\n"
		"\n"
		"attempts, the latest first:\n"
		"  1m05s   server office, peer 192.0.2.9: failed: The password is wrong\n");
	assert_int_equal(status, 0);
	run("-j user show bob", answers);
	assert_non_null(strstr(out, "\"user\":\"bob\",\"sums\":[" BOB "],\"sessions\":[{\"id\":1,"));
	run("user show carol", unknown);
	assert_string_equal(err, "pppctl: user \"carol\" has no session, has tried nothing in the last hour, "
			    "and is neither in the configuration nor in the secrets\n");
	assert_int_equal(status, 1);
}

static void users_are_killed(void **state)
{
	run("user kill bob carol", (const char * const[]){
		REPLY("{\"killed\":2}"), REPLY("{\"killed\":0}"), NULL });
	assert_non_null(strstr(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":"
			       "{\"filter\":{\"user\":\"bob\",\"role\":\"server\"}}}\n"));
	assert_string_equal(err, "pppctl: user \"carol\" has no session\n");
	assert_int_equal(status, 1);
	run("user kill bob --dry-run", two);
	assert_non_null(strstr(asked, "org.culvert.Session.List"));
	assert_null(strstr(asked, "Kill"));
	assert_int_equal(status, 0);
}

static void levels_are_set(void **state)
{
	run("log set user alice peer 192.0.2.0/24 debug for 10m",
	    (const char * const[]){ REPLY("{\"rules\":1}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Log.Set\",\"parameters\":{\"subject\":{"
			    "\"user\":\"alice\",\"peer\":\"192.0.2.0/24\"},\"level\":\"debug\","
			    "\"time_s\":600}}\n");
	assert_int_equal(status, 0);
	run("log set session 7 warning", (const char * const[]){ REPLY("{\"rules\":2}"), NULL });
	assert_non_null(strstr(asked, "{\"subject\":{\"session\":7},\"level\":\"warning\"}}"));
	run("log set info", (const char * const[]){ REPLY("{\"rules\":3}"), NULL });
	assert_non_null(strstr(asked, "{\"subject\":{},\"level\":\"info\"}}"));
	run("log list", (const char * const[]){
		REPLY("{\"level\":\"notice\",\"rules\":[{\"subject\":{\"user\":\"alice\",\"session\":7},"
		      "\"level\":\"debug\",\"left_s\":590},{\"subject\":{},\"level\":\"info\"}]}"),
		NULL });
	assert_string_equal(out, "level notice, by the configuration\n"
			    "LINES                  LEVEL   LEFT\n"
			    "user alice, session 7  debug  9m50s\n"
			    "all others             info    ever\n");
	run("log unset user alice", (const char * const[]){ REPLY("{\"removed\":1}"), NULL });
	assert_non_null(strstr(asked, "\"parameters\":{\"subject\":{\"user\":\"alice\"}}}"));
	run("log unset all", (const char * const[]){ REPLY("{\"removed\":0}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Log.Unset\"}\n");
	assert_string_equal(err, "pppctl: no level was set for that\n");
	assert_int_equal(status, 1);
}

static void the_configuration_is_shown(void **state)
{
	static const char * const answers[] = {
		REPLY("{\"sections\":[{\"section\":\"server\",\"name\":\"office\",\"file\":\"/c\","
		      "\"line\":1,\"options\":[{\"option\":\"mtu\",\"value\":\"1400\",\"file\":\"/c\","
		      "\"line\":2},{\"option\":\"dns\",\"value\":\"{ }\"},{\"option\":\"pool\","
		      "\"value\":null}]},{\"section\":\"log\",\"name\":\"\","
		      "\"options\":[]}]}"), NULL,
	};

	run("config show all server office", answers);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Config.Show\",\"parameters\":{\"section\":"
			    "\"server\",\"name\":\"office\",\"all\":true},\"more\":true}\n");
	assert_string_equal(out,
		"server \"office\" {                                # /c:1\n"
		"    mtu = 1400                                   # /c:2\n"
		"    dns = { }                                    # default\n"
		"    # pool has to be set                         # default\n"
		"}\n"
		"\n"
		"log {                                            # default\n"
		"}\n");
	assert_int_equal(status, 0);
	run("config show", answers);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Config.Show\",\"more\":true}\n");
}

static void changes_of_the_configuration_are_told(void **state)
{
	run("config diff", (const char * const[]){
		REPLY("{\"changes\":[{\"kind\":\"changed\",\"section\":\"server\",\"name\":\"office\","
		      "\"option\":\"mtu\",\"before\":\"auto\",\"after\":\"1400\",\"file\":\"/c\",\"line\":2,"
		      "\"restart\":false},{\"kind\":\"content\",\"section\":\"server\",\"name\":\"office\","
		      "\"option\":\"secrets\",\"restart\":false},{\"kind\":\"changed\",\"section\":\"control\","
		      "\"name\":\"\",\"option\":\"group\",\"before\":\"a\",\"after\":\"b\",\"restart\":true},"
		      "{\"kind\":\"removed\",\"section\":\"pool\",\"name\":\"p\","
		      "\"restart\":false}],\"missing\":3,\"errors\":[],\"warnings\":[\"/c:9: odd\"]}"), NULL });
	assert_string_equal(out,
		"server \"office\": mtu = 1400, is auto (/c:2)\n"
		"server \"office\": what is in the file of secrets has changed\n"
		"control: group = b, is a; counts when culvertd is started again\n"
		"pool \"p\": is gone\n"
		"and 3 more\n");
	assert_string_equal(err, "pppctl: warning: /c:9: odd\n");
	assert_int_equal(status, 0);
	run("config diff", (const char * const[]){
		REPLY("{\"changes\":[],\"missing\":0,\"errors\":[],\"warnings\":[]}"), NULL });
	assert_string_equal(out, "a reload would change nothing\n");
	run("config diff", (const char * const[]){
		REPLY("{\"changes\":[],\"missing\":0,\"errors\":[\"/c:1: no\"],\"warnings\":[]}"), NULL });
	assert_string_equal(out, "");
	assert_string_equal(err, "pppctl: /c:1: no\npppctl: a reload would change nothing, since the "
			    "configuration is wrong\n");
	assert_int_equal(status, 2);
}

#define COUNTED(sessions, stale)								\
	REPLY("{\"sessions\":" sessions ",\"counters\":{\"rx_packets\":100,\"rx_drop_stale\":" stale	\
	      "},\"rx_bit_s\":20000000,\"tx_bit_s\":1500}")

static void counters_are_added_up(void **state)
{
	run("session stats server office", (const char * const[]){ COUNTED("2", "5"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Stats\",\"parameters\":{"
			    "\"filter\":{\"server\":\"office\"}}}\n");
	assert_string_equal(out, "2 sessions: receiving 20Mbit/s, sending 1.5kbit/s\n"
			    "  rx packets       100\n"
			    "  rx drop stale    5\n");
	run("session stats all", (const char * const[]){ COUNTED("1", "5"), NULL });
	assert_non_null(strstr(asked, "{\"filter\":{}}"));
	assert_int_equal(strncmp(out, "1 session: ", 11), 0);
	/* what has risen is told by the second, and what has fallen is not */
	run("session stats 7 interval 1 count 2", (const char * const[]){
		COUNTED("1", "5"), COUNTED("1", "15"), COUNTED("1", "3"), NULL });
	assert_non_null(strstr(asked, "{\"id\":7}"));
	assert_string_equal(out, "session 7: receiving 20Mbit/s, sending 1.5kbit/s\n"
			    "  rx drop stale    10.0/s\n"
			    "\n"
			    "session 7: receiving 20Mbit/s, sending 1.5kbit/s\n");
	assert_int_equal(status, 0);
}

static void sessions_are_set(void **state)
{
	run("session set 4 rate-up=512k idle-timeout=0", (const char * const[]){
		REPLY("{\"changed\":1}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Set\",\"parameters\":{\"id\":4,"
				   "\"terms\":{\"rate-up\":\"512k\",\"idle-timeout\":\"0\"}}}\n");
	assert_string_equal(out, "");
	assert_int_equal(status, 0);
	run("session set 4 rate-up=", (const char * const[]){
		REFUSED("\"rate-up is wrong\""), NULL });
	assert_string_equal(err, "pppctl: rate-up is wrong\n");
	assert_int_equal(status, 1);
}

#define HQ									\
	"{\"name\":\"hq\",\"server\":\"vpn.example\",\"user\":\"branch5\",\"state\":\"up\","	\
	"\"step\":\"\",\"failures\":0,\"failed_step\":\"\",\"failure\":\"\","			\
	"\"failure_kind\":\"\",\"retry_in_s\":0,"						\
	"\"interface\":\"hq\",\"vrf\":\"blue\",\"masquerade\":true,"				\
	"\"dns\":[\"10.0.0.53\",\"10.0.0.54\"],"						\
	"\"routes\":[\"192.168.1.0/24\",\"10.0.0.0/8\"],"					\
	"\"peer\":\"192.0.2.1\",\"local_address\":\"10.99.0.10\","				\
	"\"remote_address\":\"10.99.0.1\",\"call_id\":7,\"peer_call_id\":8,"			\
	"\"auth\":\"mschap-v2\",\"mppe\":{\"bits\":128,\"stateless\":true},\"mtu\":1456,"	\
	"\"uptime_s\":60,\"idle_s\":1,\"rx_bytes\":1024,\"tx_bytes\":2048,"			\
	"\"rx_packets\":3,\"tx_packets\":4}"
#define LAB									\
	"{\"name\":\"lab\",\"server\":\"192.0.2.9\",\"user\":\"u\",\"state\":\"waiting\","	\
	"\"step\":\"\",\"failures\":2,\"failed_step\":\"login\","				\
	"\"failure\":\"server refused: wrong user or password (MS-CHAP 691)\","		\
	"\"failure_kind\":\"permanent\",\"retry_in_s\":75,"					\
	"\"interface\":\"lab\",\"vrf\":\"\",\"masquerade\":false,"		\
	"\"dns\":[],\"routes\":[],\"peer\":\"192.0.2.9\","					\
	"\"local_address\":null,\"remote_address\":null,\"call_id\":0,\"peer_call_id\":0,"	\
	"\"auth\":\"\",\"mppe\":null,\"mtu\":0,\"uptime_s\":0,\"idle_s\":0,\"rx_bytes\":0,"	\
	"\"tx_bytes\":0,\"rx_packets\":0,\"tx_packets\":0}"

static void clients_are_listed(void **state)
{
	static const char * const both[] = { CLIENTS("[" HQ "," LAB "]"), NULL };

	run("client list", both);
	assert_string_equal(out,
		"CLIENT  SERVER       INTERFACE  STATE    LOCAL       REMOTE     MPPE           "
		"UPTIME       RX       TX  REMARK\n"
		"hq      vpn.example  hq         up       10.99.0.10  10.99.0.1  128 stateless   "
		"1m00s  1.0 KiB  2.0 KiB  -\n"
		"lab     192.0.2.9    lab        waiting  -           -          off                "
		"0s      0 B      0 B  login: server refused: wrong user or password "
		"(MS-CHAP 691); permanent, next try in 1m15s\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Client.List\",\"more\":true}\n");
	assert_int_equal(status, 0);
	run("-br client list", both);
	assert_string_equal(out,
		"hq   hq   up       10.99.0.10  -\n"
		"lab  lab  waiting  -           "
		"login: server refused: wrong user or password (MS-CHAP 691); permanent, "
		"next try in 1m15s\n");
	run("-s client list", both);
	assert_non_null(strstr(out, "  IDLE  RX BYTES  RX PACKETS  RX DROPPED"));
	run("-j client list", both);
	assert_string_equal(out, "[" HQ "," LAB "]\n");
	run("client list", (const char * const[]){ CLIENTS("[]"), NULL });
	assert_string_equal(out, "no clients\n");
	run("client list hq", NULL);
	assert_int_equal(status, 2);
}

static void clients_are_shown(void **state)
{
	run("client show hq lab", (const char * const[]){ CLIENT(HQ), CLIENT(LAB), NULL });
	assert_string_equal(out,
		"client hq\n"
		"  state            up\n"
		"  server           vpn.example\n"
		"  peer             192.0.2.1\n"
		"  user             branch5\n"
		"  call IDs         7 here, 8 there\n"
		"  addresses        10.99.0.10 here, 10.99.0.1 there\n"
		"  interface        hq, MTU 1456\n"
		"  name servers     10.0.0.53\n"
		"                   10.0.0.54\n"
		"  authentication   mschap-v2\n"
		"  MPPE             128 stateless\n"
		"  up               1m00s, idle 1s\n"
		"  received         1.0 KiB in 3 packets\n"
		"  sent             2.0 KiB in 4 packets\n"
		"  VRF              blue\n"
		"  masquerade       yes\n"
		"  routes           192.168.1.0/24\n"
		"                   10.0.0.0/8\n"
		"client lab\n"
		"  state            waiting\n"
		"  server           192.0.2.9\n"
		"  peer             192.0.2.9\n"
		"  user             u\n"
		"  failed           login: server refused: wrong user or password (MS-CHAP 691)\n"
		"                   permanent: it takes a change, here or at the server\n"
		"  failures         2 in a row\n"
		"  next try         in 1m15s\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Client.Show\",\"parameters\":{\"name\":\"hq\"}}\n"
			    "{\"method\":\"org.culvert.Client.Show\",\"parameters\":{\"name\":\"lab\"}}\n");
	run("-br client show hq", (const char * const[]){ CLIENT(HQ), NULL });
	assert_string_equal(out, "hq  hq  up  10.99.0.10  128 stateless  -\n");
}

#define FAILED(name, state, kind, retry)						\
	"{\"name\":\"" name "\",\"state\":\"" state "\",\"failed_step\":\"call\","		\
	"\"failure\":\"no\",\"failure_kind\":\"" kind "\",\"retry_in_s\":" retry "}"

/* One line shows whether a failure is permanent, and when the next attempt begins. */
static void what_follows_a_failure_is_told(void **state)
{
	run("-br client list", (const char * const[]){
		CLIENTS("[" FAILED("a", "waiting", "temporary", "9") ","
		   FAILED("b", "waiting", "permanent", "3600") ","
		   FAILED("c", "down", "permanent", "0") ","
		   FAILED("d", "down", "temporary", "0") ","
		   FAILED("e", "listening", "temporary", "0") "]"), NULL });
	assert_string_equal(out,
		"a  -  waiting    -  call: no; next try in 9s\n"
		"b  -  waiting    -  call: no; permanent, next try in 1h00m\n"
		"c  -  down       -  call: no; permanent, next try when asked\n"
		"d  -  down       -  call: no; next try when asked\n"
		"e  -  listening  -  call: no\n");
}

/* pppctl knows the daemon's names of the states of clients. */
static void states_of_clients_have_colours(void **state)
{
	static const char * const escapes[] = {
		[DIALER_DOWN] = "", [DIALER_LISTENING] = "", [DIALER_UP] = "\033[32m",
		[DIALER_DIALING] = "\033[33m", [DIALER_CLOSING] = "\033[33m",
		[DIALER_WAITING] = "\033[33m",
	};

	for (enum dialer_state s = DIALER_DOWN; s <= DIALER_WAITING; s++) {
		const char *name = dialer_state_name(s);
		char answer[512], want[128];

		snprintf(answer, sizeof(answer), CLIENTS("[{\"name\":\"a\",\"state\":\"%s\"}]"), name);
		snprintf(want, sizeof(want), "a  -  %s%s%s  -  -\n", escapes[s], name,
			 *escapes[s] ? "\033[0m" : "");
		run("-br --color=always client list", (const char * const[]){ answer, NULL });
		assert_string_equal(out, want);
	}
}

/* pppctl knows the daemon's kinds of failures. A client that is down is tried again when asked. */
static void kinds_of_failures_are_known(void **state)
{
	static const char * const wants[] = {
		[DIALER_END_TEMPORARY] = "a  -  down  -  call: no; next try when asked\n",
		[DIALER_END_PERMANENT] =
			"a  -  down  -  call: no; permanent, next try when asked\n",
		[DIALER_END_IDLE] = "a  -  down  -  call: no; next try when asked\n",
	};

	for (enum dialer_end end = DIALER_END_TEMPORARY; end <= DIALER_END_IDLE; end++) {
		char answer[512];

		snprintf(answer, sizeof(answer), CLIENTS("[" FAILED("a", "%s", "%s", "0") "]"),
			 dialer_state_name(DIALER_DOWN), dialer_end_name(end));
		run("-br client list", (const char * const[]){ answer, NULL });
		assert_string_equal(out, wants[end]);
	}
}

#define RADIUS(use, port, state, fault, answers, counters)					\
	"{\"name\":\"alpha\",\"use\":\"" use "\",\"address\":\"192.0.2.21\",\"port\":" port ","	\
	"\"state\":\"" state "\",\"state_s\":11100,\"fault\":\"" fault "\",\"signs\":true,"	\
	"\"under_way\":3,\"window\":256,\"queued\":1,\"max_queued\":1000,"			\
	"\"last_minute\":{\"answers\":" answers ",\"median_ms\":12,\"p99_ms\":30},"		\
	"\"last_5_minutes\":{\"answers\":70,\"median_ms\":13,\"p99_ms\":31},"			\
	"\"counters\":{\"sent\":100,\"retransmitted\":4,\"answered\":95,\"lost\":5,"		\
	"\"moved\":2" counters "}}"

#define ACCOUNTING(radius, file, fault)								\
	REPLY("{\"radius\":" radius ",\"file\":" file ",\"sessions\":12,\"queued\":3,\"oldest_s\":90,"	\
	   "\"under_way\":1,\"sent\":40,\"unanswered\":2,\"merged\":5,\"dropped\":0,\"too_old\":6,"	\
	   "\"unusable\":0,\"not_known\":1,\"store_fault\":\"" fault "\",\"store_errors\":0,"		\
	   "\"lines\":7,\"lines_queued\":8,\"lines_dropped\":9,\"file_fault\":true}")

static void records_of_sessions(void **state)
{
	run("accounting", (const char * const[]){ ACCOUNTING("true", "false", ""), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Accounting.Status\"}\n");
	assert_string_equal(out,
		"accounting\n"
		"  sessions         12\n"
		"  queued           3 records, of which 1 are under way\n"
		"  oldest           1m30s\n"
		"  sent             40; 2 tries were not answered\n"
		"  merged           5 Interim-Updates with a later record\n"
		"  dropped          6 that had waited for too long\n"
		"                   1 Accounting-On or -Off, which the servers do not answer\n");
	run("accounting", (const char * const[]){ ACCOUNTING("false", "true", "no room"), NULL });
	assert_string_equal(out,
		"accounting\n"
		"  sessions         12\n"
		"  queued           3 records, of which 1 are under way\n"
		"  oldest           1m30s\n"
		"  sent             40; 2 tries were not answered\n"
		"  merged           5 Interim-Updates with a later record\n"
		"  dropped          6 that had waited for too long\n"
		"                   1 Accounting-On or -Off, which the servers do not answer\n"
		"  store            cannot be used: no room\n"
		"  file             7 lines written, 8 wait, 9 dropped; it cannot be written to\n");
	run("-br accounting", (const char * const[]){ ACCOUNTING("true", "true", ""), NULL });
	assert_string_equal(out, "3\n");
	run("accounting", (const char * const[]){ ACCOUNTING("false", "false", ""), NULL });
	assert_string_equal(out, "nothing is recorded\n");
	run("accounting now", NULL);
	assert_int_equal(status, 2);
}

static void bans_are_listed(void **state)
{
	static const char * const both[] = {
		BANS("[{\"network\":\"192.0.2.1/32\",\"reason\":\"failed logins\",\"age_s\":5,"
		   "\"left_s\":90,\"failures\":20,\"times\":2,\"turned_away\":7},"
		   "{\"network\":\"198.51.0.0/16\",\"reason\":\"administrator\",\"age_s\":0,"
		   "\"left_s\":null,\"failures\":0,\"times\":0,\"turned_away\":0}]"),
		NULL,
	};

	run("ban list", both);
	assert_string_equal(out,
		"NETWORK        REASON         SINCE   LEFT  FAILURES  TIMES  TURNED AWAY\n"
		"192.0.2.1/32   failed logins     5s  1m30s        20      2            7\n"
		"198.51.0.0/16  administrator     0s   ever         0      0            0\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Ban.List\",\"more\":true}\n");
	run("-br ban list", both);
	assert_string_equal(out,
		"192.0.2.1/32   failed logins  1m30s\n"
		"198.51.0.0/16  administrator  ever\n");
	run("ban list", (const char * const[]){ BANS("[]"), NULL });
	assert_string_equal(out, "nobody is banned\n");
	run("ban list all", NULL);
	assert_int_equal(status, 2);
}

static void bans_are_added_and_removed(void **state)
{
	run("ban add 192.0.2.1", (const char * const[]){ REPLY("{\"added\":\"192.0.2.1/32\"}"), NULL });
	assert_int_equal(status, 0);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Ban.Add\",\"parameters\":{\"network\":\"192.0.2.1\"}}\n");
	run("ban add 192.0.2.0/24 for 60",
	    (const char * const[]){ REPLY("{\"added\":\"192.0.2.0/24\"}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Ban.Add\",\"parameters\":{\"network\":\"192.0.2.0/24\","
			    "\"time_s\":60}}\n");
	run("ban remove 192.0.2.1",
	    (const char * const[]){ REPLY("{\"removed\":\"192.0.2.0/24\"}"), NULL });
	assert_int_equal(status, 0);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Ban.Remove\",\"parameters\":{\"network\":\"192.0.2.1\"}}\n");
	run("ban add", NULL);
	assert_int_equal(status, 2);
	run("ban add 192.0.2.1 60", NULL);
	assert_int_equal(status, 2);
	run("ban add 192.0.2.1 for ever", NULL);
	assert_int_equal(status, 2);
	run("ban remove", NULL);
	assert_int_equal(status, 2);
}

static void pools_are_listed(void **state)
{
	static const char * const pools[] = {
		POOLS("[{\"name\": \"users\", \"size\": 10, \"used\": 9, \"reserved\": 2, \"most\": 10, "
		   "\"refused\": 7, \"next\": \"more\"}, {\"name\": \"more\", \"size\": 254, "
		   "\"used\": 1, \"reserved\": 0, \"most\": 3, \"refused\": 0, \"next\": \"\"}]"),
		NULL,
	};

	run("pool list", pools);
	assert_string_equal(out,
		"POOL   USED  SIZE  FULL  MOST  RESERVED  REFUSED  NEXT\n"
		"users     9    10   90%    10         2        7  more\n"
		"more      1   254    0%     3         0        0  -\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Pool.List\"}\n");
	run("-br --color=always pool list", pools);
	assert_string_equal(out, "users  9   10  \33[33m90%\33[0m\nmore   1  254   0%\n");
	run("pool list", (const char * const[]){ POOLS("[]"), NULL });
	assert_string_equal(out, "no pools\n");
	run("pool list users", NULL);
	assert_int_equal(status, 2);
}

static void radius_servers_are_listed(void **state)
{
	static const char * const both[] = {
		RADIUS_SERVERS("[" RADIUS("logins", "1812", "up", "", "20", "") ","
		   RADIUS("accounting", "1813", "dead", "Network is unreachable", "0", "") "]"),
		NULL,
	};

	run("radius list", both);
	assert_string_equal(out,
		"RADIUS  USE         ADDRESS     PORT  STATE  SINCE  MEDIAN 1M  P99 1M  MEDIAN 5M  "
		"P99 5M  UNDER WAY  QUEUED  LOST  REMARK\n"
		"alpha   logins      192.0.2.21  1812  up     3h05m      12 ms   30 ms      13 ms   "
		"31 ms          3       1     5  -\n"
		"alpha   accounting  192.0.2.21  1813  dead   3h05m          -       -      13 ms   "
		"31 ms          3       1     5  Network is unreachable\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Radius.List\"}\n");
	run("-br --color=always radius list", both);
	assert_string_equal(out,
		"alpha  logins      192.0.2.21  1812  \33[32mup\33[0m\n"
		"alpha  accounting  192.0.2.21  1813  \33[31mdead\33[0m\n");
	run("-br --color=always radius list", (const char * const[]){
		RADIUS_SERVERS("[" RADIUS("logins", "1812", "trial", "", "0", "") "]"), NULL });
	assert_non_null(strstr(out, "\33[33mtrial\33[0m"));
	run("radius list", (const char * const[]){ RADIUS_SERVERS("[]"), NULL });
	assert_string_equal(out, "no RADIUS servers\n");
	run("radius list alpha", NULL);
	assert_int_equal(status, 2);
}

static void databases_are_listed(void **state)
{
	static const char * const both[] = {
		DATABASES("[{\"name\":\"users\",\"type\":\"sqlite\",\"where\":\"/etc/culvert/users.db\","
		   "\"state\":\"up\",\"state_s\":60,\"fault\":\"\",\"under_way\":1,\"queued\":2,"
		   "\"max_queued\":1000,\"counters\":{\"asked\":30,\"found\":25,\"unknown\":3,"
		   "\"failed\":2,\"late\":1,\"refused\":4,\"connects\":1}},"
		   "{\"name\":\"isp\",\"type\":\"postgresql\",\"where\":\"192.0.2.30 isp\","
		   "\"state\":\"down\",\"state_s\":5,\"fault\":\"Connection refused\","
		   "\"under_way\":0,\"queued\":0,\"max_queued\":1000,\"counters\":{}}]"),
		NULL,
	};

	run("database list", both);
	assert_string_equal(out,
		"DATABASE  TYPE        WHERE                  STATE  SINCE  UNDER WAY  QUEUED  ASKED  "
		"FOUND  UNKNOWN  FAILED  REFUSED  REMARK\n"
		"users     sqlite      /etc/culvert/users.db  up     1m00s          1       2     30  "
		"   25        3       2        4  -\n"
		"isp       postgresql  192.0.2.30 isp         down      5s          0       0      0  "
		"    0        0       0        0  Connection refused\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Database.List\"}\n");
	run("-br --color=always database list", both);
	assert_string_equal(out,
		"users  sqlite      /etc/culvert/users.db  \33[32mup\33[0m\n"
		"isp    postgresql  192.0.2.30 isp         \33[31mdown\33[0m\n");
	run("database list", (const char * const[]){ DATABASES("[]"), NULL });
	assert_string_equal(out, "no databases\n");
	run("database list isp", NULL);
	assert_int_equal(status, 2);
}

static void radius_servers_are_shown(void **state)
{
	static const char * const both[] = {
		RADIUS_SERVERS("[" RADIUS("logins", "1812", "up", "", "20", ",\"refused\":6,\"late\":7,"
			      "\"unsigned\":8") ","
		   RADIUS("accounting", "1813", "dead", "Network is unreachable", "0", "") "]"),
		NULL,
	};

	run("radius show alpha", both);
	assert_string_equal(out,
		"radius alpha, logins\n"
		"  address          192.0.2.21 port 1812\n"
		"  state            up for 3h05m\n"
		"  signs replies    yes\n"
		"  under way        3 of 256\n"
		"  queued           1 of 1000\n"
		"  last minute      20 answers, half of them within 12 ms, 99 of 100 within 30 ms\n"
		"  last 5 minutes   70 answers, half of them within 13 ms, 99 of 100 within 31 ms\n"
		"  sent             100, of which 4 repeated\n"
		"  answered         95\n"
		"  lost             5; 2 requests went to another server\n"
		"  refused          6, since too many were queued\n"
		"  dropped          7 late, after the request was given up or asked elsewhere\n"
		"                   8 without Message-Authenticator\n"
		"radius alpha, accounting\n"
		"  address          192.0.2.21 port 1813\n"
		"  state            dead for 3h05m\n"
		"                   cannot be asked: Network is unreachable\n"
		"  under way        3 of 256\n"
		"  queued           1 of 1000\n"
		"  last minute      no answers\n"
		"  last 5 minutes   70 answers, half of them within 13 ms, 99 of 100 within 31 ms\n"
		"  sent             100, of which 4 repeated\n"
		"  answered         95\n"
		"  lost             5; 2 requests went to another server\n");
	assert_string_equal(asked, "{\"method\":\"org.culvert.Radius.Show\",\"parameters\":{\"name\":\"alpha\"}}\n");
	run("-br radius show alpha", both);
	assert_string_equal(out, "alpha  logins      up    12 ms  30 ms\n"
				 "alpha  accounting  dead  -      -\n");
	run("radius show", NULL);
	assert_int_equal(status, 2);
}

static void clients_dial_and_hang_up(void **state)
{
	run("client up hq lab", (const char * const[]){ REPLY("{\"changed\":true}"),
		REFUSED("\"there is no client \\\"lab\\\"\""), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Client.Up\",\"parameters\":{\"name\":\"hq\"}}\n"
			    "{\"method\":\"org.culvert.Client.Up\",\"parameters\":{\"name\":\"lab\"}}\n");
	assert_string_equal(out, "");
	assert_string_equal(err, "pppctl: there is no client \"lab\"\n");
	assert_int_equal(status, 1);
	run("-j client down hq", (const char * const[]){ REPLY("{\"changed\":false}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Client.Down\",\"parameters\":{\"name\":\"hq\"}}\n");
	assert_string_equal(out, "{\"changed\":false}\n");
	assert_int_equal(status, 0);
	run("client up", NULL);
	assert_int_equal(status, 2);
}

#define SERVERS(draining, sessions)						\
	REPLY("{\"servers\":[{\"name\":\"office\",\"sessions\":" sessions ","	\
	   "\"draining\":" draining "},{\"name\":\"other\",\"sessions\":9}]}")

static void servers_are_drained(void **state)
{
	run("drain", (const char * const[]){ REPLY("{\"servers\":2,\"sessions\":3}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Daemon.Drain\",\"parameters\":{\"timeout_s\":0}}\n");
	assert_string_equal(out, "");
	assert_int_equal(status, 0);
	run("drain 60", (const char * const[]){ REPLY("{\"servers\":2,\"sessions\":3}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Daemon.Drain\",\"parameters\":{\"timeout_s\":60}}\n");
	run("drain office 60 wait", (const char * const[]){ REPLY("{\"servers\":1,\"sessions\":3}"),
		SERVERS("true", "1"), SERVERS("true", "0"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Daemon.Drain\",\"parameters\":{\"server\":\"office\",\"timeout_s\":60}}\n"
			    "{\"method\":\"org.culvert.Daemon.Status\"}\n{\"method\":\"org.culvert.Daemon.Status\"}\n");
	assert_int_equal(status, 0);
	run("drain office wait", (const char * const[]){ REPLY("{\"servers\":1,\"sessions\":3}"),
		SERVERS("false", "2"), NULL });
	assert_string_equal(err, "pppctl: somebody has undone it\n");
	assert_int_equal(status, 1);
	run("undrain office", (const char * const[]){ REPLY("{\"changed\":true}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Daemon.Undrain\",\"parameters\":{\"server\":\"office\"}}\n");
	run("drain office soon", NULL);
	assert_int_equal(status, 2);
	run("drain office other 60", NULL);
	assert_int_equal(status, 2);
	run("undrain office other", NULL);
	assert_int_equal(status, 2);
}

#define LISTENS(name, absent, draining)						\
	"{\"name\":\"" name "\",\"listen\":[\"192.0.2.1:1723\",\"192.0.2.2:1723\"],"	\
	"\"absent\":[" absent "],\"connections\":0,\"sessions\":0,\"draining\":" draining "}"

static void status_tells_of_addresses_that_are_absent(void **state)
{
	run("status", (const char * const[]){ REPLY("{\"servers\":["
		LISTENS("a", "", "false") ","
		LISTENS("b", "\"192.0.2.2:1723\"", "false") ","
		LISTENS("c", "\"192.0.2.1:1723\",\"192.0.2.2:1723\"", "false") ","
		LISTENS("d", "\"192.0.2.2:1723\"", "true") "]}"), NULL });
	assert_non_null(strstr(out,
		"SERVER  LISTEN                         CONNECTIONS  SESSIONS  STATE\n"
		"a       192.0.2.1:1723 192.0.2.2:1723            0         0  open\n"
		"b       192.0.2.1:1723 192.0.2.2:1723            0         0  open, but not 192.0.2.2:1723\n"
		"c       192.0.2.1:1723 192.0.2.2:1723            0         0  waits for an address\n"
		"d       192.0.2.1:1723 192.0.2.2:1723            0         0  drained\n"));
}

static void status_tells_of_servers_and_pools(void **state)
{
	run("status", daemon_status);
	assert_string_equal(out,
		"culvertd\n"
		"  version          0.1, process 99, up 1d01h\n"
		"  configuration    /etc/culvert/culvert.conf\n"
		"  data plane       ppp_generic\n"
		"  connections      3\n"
		"  sessions         2\n"
		"  held at most     1.3 ms (tunnel: read); at work for 0.8 ms (session: frames)\n"
		"  proxy ARP        for 2 sessions\n"
		"  nft sets         5 elements, 1 refused\n"
		"  CoA requests     7 acknowledged, 6 refused, 5 dropped\n"
		"  by them          4 sessions ended, 3 changed\n"
		"  hooks            40 run: 5 failed, 6 took too long; 7 dropped\n"
		"  hooks now        2 running, 3 waiting\n"
		"\n"
		"SERVER  LISTEN                         CONNECTIONS  SESSIONS  STATE\n"
		"office  192.0.2.1:1723 192.0.2.2:1723            3         2  draining, ends in 1m15s\n"
		"\n"
		"POOL   USED  SIZE  FULL\n"
		"users     2   240    0%\n"
		"full      4     4  100%\n");
	assert_int_equal(status, 0);
	run("-br status", daemon_status);
	assert_string_equal(out, "up 2 sessions\n");
}

/* Put NOW in the place of the times in "out" that are not of 1970. */
static void hide_now(void)
{
	char *from = out, *to = out;

	while (*from) {
		if ((from == out || from[-1] == '\n') && from[0] == '2' && from[4] == '-') {
			memcpy(to, "NOW", 3);
			to += 3;
			from += strlen("2026-11-28 12:34:56");
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static void events_are_shown_as_they_come(void **state)
{
	static const char * const answers[] = {
		MORE("{}")
		EVENT("{\"type\":\"session.up\",\"time_ms\":0,\"session\":" ALICE "}")
		EVENT("{\"type\":\"session.down\",\"time_ms\":86399999,\"session\":" ALICE ","
		      "\"reason\":\"closed by the peer\"}")
		MORE("{\"lost\":7}")
		EVENT("{\"type\":\"login.refused\",\"time_ms\":1000,\"session\":"
		      "{\"peer\":\"192.0.2.66\"},\"user\":\"x\\u001b[m\",\"reason\":\"unknown user\"}"),
		NULL,
	};

	setenv("TZ", "UTC", 1);
	run("monitor --no-reconnect", answers);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Session.Monitor\",\"more\":true}\n");
	hide_now();
	assert_string_equal(
		out,
		"1970-01-01 00:00:00 session.up            alice 192.0.2.10 10.99.0.10 ppp0 MPPE 128 "
		"stateless\n"
		"1970-01-01 23:59:59 session.down          alice 192.0.2.10 ppp0, up 5m12s, "
		"received 1.5 KiB, sent 1.0 GiB: closed by the peer\n"
		"NOW monitor.lost          7 events were not seen here, since they were not read in time\n"
		"1970-01-01 00:00:01 login.refused         x\\x1b[m 192.0.2.66: unknown user\n");
	assert_int_equal(strncmp(err, "pppctl: culvertd broke off: ", 28), 0);
	assert_int_equal(status, 3);
	run("-j monitor --no-reconnect", (const char * const[]){
		MORE("{}") EVENT("{\"type\":\"x\"}"), NULL });
	assert_ptr_equal(strstr(out, "{\"type\":\"x\"}\n{\"error\":\"absent\",\"reason\":\"culvertd broke "
				     "off: "), out);
}

/* The next daemon is waited for; an error ends that. A daemon that was never there is no gap. */
static void events_go_on_with_the_next_daemon(void **state)
{
	static const char * const answers[] = {
		MORE("{}") EVENT("{\"type\":\"a\"}"), MORE("{}") EVENT("{\"type\":\"b\"}"),
		FAULT("org.varlink.service.PermissionDenied", "{}"), NULL,
	};

	run("monitor", answers);
	hide_now();
	assert_non_null(strstr(out, " a                     - -\nNOW monitor.gap           what happened in 1s "
				    "is not known: culvertd was not there\n"));
	assert_non_null(strstr(out, " b                     - -\nNOW monitor.gap "));
	assert_non_null(strstr(err, "pppctl: waiting for culvertd\n"));
	assert_int_equal(status, 1);
	run("-j monitor", answers);
	assert_non_null(strstr(out, "{\"type\":\"a\"}\n{\"type\":\"monitor.gap\",\"time_ms\":"));
	assert_non_null(strstr(out, ",\"gap_ms\":"));
	assert_non_null(strstr(out, "{\"type\":\"b\"}\n"));
	assert_non_null(strstr(out, "\n{\"error\":\"org.varlink.service.PermissionDenied\","));
	run("monitor", NULL);
	assert_int_equal(status, 3);
}

/* A failure is JSON, too, where JSON is wanted, and only once. */
static void failures_are_json(void **state)
{
	char want[512];

	run("-j session show 1 9", (const char * const[]){ SESSION("{\"id\":1}"),
		FAULT("org.culvert.NotFound", "{\"what\":\"session\",\"name\":\"9\"}"), NULL });
	assert_string_equal(out, "{\"id\":1}\n{\"error\":\"org.culvert.NotFound\",\"parameters\":{\"what\":"
				 "\"session\",\"name\":\"9\"},\"reason\":\"there is no session 9\","
				 "\"status\":1}\n");
	assert_string_equal(err, "pppctl: there is no session 9\n");
	assert_int_equal(status, 1);
	run("-j status", NULL);
	snprintf(want, sizeof(want), "{\"error\":\"absent\",\"reason\":\"culvertd is not running: nobody "
		 "answers on %s; start it by \\\"systemctl start culvertd\\\"\",\"status\":3}\n", path);
	assert_string_equal(out, want);
	run("-j session list usr x", NULL);
	assert_string_equal(out, "{\"error\":\"usage\",\"reason\":\"session list has \\\"usr\\\"; did you "
				 "mean \\\"user\\\"?\",\"status\":2}\n");
	assert_int_equal(status, 2);
	run("-j --loud status", NULL);
	assert_string_equal(out, "{\"error\":\"usage\",\"reason\":\"unknown option \\\"--loud\\\"\","
				 "\"status\":2}\n");
	run("-j session kill user x", (const char * const[]){ REPLY("{\"killed\":0}"), NULL });
	assert_string_equal(out, "{\"error\":\"failed\",\"reason\":\"user \\\"x\\\" has no session\","
				 "\"status\":1}\n");
	run("-j session list", (const char * const[]){ MORE("{\"sessions\":[{\"id\":1}]}"), NULL });
	assert_ptr_equal(strstr(out, "[{\"id\":1}\n{\"error\":\"absent\","), out);
	/* what is said beside a result is in the result */
	run("-j reload", (const char * const[]){
		REPLY("{\"reloaded\":false,\"errors\":[\"c:1: bad\"],\"warnings\":[]}"), NULL });
	assert_string_equal(out, "{\"reloaded\":false,\"errors\":[\"c:1: bad\"],\"warnings\":[]}\n");
	assert_int_equal(status, 2);
}

static void what_is_said_is_shown_as_it_comes(void **state)
{
	static const char * const answers[] = {
		MORE("{\"session\":7}")
		MORE("{\"line\":{\"time_us\":1000001,\"direction\":\"received\",\"protocol\":\"LCP\","
		     "\"fields\":[],\"text\":\"LCP Terminate-Ack id 1\"}}")
		MORE("{\"lost\":3}")
		MORE("{\"line\":{\"time_us\":2000000,\"protocol\":\"session\",\"fields\":[],"
		     "\"text\":\"x\\u001b[m\"}}")
		REPLY("{\"ended\":\"closed by the peer\"}"), NULL,
	};

	setenv("TZ", "UTC", 1);
	run("session trace 7", answers);
	assert_string_equal(asked, "{\"method\":\"org.culvert.Trace.Trace\",\"parameters\":{\"id\":7},"
			    "\"more\":true}\n");
	assert_string_equal(out, "00:00:01.000001 received LCP Terminate-Ack id 1\n"
			    "00:00:02.000000          x\\x1b[m\n"
			    "ended: closed by the peer\n");
	assert_string_equal(err, "pppctl: 3 lines were not seen here, since they were not read in time\n");
	assert_int_equal(status, 0);
	run("-j session trace user alice", (const char * const[]){
		MORE("{}") MORE("{\"line\":{\"text\":\"x\"}}") REPLY("{\"ended\":\"y\"}"), NULL });
	assert_string_equal(out, "{\"text\":\"x\"}\n");
	assert_non_null(strstr(asked, "{\"user\":\"alice\"}"));
	run("session trace next-from 192.0.2.9", (const char * const[]){ REPLY("{}"), NULL });
	assert_non_null(strstr(asked, "{\"from\":\"192.0.2.9\"}"));
}

/*
 * pppctl knows the daemon's names of events: where traffic begins it shows address and interface,
 * and at the end of a session the totals.
 */
static void events_have_details(void **state)
{
	for (enum event_type type = EVENT_STARTING; type <= EVENT_DOWN; type++) {
		char answer[2048];

		snprintf(answer, sizeof(answer), MORE("{}")
			 EVENT("{\"type\":\"%s\",\"session\":%s}"), event_name(type), ALICE);
		run("monitor --no-reconnect", (const char * const[]){ answer, NULL });
		assert_int_equal(!!strstr(out, "10.99.0.10 ppp0 MPPE"),
				 type == EVENT_UP || type == EVENT_RESUMED);
		assert_int_equal(!!strstr(out, "ppp0, up 5m12s"), type == EVENT_DOWN);
	}
}

/* The daemon sorts them, and has the rates; the first reading is not shown. */
static void the_busiest_come_first(void **state)
{
	static const char * const answers[] = {
		REPLY("{\"sessions\":[{\"id\":9}],\"matched\":9,\"rx_bit_s\":9,\"tx_bit_s\":9}"),
		REPLY("{\"sessions\":[{\"id\":2,\"user\":\"alice\",\"remote_address\":\"10.99.0.10\","
		      "\"interface\":\"ppp0\",\"rx_bit_s\":1500,\"tx_bit_s\":0,\"idle_s\":3},{\"id\":1}],"
		      "\"matched\":70,\"rx_bit_s\":1500,\"tx_bit_s\":20000000}"), NULL,
	};

	run("top interval 0 count 1", answers);
	assert_string_equal(out,
		"sessions: 70, receiving 1.5kbit/s, sending 20Mbit/s\n"
		"ID  USER   REMOTE      INTERFACE  RX BIT/S  TX BIT/S  IDLE\n"
		" 2  alice  10.99.0.10  ppp0           1.5k         0    3s\n"
		" 1  -      -           -                 0         0    0s\n");
	assert_int_equal(status, 0);
	assert_non_null(strstr(asked, "\"sort\":\"-bit_s\",\"limit\":2147483647,"));
}

#define READING(id, user)								\
	REPLY("{\"sessions\":[{\"id\":" id ",\"user\":\"" user "\",\"rx_bit_s\":1500,"		\
	      "\"tx_bit_s\":0}],\"matched\":70,\"rx_bit_s\":1500,\"tx_bit_s\":20000000}")

/*
 * On a terminal top draws, sorts, filters, shows one session, asks before it ends it, and asks the
 * daemon for as many sessions as there is room for.
 */
static void top_has_a_screen(void **state)
{
	static const char * const answers[] = {
		READING("1", "before"), READING("2", "alice"), READING("3", "sorted"),
		READING("4", "only"), READING("4", "only"), SESSION(ALICE), REPLY("{\"killed\":1}"), NULL,
	};

	columns = 100;
	typed = "sfuser x\r\rKyqq";
	run("top server office", answers);
	columns = 0;
	typed = NULL;
	assert_non_null(strstr(out, "sessions: 70, receiving 1.5kbit/s, sending 20Mbit/s, by -rate"));
	assert_non_null(strstr(out, "alice"));
	assert_non_null(strstr(out, "sorted"));
	assert_non_null(strstr(out, "session 4"));
	assert_non_null(strstr(out, "192.0.2.10"));
	assert_non_null(strstr(out, "end session 4? (y/n)"));
	assert_non_null(strstr(asked, "\"sort\":\"-bit_s\",\"limit\":21,"));
	assert_non_null(strstr(asked, "\"sort\":\"-rx_bit_s\",\"limit\":21,"));
	assert_non_null(strstr(asked, "\"filter\":{\"server\":\"office\"}"));
	assert_non_null(strstr(asked, "\"filter\":{\"user\":\"x\"}"));
	assert_non_null(strstr(asked, "{\"method\":\"org.culvert.Session.Show\",\"parameters\":{\"id\":4}}"));
	assert_non_null(strstr(asked, "{\"method\":\"org.culvert.Session.Kill\",\"parameters\":{\"id\":4}}"));
	assert_string_equal(err, "");
	assert_int_equal(status, 0);
}

static void a_reload_says_what_is_wrong(void **state)
{
	run("reload", (const char * const[]){
		REPLY("{\"reloaded\":true,\"errors\":[],\"warnings\":[\"c:3: careful\"]}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Daemon.Reload\"}\n");
	assert_string_equal(err, "pppctl: warning: c:3: careful\n");
	assert_string_equal(out, "");
	assert_int_equal(status, 0);
	run("reload", (const char * const[]){
		REPLY("{\"reloaded\":false,\"errors\":[\"c:1: bad\",\"c:2: worse\"],"
		   "\"warnings\":[]}"), NULL });
	assert_string_equal(err, "pppctl: c:1: bad\npppctl: c:2: worse\n"
			    "pppctl: culvertd goes on with the configuration that it had\n");
	assert_int_equal(status, 2);
}

static void wrong_words_are_explained(void **state)
{
	static const char * const wrong[][2] = {
		{ "sesion list", "there is no command \"sesion list\"; did you mean "
		  "\"session list\"?" },
		{ "statsu", "there is no command \"statsu\"; did you mean \"status\"?" },
		{ "session lsit user x", "there is no command \"session lsit\"; did you mean "
		  "\"session list\"?" },
		{ "se sohw 1", "there is no command \"session sohw\"; did you mean \"session show\"?" },
		{ "kernel session watch", "there is no command \"kernel session watch\"; kernel session "
		  "can be followed by list, show, monitor" },
		{ "kernel sesion list", "there is no command \"kernel sesion\"; did you mean "
		  "\"kernel session\"?" },
		{ "ban", "ban has to be followed by list, add, remove" },
		{ "session dance", "there is no command \"session dance\"; session can be followed by "
		  "list, show, stats, set, kill, trace, capture" },
		{ "dance", "there is no command \"dance\"" },
		{ "--loud status", "unknown option \"--loud\"" },
		{ "status now", "status takes no arguments; there is \"now\"" },
		{ "session trace", "session trace needs the number of a session, or user and a name, or "
		  "next-from and an address" },
		{ "session trace x", "\"x\" is not the number of a session; \"pppctl session list\" shows "
		  "them" },
		{ "session capture", "session capture needs the number of a session, or user and a "
		  "name, or next-from and an address" },
		{ "session capture next-from 192.0.2.1", "session capture needs a file: -w FILE" },
		{ "-w x session capture next-from 2001:db8::1", "next-from needs an address or a network, "
		  "as 192.0.2.0/24; there is \"2001:db8::1\"" },
		{ "monitor x", "monitor takes no arguments; there is \"x\"" },
		{ "top fast 3", "top has \"fast\": expected user, role, server, client, peer, address, "
		  "interface, state, search, idle, uptime, rate, interval or count" },
		{ "top interval x", "interval has to be followed by a number up to 86400" },
		{ "top count 0", "count has to be followed by a number up to 86400" },
		{ "monitr", "there is no command \"monitr\"; did you mean \"monitor\"?" },
		{ "status --no-reconnect", "--no-reconnect is of no use to status" },
		{ "status --wait", "--wait is of no use to status" },
		{ "client up hq --password-fd 3", "--password-fd is of no use to client up" },
		{ "client add hq", "client add needs a name and options of a section \"client\"" },
		{ "client add hq server", "client add has \"server\": expected an option of culvert.conf, = and "
		  "a value" },
		{ "client add hq mtu=1 mtu=2", "client add has mtu twice" },
		{ "client remove", "client remove needs the name of a client" },
		{ "-j top", "top is for eyes; \"pppctl -j session list\" has the counters" },
		{ "reload now", "reload takes no arguments; there is \"now\"" },
		{ "config check a b", "config check takes one file; there is \"b\"" },
		{ "token", "token needs a name" },
		{ "token a/b", "the name of a token has at most 32 letters, digits and ._-@" },
		{ "token alice all", "\"all\" is no right: expected read, write or capture" },
		{ "hash clientPass", "hash takes no arguments: it reads the password from the "
		  "terminal or from standard input" },
		{ "session show", "session show needs the number of a session" },
		{ "session show x", "\"x\" is not the number of a session; \"pppctl session list\" "
		  "shows them" },
		{ "session show -- -1", "\"-1\" is not the number of a session; \"pppctl session "
		  "list\" shows them" },
		{ "session kill", "session kill needs the number of a session, a filter, or all" },
		{ "session kill all user x", "all are all: nothing can follow, and there is \"user\"" },
		{ "session kill alice", "session kill has \"alice\": expected user, role, server, client, "
		  "peer, address, interface, state, search, idle, uptime, rate, all or the number of a session" },
		{ "session kill user x sort id", "session kill has \"sort\": expected user, role, server, "
		  "client, peer, address, interface, state, search, idle, uptime, rate, all or the number of a "
		  "session" },
		{ "session kill 4 x", "\"x\" is not the number of a session; \"pppctl session list\" "
		  "shows them" },
		{ "session list --dry-run", "--dry-run is of no use to session list" },
		{ "session set", "session set needs the number of a session, and what it is to "
		  "have" },
		{ "session set x rate-up=1", "\"x\" is not the number of a session; \"pppctl "
		  "session list\" shows them" },
		{ "session set 4 rate-up", "session set has \"rate-up\": expected a name, = and a "
		  "value" },
		{ "session kill user", "user has to be followed by a name" },
		{ "session list colour", "session list has \"colour\": expected user, role, server, "
		  "client, peer, address, interface, state, search, idle, uptime, rate, sort or limit" },
		{ "session list usr alice", "session list has \"usr\"; did you mean \"user\"?" },
		{ "session list limt 3", "session list has \"limt\"; did you mean \"limit\"?" },
		{ "session list user", "user has to be followed by a name" },
		{ "session list idle long", "idle has to be followed by a time in seconds, or as 5m, "
		  "2h or 1d" },
		{ "session list idle 5k", "idle has to be followed by a time in seconds, or as 5m, "
		  "2h or 1d" },
		{ "session list idle m", "idle has to be followed by a time in seconds, or as 5m, "
		  "2h or 1d" },
		{ "session list rate 5m", "rate has to be followed by a rate in bit/s, or as 512k, "
		  "20M or 1G" },
		{ "session list rate 9223372036854775807k", "rate has to be followed by a rate in "
		  "bit/s, or as 512k, 20M or 1G" },
		{ "session list limit 0", "limit has to be followed by a number from 1" },
		{ "session list limit", "limit has to be followed by a number from 1" },
		{ "session list sort", "sort has to be followed by a column, with - before it for "
		  "the largest first" },
		{ "session list sort mppe", "sessions cannot be sorted by \"mppe\"; \"-o help\" "
		  "shows by what they can" },
		{ "session list sort -uptim", "there is no column \"uptim\"; did you mean "
		  "\"uptime\"?" },
		{ "session list -o user,adress", "there is no column \"adress\"; \"-o help\" shows "
		  "all" },
		{ "session list -o remoet", "there is no column \"remoet\"; did you mean "
		  "\"remote\"?" },
		{ "session list --columns=", "-o has to be followed by columns; \"-o help\" shows "
		  "all" },
		{ "config show server office x", "config show takes all, a kind of section, and a name; "
		  "there is \"x\"" },
		{ "config diff x", "config diff takes no arguments; there is \"x\"" },
		{ "config dump-defaults x", "config dump-defaults takes no arguments; there is \"x\"" },
		{ "log set", "log set has no level: expected user, session, peer, server or client and a "
		  "value, or the level error, warning, notice, info or debug" },
		{ "log set user alice loud", "log set has \"loud\": expected user, session, peer, server or "
		  "client and a value, or the level error, warning, notice, info or debug" },
		{ "log set session x debug", "\"x\" is not the number of a session; \"pppctl session "
		  "list\" shows them" },
		{ "log set debug for ever", "for has to be followed by a time in seconds, or as 5m, 2h or "
		  "1d" },
		{ "log set debug 5", "the level can be followed by \"for\" and a time alone" },
		{ "log unset user", "user has to be followed by a name" },
		{ "log unset alice", "log unset has \"alice\": expected user, session, peer, server or "
		  "client and a value, or all alone" },
		{ "session stats", "session stats needs the number of a session, a filter, or all" },
		{ "session stats 7 8", "session stats has \"8\": expected user, role, server, client, "
		  "peer, address, interface, state, search, idle, uptime, rate, all, interval, count or the "
		  "number of a session" },
		{ "session stats all interval 0", "what is told by the second needs an interval of one at "
		  "least" },
		{ "user list sort peers", "users cannot be sorted by \"peers\": expected user, sessions, "
		  "uptime, idle, rx, tx, rx-rate, tx-rate or rate, with - before it for the largest "
		  "first" },
		{ "user show", "user show needs the name of a user" },
		{ "user kill", "user kill needs the name of a user" },
		{ "-o user client list", "-o is of no use to client list" },
	};

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		char want[256];

		run(wrong[i][0], NULL);
		snprintf(want, sizeof(want), "pppctl: %s\nTry \"pppctl --help\".\n", wrong[i][1]);
		assert_string_equal(err, want);
		assert_string_equal(strncmp(wrong[i][0], "-j", 2) ? out : "", "");
		assert_int_equal(status, 2);
	}
}

static void help_is_no_error(void **state)
{
	run("--help", NULL);
	assert_int_equal(strncmp(out, "usage: pppctl [OPTIONS] COMMAND\n", 32), 0);
	assert_int_equal(status, 0);
	run("", NULL);
	assert_int_equal(status, 2);
	run("--version", NULL);
	assert_int_equal(strncmp(out, "pppctl ", 7), 0);
	assert_int_equal(status, 0);
}

static void no_daemon_is_said_plainly(void **state)
{
	char want[512];

	run("status", NULL);
	snprintf(want, sizeof(want), "pppctl: culvertd is not running: nobody answers on %s; "
		 "start it by \"systemctl start culvertd\"\n", path);
	assert_string_equal(err, want);
	assert_int_equal(status, 3);
	/* a daemon that has ended and left its socket behind */
	close(listen_on_path());
	run("session list", (const char * const[]){ NULL });
	assert_string_equal(err, want);
	assert_int_equal(status, 3);
}

static void broken_answers_are_no_success(void **state)
{
	run("status", (const char * const[]){ "", NULL });
	assert_int_equal(strncmp(err, "pppctl: culvertd broke off: ", 28), 0);
	assert_int_equal(status, 3);
	run("status", (const char * const[]){ "hello\n", NULL });
	assert_string_equal(err, "pppctl: culvertd answers something that is not JSON\n");
	assert_int_equal(status, 3);
	run("status", (const char * const[]){ "{}\n", NULL });
	assert_string_equal(err, "pppctl: culvertd refuses, and does not say why\n");
	assert_int_equal(status, 1);
	run("client show hq", (const char * const[]){ REPLY("{}"), NULL });
	assert_string_equal(err, "pppctl: culvertd answers without \"client\"\n");
	assert_int_equal(status, 1);
	run("session list", (const char * const[]){ SESSIONS("[7,null,{}]"), NULL });
	assert_int_equal(status, 0);
}

static void errors_are_put_in_words(void **state)
{
	static const char * const errors[][2] = {
		{ FAULT("org.culvert.NotFound", "{\"what\":\"session\",\"name\":\"7\"}"),
		  "there is no session 7" },
		{ FAULT("org.culvert.NotFound", "{\"what\":\"client\",\"name\":\"hq\"}"),
		  "there is no client \"hq\"" },
		{ REFUSED("\"too late\""), "too late" },
		{ FAULT("org.varlink.service.InvalidParameter",
			"{\"parameter\":\"id\",\"reason\":\"\\\"id\\\": expected a whole number\"}"),
		  "\"id\": expected a whole number" },
		{ FAULT("org.varlink.service.PermissionDenied", "{}"),
		  "you may not do that: culvert.conf says in control { } who may" },
		{ FAULT("org.varlink.service.MethodNotFound", "{\"method\":\"x\"}"),
		  "culvertd does not know that: it is of another version than pppctl" },
		{ FAULT("org.varlink.service.ExpectedMore", "{}"),
		  "culvertd refuses, and does not say why: org.varlink.service.ExpectedMore" },
	};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		char want[256];

		run("status", (const char * const[]){ errors[i][0], NULL });
		snprintf(want, sizeof(want), "pppctl: %s\n", errors[i][1]);
		assert_string_equal(err, want);
		assert_int_equal(status, 1);
	}
}

/* After an upgrade the old daemon runs until it is started again. */
static void an_earlier_daemon_is_recognised(void **state)
{
	run("status", (const char * const[]){
		EARLIER "false,\"error\":\"a request is an object with a string \\\"cmd\\\"\"}\n", NULL });
	assert_non_null(strstr(err, "is of an earlier version than pppctl"));
	assert_int_equal(status, 3);
}

/* A list may come in several replies. */
static void lists_come_in_pieces(void **state)
{
	run("-j session list", (const char * const[]){
		MORE("{\"sessions\":[{\"id\":1},{\"id\":2}]}") MORE("{\"sessions\":[]}")
		SESSIONS("[{\"id\":3}]"), NULL });
	assert_string_equal(out, "[{\"id\":1},{\"id\":2},{\"id\":3}]\n");
	assert_int_equal(status, 0);
	/* nothing is shown of one that breaks off */
	run("-br session list", (const char * const[]){ MORE("{\"sessions\":[{\"id\":1}]}"), NULL });
	assert_string_equal(out, "");
	assert_int_equal(status, 3);
}

static bool belongs_to_a_word(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.';
}

static void is_described(const char *page, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = page; (p = strstr(p, word)); p++)
		if (!belongs_to_a_word(p[-1]) && !belongs_to_a_word(p[len]))
			return;
	fail_msg("\"%s\" is not described", word);
}

static void add_file(char *text, size_t size, const char *name)
{
	FILE *f = fopen(name, "r");
	size_t len = strlen(text);

	assert_non_null(f);
	assert_true(fread(text + len, 1, size - 1 - len, f) > 0);
	fclose(f);
}

/* Programs depend on the words in the JSON: the descriptions have to list all words of the daemon. */
static void the_descriptions_have_all_words(void **state)
{
	static char page[65536];

	add_file(page, sizeof(page), "../daemon/control/varlink/org.culvert.Session.varlink");
	add_file(page, sizeof(page), "../daemon/control/varlink/org.culvert.Client.varlink");
	for (enum dialer_state s = DIALER_DOWN; s <= DIALER_WAITING; s++)
		is_described(page, dialer_state_name(s));
	for (enum dialer_end end = DIALER_END_TEMPORARY; end <= DIALER_END_IDLE; end++)
		is_described(page, dialer_end_name(end));
	for (enum event_type type = EVENT_STARTING; type <= EVENT_DOWN; type++)
		is_described(page, event_name(type));
	for (int cause = EVENT_CAUSE_NONE + 1; cause <= EVENT_CAUSE_LOGIN_FAILED; cause++)
		if (*event_cause_name(cause))
			is_described(page, event_cause_name(cause));
}

/* Run pppctl with @text on standard input. */
static void feed(const char *text, const char *words, const char * const answers[])
{
	int fd[2], saved = dup(STDIN_FILENO);

	assert_int_equal(pipe(fd), 0);
	assert_int_equal(write(fd[1], text, strlen(text)), strlen(text));
	close(fd[1]);
	assert_int_equal(dup2(fd[0], STDIN_FILENO), STDIN_FILENO);
	close(fd[0]);
	run(words, answers);
	assert_int_equal(dup2(saved, STDIN_FILENO), STDIN_FILENO);
	close(saved);
}

#define MADE(state, failure)							\
	"{\"client\":{\"name\":\"hq\",\"origin\":\"run-time\",\"state\":\"" state "\","	\
	"\"failed_step\":\"login\",\"failure\":\"" failure "\"}}"
#define TOLD(state, failure) "{\"parameters\":" MADE(state, failure) ",\"continues\":true}\n"
#define ADDED(more)								\
	"{\"method\":\"org.culvert.Client.Add\",\"parameters\":{\"name\":\"hq\",\"options\":"	\
	"{\"server\":\"192.0.2.1\",\"routes\":\"10.0.0.0/8,10=x\"},\"password\":\"wonder land\"}" more "}\n"

static void clients_are_made(void **state)
{
	static const char add[] = "client add hq server=192.0.2.1 routes=10.0.0.0/8,10=x";
	char words[128];

	feed("wonder land\nmore", add, (const char * const[]){ REPLY(MADE("dialing", "")), NULL });
	assert_string_equal(asked, ADDED(""));
	assert_string_equal(out, "");
	assert_int_equal(status, 0);
	snprintf(words, sizeof(words), "%s --password-fd 0 --wait", add);
	feed("wonder land\n", words, (const char * const[]){ TOLD("dialing", "") TOLD("up", ""), NULL });
	assert_string_equal(asked, ADDED(",\"more\":true"));
	assert_int_equal(status, 0);
	snprintf(words, sizeof(words), "%s --wait", add);
	feed("wonder land\n", words, (const char * const[]){
		TOLD("dialing", "") TOLD("waiting", "wrong password"), NULL });
	assert_string_equal(err, "pppctl: login failed: wrong password\n");
	assert_int_equal(status, 1);
	feed("wonder land\n", words, (const char * const[]){
		TOLD("dialing", "") REPLY("{\"removed\":true}"), NULL });
	assert_string_equal(err, "pppctl: the client was removed meanwhile\n");
	assert_int_equal(status, 1);
	/* who is to listen is down until it has its interface; down for good is who was told to be */
	snprintf(words, sizeof(words), "-j %s connect=demand --wait", add);
	feed("wonder land\n", words, (const char * const[]){
		TOLD("down", "") TOLD("listening", ""), NULL });
	assert_non_null(strstr(out, "\"listening\""));
	assert_int_equal(status, 0);
	feed("wonder land\n", words, (const char * const[]){
		TOLD("down", "") TOLD("dialing", "") TOLD("down", "") TOLD("up", ""), NULL });
	assert_non_null(strstr(out, "\"down\""));
	snprintf(words, sizeof(words), "-j %s connect=manual --wait", add);
	feed("wonder land\n", words, (const char * const[]){
		TOLD("down", "") TOLD("dialing", ""), NULL });
	assert_non_null(strstr(out, "\"down\""));
	assert_int_equal(status, 0);
	/* no password is read where none is needed */
	feed("", "-j client add hq server=s auth=none mppe=off", (const char * const[]){
		REPLY(MADE("dialing", "")), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Client.Add\",\"parameters\":{\"name\":\"hq\","
			    "\"options\":{\"server\":\"s\",\"auth\":\"none\",\"mppe\":\"off\"}}}\n");
	assert_int_equal(status, 0);
	feed("", add, NULL);
	assert_string_equal(err, "pppctl: there is no password\n");
	assert_int_equal(status, 2);
	run("client remove hq", (const char * const[]){ REPLY("{}"), NULL });
	assert_string_equal(asked, "{\"method\":\"org.culvert.Client.Remove\",\"parameters\":{\"name\":\"hq\"}}\n");
	assert_int_equal(status, 0);
}

/* What is printed can be put into the file as it is, and never has the token. */
static void tokens_are_made(void **state)
{
	char token[64], hash[80], name[48];
	const char *shown;

	run("token alice", NULL);
	assert_int_equal(status, 0);
	assert_int_equal(sscanf(out, "alice read %64[0-9a-f]", hash), 1);
	assert_int_equal(strlen(out), strlen("alice read \n") + 64);
	shown = strstr(err, "once: ");
	assert_non_null(shown);
	assert_int_equal(sscanf(shown, "once: %63[A-Za-z0-9_-]", token), 1);
	assert_int_equal(strlen(token), 32);
	assert_null(strstr(out, token));
	run("token alice", NULL);
	assert_null(strstr(err, token));
	run("token a.b capture write write", NULL);
	assert_int_equal(sscanf(out, "a.b write,capture %64[0-9a-f]", hash), 1);
	run("-j token bob read", NULL);
	assert_int_equal(sscanf(out, "{\"name\":\"bob\",\"rights\":\"read\",\"line\":\"bob read %64[0-9a-f]\"",
				hash), 1);
	assert_non_null(strstr(out, "\"token\":\""));
	assert_string_equal(err, "");
	snprintf(name, sizeof(name), "token %033d", 0);
	run(name, NULL);
	assert_int_equal(status, 2);
	assert_string_equal(out, "");
}

/* RFC 2759 section 9.2 */
static void hashes_of_passwords(void **state)
{
	static const char * const wrong[][2] = {
		{ "", "pppctl: there is no password\n" },
		{ "\n", "pppctl: a password has at least one character, and no control "
		  "characters\n" },
		{ "a\tb\n", "pppctl: a password has at least one character, and no control "
		  "characters\n" },
	};
	char longest[260] = "";

	feed("clientPass\nanother\n", "hash", NULL);
	assert_int_equal(status, 0);
	assert_string_equal(out, "{NT}44ebba8d5312b8d611474411f56989ae\n");
	feed("clientPass\r\n", "hash", NULL);
	assert_string_equal(out, "{NT}44ebba8d5312b8d611474411f56989ae\n");
	feed("clientPass", "hash", NULL);
	assert_string_equal(out, "{NT}44ebba8d5312b8d611474411f56989ae\n");
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		feed(wrong[i][0], "hash", NULL);
		assert_int_equal(status, 2);
		assert_string_equal(out, "");
		assert_string_equal(err, wrong[i][1]);
	}
	memset(longest, 'x', 257);
	feed(longest, "hash", NULL);
	assert_int_equal(status, 2);
	assert_string_equal(err, "pppctl: a password has at most 256 characters\n");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_are_listed_in_columns),
		cmocka_unit_test(options_may_stand_anywhere),
		cmocka_unit_test(lists_can_be_narrowed),
		cmocka_unit_test(lists_are_filtered_and_sorted),
		cmocka_unit_test(columns_can_be_chosen),
		cmocka_unit_test(tables_fit_the_terminal),
		cmocka_unit_test(commands_can_be_shortened),
		cmocka_unit_test(names_cannot_harm_the_terminal),
		cmocka_unit_test(colours_only_where_wanted),
		cmocka_unit_test(statistics_are_numbers),
		cmocka_unit_test(statistics_are_no_socket),
		cmocka_unit_test(a_session_is_shown_whole),
		cmocka_unit_test(what_was_granted_is_shown),
		cmocka_unit_test(hashes_of_passwords),
		cmocka_unit_test(clients_are_made),
		cmocka_unit_test(tokens_are_made),
		cmocka_unit_test(the_worst_result_counts),
		cmocka_unit_test(sessions_are_killed),
		cmocka_unit_test(sessions_are_killed_by_a_filter),
		cmocka_unit_test(sessions_can_be_looked_at_before_they_are_killed),
		cmocka_unit_test(clients_are_listed),
		cmocka_unit_test(clients_are_shown),
		cmocka_unit_test(what_follows_a_failure_is_told),
		cmocka_unit_test(states_of_clients_have_colours),
		cmocka_unit_test(kinds_of_failures_are_known),
		cmocka_unit_test(records_of_sessions),
		cmocka_unit_test(bans_are_listed),
		cmocka_unit_test(bans_are_added_and_removed),
		cmocka_unit_test(pools_are_listed),
		cmocka_unit_test(radius_servers_are_listed),
		cmocka_unit_test(databases_are_listed),
		cmocka_unit_test(radius_servers_are_shown),
		cmocka_unit_test(clients_dial_and_hang_up),
		cmocka_unit_test(servers_are_drained),
		cmocka_unit_test(sessions_are_set),
		cmocka_unit_test(levels_are_set),
		cmocka_unit_test(counters_are_added_up),
		cmocka_unit_test(the_configuration_is_shown),
		cmocka_unit_test(changes_of_the_configuration_are_told),
		cmocka_unit_test(users_are_listed),
		cmocka_unit_test(a_user_is_shown),
		cmocka_unit_test(users_are_killed),
		cmocka_unit_test(status_tells_of_addresses_that_are_absent),
		cmocka_unit_test(status_tells_of_servers_and_pools),
		cmocka_unit_test(events_are_shown_as_they_come),
		cmocka_unit_test(what_is_said_is_shown_as_it_comes),
		cmocka_unit_test(events_go_on_with_the_next_daemon),
		cmocka_unit_test(failures_are_json),
		cmocka_unit_test(events_have_details),
		cmocka_unit_test(the_descriptions_have_all_words),
		cmocka_unit_test(the_busiest_come_first),
		cmocka_unit_test(top_has_a_screen),
		cmocka_unit_test(a_reload_says_what_is_wrong),
		cmocka_unit_test(wrong_words_are_explained),
		cmocka_unit_test(help_is_no_error),
		cmocka_unit_test(no_daemon_is_said_plainly),
		cmocka_unit_test(broken_answers_are_no_success),
		cmocka_unit_test(errors_are_put_in_words),
		cmocka_unit_test(an_earlier_daemon_is_recognised),
		cmocka_unit_test(lists_come_in_pieces),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
