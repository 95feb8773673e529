// SPDX-License-Identifier: GPL-2.0-only
#include <endian.h>
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "control/access.h"
#include "control/socket.h"

#define EVERYTHING	(CONTROL_READ | CONTROL_WRITE | CONTROL_CAPTURE | CONTROL_HOST)

/* The attribute in which the kernel has access control lists: <linux/posix_acl_xattr.h>. */
#define ACL_ATTRIBUTE	"system.posix_acl_access"
#define ACL_VERSION	2
#define ACL_OWNER	0x01
#define ACL_OWN_GROUP	0x04
#define ACL_GROUP	0x08
#define ACL_MASK	0x10
#define ACL_OTHER	0x20
#define ACL_READ_WRITE	6

struct acl_entry {
	uint16_t tag;
	uint16_t permissions;
	uint32_t id;
};

struct acl {
	uint32_t version;
	struct acl_entry entries[7];	/* the owner, his group, three groups, mask, others */
};

static int find(gid_t *gid, const char *name)
{
	struct group *entry;

	*gid = ACCESS_NO_GROUP;
	if (!name || !*name)
		return 0;
	entry = getgrnam(name);
	if (!entry)
		return -ENOENT;
	*gid = entry->gr_gid;
	return 0;
}

int access_groups_find(struct access_groups *groups, const struct control_options *options)
{
	int err = find(&groups->write, options->group);

	if (!err)
		err = find(&groups->read, options->read_group);
	return err ? err : find(&groups->capture, options->capture_group);
}

static void add(struct acl *acl, size_t *n, uint16_t tag, uint16_t permissions, gid_t id)
{
	acl->entries[(*n)++] = (struct acl_entry){
		htole16(tag), htole16(permissions), htole32(id),
	};
}

/* The kernel wants groups in the order of their numbers, each once. */
static void add_groups(struct acl *acl, size_t *n, const gid_t *gids, size_t n_gids)
{
	gid_t last = 0;
	bool began = false;

	for (;;) {
		gid_t least = ACCESS_NO_GROUP;

		for (size_t i = 0; i < n_gids; i++)
			if (gids[i] < least && (!began || gids[i] > last))
				least = gids[i];
		if (least == ACCESS_NO_GROUP)
			return;
		add(acl, n, ACL_GROUP, ACL_READ_WRITE, least);
		last = least;
		began = true;
	}
}

static int set_acl(const char *path, const gid_t *gids, size_t n_gids)
{
	struct acl acl = { .version = htole32(ACL_VERSION) };
	size_t n = 0;

	add(&acl, &n, ACL_OWNER, ACL_READ_WRITE, ACCESS_NO_GROUP);
	add(&acl, &n, ACL_OWN_GROUP, 0, ACCESS_NO_GROUP);
	add_groups(&acl, &n, gids, n_gids);
	add(&acl, &n, ACL_MASK, ACL_READ_WRITE, ACCESS_NO_GROUP);
	add(&acl, &n, ACL_OTHER, 0, ACCESS_NO_GROUP);
	return setxattr(path, ACL_ATTRIBUTE, &acl, sizeof(acl.version) + n * sizeof(acl.entries[0]),
			0) ? -errno : 0;
}

/* Where there are no lists, all may connect, and are looked at then. */
static int let_in(const char *path, const gid_t *gids, size_t n_gids)
{
	int err = set_acl(path, gids, n_gids);

	if (err != -EOPNOTSUPP)
		return err;
	return chmod(path, 0666) ? -errno : 0;
}

int access_open(const char *path, const struct access_groups *groups)
{
	const gid_t gids[] = { groups->write, groups->read, groups->capture };
	gid_t only = ACCESS_NO_GROUP;

	for (size_t i = 0; i < 3; i++) {
		if (gids[i] == ACCESS_NO_GROUP || gids[i] == only)
			continue;
		if (only != ACCESS_NO_GROUP)
			return let_in(path, gids, 3);
		only = gids[i];
	}
	if (only == ACCESS_NO_GROUP)
		return 0;
	return chown(path, (uid_t)-1, only) || chmod(path, 0660) ? -errno : 0;
}

static unsigned int rights_of_group(const struct access_groups *groups, gid_t gid)
{
	unsigned int rights = 0;

	if (gid == ACCESS_NO_GROUP)
		return 0;
	if (gid == groups->read)
		rights |= CONTROL_READ;
	if (gid == groups->write)
		rights |= CONTROL_READ | CONTROL_WRITE;
	if (gid == groups->capture)
		rights |= CONTROL_READ | CONTROL_CAPTURE;
	return rights;
}

static unsigned int rights_of_others(int fd, const struct access_groups *groups)
{
	socklen_t size = 0;
	unsigned int rights = 0;
	gid_t *gids;

	if (!getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, NULL, &size) || errno != ERANGE)
		return 0;
	gids = malloc(size);
	if (gids && !getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, gids, &size))
		for (size_t i = 0; i < size / sizeof(*gids); i++)
			rights |= rights_of_group(groups, gids[i]);
	free(gids);
	return rights;
}

void access_look(struct access_peer *peer, int fd, const struct access_groups *groups)
{
	struct ucred cred = { .uid = (uid_t)-1, .gid = ACCESS_NO_GROUP };
	socklen_t size = sizeof(cred);

	getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &size);
	*peer = (struct access_peer){ .uid = cred.uid, .pid = cred.pid };
	if (!cred.uid || cred.uid == geteuid())
		peer->rights = EVERYTHING;
	else
		peer->rights = rights_of_group(groups, cred.gid) | rights_of_others(fd, groups);
}
