// SPDX-License-Identifier: GPL-2.0-only
/* What the host is like. What cannot be found out counts as absent. */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <glob.h>
#include <ifaddrs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "init.h"
#include "init/nftables.h"

static bool exists(const char *path)
{
	struct stat st;

	/* A symbolic link counts, wherever it leads to: a unit that is enabled is one. */
	return !lstat(path, &st);
}

static bool exists_any(const char *pattern)
{
	glob_t found;
	const bool any = !glob(pattern, 0, NULL, &found);

	globfree(&found);
	return any;
}

/* Returns true if a line of the file, without blanks at its beginning, begins with @start. */
static bool has_line(const char *path, const char *start)
{
	char *text = init_read_file(path), *line = text;
	bool found = false;

	while (line && *line && !found) {
		line += strspn(line, " \t");
		found = !strncmp(line, start, strlen(start));
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	free(text);
	return found;
}

static bool has_text(const char *path, const char *what)
{
	char *text = init_read_file(path);
	const bool found = text && strstr(text, what);

	free(text);
	return found;
}

/* ---- network ---- */

static unsigned int length_of(uint32_t mask)
{
	return (unsigned int)__builtin_popcount(mask);
}

size_t init_read_routes(const char *text, struct init_network *networks, size_t max,
			char outer[IF_NAMESIZE])
{
	size_t n = 0;

	/* Numbers are in network order, as this processor reads them. The first line is a heading. */
	for (text = strchr(text, '\n'); text && n < max; text = strchr(text + 1, '\n')) {
		struct init_network *network = &networks[n];
		unsigned int destination, flags, mask;

		if (sscanf(text + 1, "%15s %x %*x %x %*d %*d %*d %x", network->interface, &destination,
			   &flags, &mask) != 4)
			continue;
		network->prefix = (struct ip_prefix){
			.address = ip_from_v4((struct in_addr){ destination }),
			.length = (uint8_t)length_of(mask),
		};
		if (!mask && !*outer)
			memcpy(outer, network->interface, IF_NAMESIZE);
		n++;
	}
	return n;
}

static void gather_addresses(struct init_facts *f)
{
	struct ifaddrs *all = NULL;

	getifaddrs(&all);
	for (const struct ifaddrs *i = all; i && f->n_networks < INIT_NETWORKS_MAX;
	     i = i->ifa_next) {
		struct init_network *network = &f->networks[f->n_networks];

		if (!i->ifa_addr || i->ifa_addr->sa_family != AF_INET || !i->ifa_netmask)
			continue;
		network->prefix.address = ip_from_sockaddr(i->ifa_addr);
		network->prefix.length = (uint8_t)length_of(
			((struct sockaddr_in *)(void *)i->ifa_netmask)->sin_addr.s_addr);
		snprintf(network->interface, sizeof(network->interface), "%s", i->ifa_name);
		f->n_networks++;
	}
	freeifaddrs(all);
}

/* The address by which others know this host: that of the default route, or any. */
static void choose_outer(struct init_facts *f)
{
	for (size_t i = 0; i < f->n_networks && !ip_is_set(f->outer); i++) {
		const struct init_network *network = &f->networks[i];

		if (ip_is_unicast(network->prefix.address) &&
		    (!*f->outer_interface || !strcmp(network->interface, f->outer_interface)))
			f->outer = network->prefix.address;
	}
}

static void gather_network(struct init_facts *f)
{
	char *routes = init_read_file("/proc/net/route");
	char *forward = init_read_file("/proc/sys/net/ipv4/ip_forward");
	size_t n;

	gather_addresses(f);
	n = f->n_networks;
	if (routes)
		f->n_networks += init_read_routes(routes, f->networks + n, INIT_NETWORKS_MAX - n,
						  f->outer_interface);
	choose_outer(f);
	f->forwarding = forward && *forward != '0';
	free(forward);
	free(routes);
}

/* ---- kernel ---- */

static bool secure_boot(void)
{
	FILE *file = fopen("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
			   "r");
	uint8_t octets[5] = { 0 };	/* four of attributes, and the value */

	if (!file)
		return false;
	if (fread(octets, 1, sizeof(octets), file) != sizeof(octets))
		octets[4] = 0;
	fclose(file);
	return octets[4] == 1;
}

static void gather_kernel(struct init_facts *f)
{
	struct utsname names;
	char path[128];

	uname(&names);
	snprintf(f->release, sizeof(f->release), "%s", names.release);
	f->pptp_loaded = exists("/sys/module/pptp");
	f->culvert_loaded = exists("/sys/module/culvert");
	snprintf(path, sizeof(path), "/lib/modules/%s/modules.dep", f->release);
	f->culvert_available = f->culvert_loaded || has_text(path, "/culvert.ko");
	f->dkms_sources = exists("/usr/src/culvert-" CULVERT_VERSION "/dkms.conf");
	snprintf(path, sizeof(path), "/lib/modules/%s/build/Makefile", f->release);
	f->headers = exists_any(path);
	f->secure_boot = secure_boot();
	f->debian = exists("/etc/debian_version");
}

/* ---- service ---- */

unsigned long init_read_listener(const char *text, uint16_t port)
{
	for (text = strchr(text, '\n'); text; text = strchr(text + 1, '\n')) {
		unsigned int local, state;
		unsigned long inode;

		/* State 0A is that of a listener. */
		if (sscanf(text + 1, " %*d: %*[0-9A-F]:%x %*[0-9A-F]:%*x %x %*x:%*x %*x:%*x %*x %*u %*u %lu",
			   &local, &state, &inode) == 3 && local == port && state == 0x0a)
			return inode;
	}
	return 0;
}

/* Returns true if one of the descriptors of a process is that socket. */
static bool has_socket(const char *pid, const char *socket)
{
	char path[600], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *folder;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	folder = opendir(path);
	while (folder && !found && (entry = readdir(folder))) {
		ssize_t len;

		snprintf(path, sizeof(path), "/proc/%s/fd/%s", pid, entry->d_name);
		len = readlink(path, target, sizeof(target) - 1);
		target[len > 0 ? len : 0] = '\0';
		found = !strcmp(target, socket);
	}
	if (folder)
		closedir(folder);
	return found;
}

static void name_process(const char *pid, char name[64])
{
	char path[300], *comm;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	comm = init_read_file(path);
	if (comm)
		snprintf(name, 64, "%.*s", (int)strcspn(comm, "\n"), comm);
	free(comm);
}

/* Write the name of the program that has this socket. */
static void find_owner(unsigned long inode, char name[64])
{
	struct dirent *entry;
	char socket[48];
	DIR *folder = opendir("/proc");

	snprintf(name, 64, "another program");
	snprintf(socket, sizeof(socket), "socket:[%lu]", inode);
	while (folder && (entry = readdir(folder))) {
		if (isdigit((unsigned char)entry->d_name[0]) && has_socket(entry->d_name, socket)) {
			name_process(entry->d_name, name);
			break;
		}
	}
	if (folder)
		closedir(folder);
}

static void gather_port(struct init_facts *f)
{
	static const char * const tables[] = { "/proc/net/tcp", "/proc/net/tcp6" };

	for (size_t i = 0; i < 2 && !*f->port_taken_by; i++) {
		char *text = init_read_file(tables[i]);
		const unsigned long inode = text ? init_read_listener(text, INIT_PORT) : 0;

		if (inode)
			find_owner(inode, f->port_taken_by);
		free(text);
	}
}

/* Returns true if somebody accepts connections on the daemon's socket. */
static bool daemon_runs(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool runs;

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	runs = fd >= 0 && (!connect(fd, (struct sockaddr *)&address, sizeof(address)) ||
			   errno == EAGAIN);
	if (fd >= 0)
		close(fd);
	return runs;
}

static void gather_service(struct init_facts *f, const char *socket)
{
	f->daemon_runs = daemon_runs(socket);
	gather_port(f);
	f->systemd = exists("/run/systemd/system");
	f->unit_enabled = exists("/etc/systemd/system/multi-user.target.wants/culvertd.service");
}

/* ---- firewall ---- */

void init_gather_firewall(struct init_facts *f, const struct init_pool *pool)
{
	/* Without the right to see rules, nftables has none. */
	json_t *rules = f->root ? nftables_list() : NULL;

	init_judge_firewall(rules, pool, f->outer_interface, &f->firewall);
	json_decref(rules);
	f->ufw = has_line("/etc/ufw/ufw.conf", "ENABLED=yes");
	f->ufw_has_rules = has_text("/etc/ufw/user.rules", "--dport 1723 ") &&
			   has_text("/etc/ufw/user.rules", "-p gre ");
	f->firewalld = exists("/run/firewalld.pid") ||
		       exists("/run/systemd/units/invocation:firewalld.service");
	f->boot_rules = has_text("/etc/nftables.conf", "pptp");
	f->nftables_enabled = exists_any("/etc/systemd/system/*.wants/nftables.service");
	f->iptables_legacy = has_text("/proc/net/ip_tables_names", "filter");
}

void init_gather(struct init_facts *f, const char *socket)
{
	*f = (struct init_facts){ .root = !geteuid() };
	gather_kernel(f);
	gather_network(f);
	gather_service(f, socket);
}
