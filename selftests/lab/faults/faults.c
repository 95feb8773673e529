// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a module must not do, done on purpose, so that the lab's own test sees that it is noticed:
 *
 *	modprobe faults fault=warning|kasan|lockdep|leak
 */
#include <linux/bug.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>

static char *fault = "";
module_param(fault, charp, 0);
MODULE_PARM_DESC(fault, "which: warning, kasan, lockdep, leak");

static DEFINE_MUTEX(left);
static DEFINE_MUTEX(right);

static void both(struct mutex *first, struct mutex *second)
{
	mutex_lock(first);
	mutex_lock(second);
	mutex_unlock(second);
	mutex_unlock(first);
}

/* Not inlined: the compiler must not see through to what is wrong. */
static noinline char look_at(const char *p)
{
	return READ_ONCE(*p);
}

static noinline char *get(size_t size)
{
	return kmalloc(size, GFP_KERNEL);
}

static int __init faults_init(void)
{
	char *p;

	if (!strcmp(fault, "warning")) {
		WARN(1, "on purpose\n");
	} else if (!strcmp(fault, "kasan")) {
		p = get(100);
		kfree(p);
		look_at(p);
	} else if (!strcmp(fault, "lockdep")) {
		both(&left, &right);
		both(&right, &left);
	} else if (!strcmp(fault, "leak")) {
		/* More than one: a stale register or stack slot may still hold the last. */
		for (int i = 0; i < 10; i++)
			WRITE_ONCE(p, get(100));
	} else {
		return -EINVAL;
	}
	return 0;
}

static void __exit faults_exit(void)
{
}

module_init(faults_init);
module_exit(faults_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Faults on purpose");
