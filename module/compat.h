/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that differs between kernels. No other file may know of a version.
 */
#ifndef CDM_COMPAT_H
#define CDM_COMPAT_H

#include <linux/file.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/dcache.h>
#include <linux/ftrace.h>
#include <linux/magic.h>
#include <linux/mm_types.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/ns_common.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/coredump.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/version.h>

/*
 * What an ftrace callback is given. Three shapes:
 *
 * Accessors of an opaque struct ftrace_regs, 94d095ffa0e1 ("ftrace: abstract
 * DYNAMIC_FTRACE_WITH_ARGS accesses"), 6.2. Macros on x86, functions on arm64,
 * which has arguments only since then (26299b3f6ba2, 6.2).
 *
 * struct ftrace_regs with arguments, d19ad0775dcd ("ftrace: Have the callbacks
 * receive a struct ftrace_regs instead of pt_regs"), 02a474ca266a, both 5.11.
 *
 * Else nothing, unless registers are asked for. And before a25d036d939a
 * ("ftrace: Reverse what the RECURSION flag means in the ftrace_ops"), 5.11,
 * a callback that needs no guard against itself had to say so.
 */
#if defined(ftrace_regs_get_argument) || \
	(defined(CONFIG_ARM64) && defined(CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS))
#define cdm_ftrace_regs	ftrace_regs
#define CDM_FTRACE_FLAGS		0
#define cdm_ftrace_argument(fregs, n)	ftrace_regs_get_argument(fregs, n)
#define cdm_ftrace_redirect(fregs, ip)	\
	ftrace_regs_set_instruction_pointer(fregs, ip)
#elif defined(CONFIG_HAVE_DYNAMIC_FTRACE_WITH_ARGS)
#define cdm_ftrace_regs	ftrace_regs
#define CDM_FTRACE_FLAGS		0
#define cdm_ftrace_argument(fregs, n)	\
	regs_get_kernel_argument(&(fregs)->regs, n)
#define cdm_ftrace_redirect(fregs, ip)	\
	ftrace_instruction_pointer_set(fregs, ip)
#elif defined(arch_ftrace_get_regs)
#define cdm_ftrace_regs	ftrace_regs
#define CDM_FTRACE_FLAGS		FTRACE_OPS_FL_SAVE_REGS
#define cdm_ftrace_argument(fregs, n)	\
	regs_get_kernel_argument(&(fregs)->regs, n)
#define cdm_ftrace_redirect(fregs, ip)	\
	instruction_pointer_set(&(fregs)->regs, ip)
#else
#define cdm_ftrace_regs	pt_regs
#define CDM_FTRACE_FLAGS		\
	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_RECURSION_SAFE)
#define cdm_ftrace_argument(fregs, n)	regs_get_kernel_argument(fregs, n)
#define cdm_ftrace_redirect(fregs, ip)	instruction_pointer_set(fregs, ip)
#endif

/*
 * Empties what an ftrace_ops is for, and so frees its memory. ftrace_free_filter()
 * is not exported before 8be9fbd5345d ("ftrace: Export ftrace_free_filter() to
 * modules"), 6.2.
 */
static inline void cdm_ftrace_free(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
}

/*
 * Whether a kprobe at a function's entry is no breakpoint but rides on ftrace, as
 * on x86; not on arm64.
 */
#define CDM_KPROBES_ON_FTRACE	IS_ENABLED(CONFIG_KPROBES_ON_FTRACE)

/*
 * The file below one of a stacked file system; any other is its own. Must not
 * look it up, which sleeps: 42dd69ae1af4 ("ovl: implement lazy lookup of lowerdata
 * in data-only layers"), 6.5, may; 11b3f8ae7081 ("fs: remove the inode argument to
 * ->d_real() method"), 6.9, has one that does not. In between there is none.
 */
static inline const struct dentry *cdm_real_dentry(const struct dentry *dentry)
{
#ifdef CDM_HAVE_D_REAL_TYPE
	return d_real((struct dentry *)dentry, D_REAL_METADATA);
#elif LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
	return d_real((struct dentry *)dentry, NULL);
#else
	return dentry;
#endif
}

/*
 * The user's file for which a stacked file system opens one of its own. The path
 * of that was the user's, until def3ae83da02 ("fs: store real path instead of fake
 * path in backing file f_path"), 6.7.
 */
static inline const struct dentry *cdm_user_dentry(const struct file *file)
{
#ifdef CDM_HAVE_FILE_USER_PATH
	return file_user_path(file)->dentry;
#else
	return file->f_path.dentry;
#endif
}

/*
 * Which argument of security_inode_setattr() is the dentry: the first, until
 * 0e363cf3fa59 ("security: pass down mount idmapping to setattr hook"), 6.0, put
 * the mount's in front of it. Of security_inode_setxattr() and ..._removexattr(),
 * 71bc356f93a1 ("commoncap: handle idmapped mounts"), 5.12, did so.
 */
#ifdef CDM_HAVE_SETATTR_DENTRY
#define CDM_SETATTR_DENTRY	0
#else
#define CDM_SETATTR_DENTRY	1
#endif
#ifdef CDM_HAVE_SETXATTR_DENTRY
#define CDM_SETXATTR_DENTRY	0
#else
#define CDM_SETXATTR_DENTRY	1
#endif

/*
 * Whom a file is to belong to. 45c311501c77 ("fs: use mount types in iattr"), 6.0,
 * leaves it to the file system to map that from what the mount has.
 */
#ifdef CDM_HAVE_VFSUID
static inline kuid_t cdm_attr_uid(void *idmap, const struct inode *inode,
				  const struct iattr *attr)
{
	return from_vfsuid(idmap, i_user_ns(inode), attr->ia_vfsuid);
}

static inline kgid_t cdm_attr_gid(void *idmap, const struct inode *inode,
				  const struct iattr *attr)
{
	return from_vfsgid(idmap, i_user_ns(inode), attr->ia_vfsgid);
}
#else
static inline kuid_t cdm_attr_uid(void *idmap, const struct inode *inode,
				  const struct iattr *attr)
{
	return attr->ia_uid;
}

static inline kgid_t cdm_attr_gid(void *idmap, const struct inode *inode,
				  const struct iattr *attr)
{
	return attr->ia_gid;
}
#endif

/*
 * Whether and as whom the current task may be dumped. 6b1c66c9cca9
 * ("exec_state: relocate dumpable information"), 7.2, moved this from mm->flags
 * to what the task last executed; 4f365e7a5d44 ("sched/coredump: introduce enum
 * task_dumpable"), 7.2, gave its values other names.
 */
#ifdef CDM_HAVE_EXEC_STATE
#include <linux/sched/exec_state.h>
#define SUID_DUMP_DISABLE	TASK_DUMPABLE_OFF
#define SUID_DUMP_USER		TASK_DUMPABLE_OWNER
#define SUID_DUMP_ROOT		TASK_DUMPABLE_ROOT

static inline int cdm_dumpable(void)
{
	int dumpable;

	rcu_read_lock();
	dumpable = READ_ONCE(rcu_dereference(current->exec_state)->dumpable);
	rcu_read_unlock();
	return dumpable;
}
#else
static inline int cdm_dumpable(void)
{
	return get_dumpable(current->mm);
}
#endif

/*
 * The file that a memory image was executed from, with a reference, or NULL.
 *
 * 0ede61d8589c ("file: convert to SLAB_TYPESAFE_BY_RCU"), 6.7: a struct file
 * may be used again by another open within a grace period, and get_file_rcu(),
 * a macro no more, takes the pointer's address to see to it.
 */
static inline struct file *cdm_mm_exe_file(struct mm_struct *mm)
{
	struct file *file;

	rcu_read_lock();
#ifdef get_file_rcu
	file = rcu_dereference(mm->exe_file);
	if (file && !get_file_rcu(file))
		file = NULL;
#else
	file = get_file_rcu(&mm->exe_file);
#endif
	rcu_read_unlock();
	return file;
}

/*
 * kern_path() that finds in a worker what init would, and d_path() that tells it.
 * 32750c77e811 ("fs: start all kthreads in nullfs"), 7.3, gave workers a root where
 * nothing is, and 67c54d1d730a ("fs: add scoped_with_init_fs()") the way to init's.
 */
static inline int cdm_kern_path(const char *name, unsigned int flags,
				struct path *path)
{
#ifdef scoped_with_init_fs
	if (current->flags & PF_KTHREAD) {
		scoped_with_init_fs()
			return kern_path(name, flags, path);
	}
#endif
	return kern_path(name, flags, path);
}

static inline char *cdm_d_path(const struct path *path, char *buf, int len)
{
#ifdef scoped_with_init_fs
	if (current->flags & PF_KTHREAD) {
		scoped_with_init_fs()
			return d_path(path, buf, len);
	}
#endif
	return d_path(path, buf, len);
}

/*
 * Whether a file system's UUID has all its bytes. That of FAT has not, and it has
 * one since s_uuid_len tells: "fs: super_set_uuid()", 6.9.
 */
static inline bool cdm_whole_uuid(const struct super_block *sb)
{
#ifdef CDM_HAVE_UUID_LEN
	return sb->s_uuid_len == sizeof(sb->s_uuid);
#else
	return true;
#endif
}

/* Exported, but older kernels (6.1, not 6.12) declare it for their own fs/ alone. */
#ifndef CDM_HAVE_VFS_PATH_LOOKUP
int vfs_path_lookup(struct dentry *dentry, struct vfsmount *mnt,
		    const char *name, unsigned int flags, struct path *path);
#endif

/*
 * Opens without telling listeners, or having them decide. Newer kernels (7.3, not
 * 6.12) export no way to ask for it.
 */
#ifdef __FMODE_NONOTIFY
#define CDM_OPEN_NONOTIFY	__FMODE_NONOTIFY
#else
#define CDM_OPEN_NONOTIFY	0
#endif

/*
 * Groups have flags since "fsnotify: pass flags argument to fsnotify_alloc_group()",
 * 5.19, which Debian's 5.10 has too.
 */
#ifdef CDM_HAVE_FSNOTIFY_FLAGS
#define cdm_fsnotify_group(ops)	fsnotify_alloc_group(ops, 0)
#else
#define cdm_fsnotify_group(ops)	fsnotify_alloc_group(ops)
#endif

/* a24d22b225ce ("crypto: sha - split sha.h into sha1.h and sha2.h"), 5.11. */
#ifdef CDM_HAVE_SHA2
#include <crypto/sha2.h>
#else
#include <crypto/sha.h>
#endif

/* Older kernels (5.10, not 6.1) have it for fs/fuse/ alone. */
#ifndef FUSE_SUPER_MAGIC
#define FUSE_SUPER_MAGIC	0x65735546
#endif

/*
 * Whether a directory is to be read on. 25885a35a720 ("Change calling conventions
 * for filldir_t"), 6.1.
 */
#ifdef CDM_HAVE_FILLDIR_BOOL
#define CDM_FILLDIR		bool
#define CDM_FILLDIR_MORE	true
#define CDM_FILLDIR_STOP	false
#else
#define CDM_FILLDIR		int
#define CDM_FILLDIR_MORE	0
#define CDM_FILLDIR_STOP	1
#endif

/*
 * struct mnt_namespace is private to fs/; its first member is what is wanted
 * here since 1a7b8969e664 ("mnt: Use generic ns_common::count"), 5.11. Before
 * that, a counter comes first.
 */
struct cdm_mnt_namespace {
#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 11, 0)
	atomic_t count;
#endif
	struct ns_common ns;
};

static inline unsigned int cdm_mnt_ns_inum(const struct mnt_namespace *ns)
{
	return ((const struct cdm_mnt_namespace *)ns)->ns.inum;
}

/*
 * What handlers take that is behind a spinlock_t. On PREEMPT_RT that sleeps, and
 * so do allocators. There they try for some time, and do without; the record
 * lacks it then.
 */
#ifdef CONFIG_PREEMPT_RT
#define CDM_LOCK_TRIES	1000

static inline bool cdm_lock(spinlock_t *lock)
{
	unsigned int tries = CDM_LOCK_TRIES;

	while (!spin_trylock(lock)) {
		if (!--tries)
			return false;
		cpu_relax();
	}
	return true;
}

/* "fold fs_struct->{lock,seq} into a seqlock", after 6.12. */
#ifdef CDM_HAVE_FS_SEQLOCK
#define cdm_fs_lock(fs)		(&(fs)->seq.lock)
#else
#define cdm_fs_lock(fs)		(&(fs)->lock)
#endif

#define cdm_lock_irqsave(lock, flags)		\
	({ (flags) = 0; cdm_lock(lock); })
#define cdm_unlock_irqrestore(lock, flags)	\
	({ (void)(flags); spin_unlock(lock); })

/* False: it got no reference. */
static inline bool cdm_path_get(const struct path *path)
{
	if (!cdm_lock(&path->dentry->d_lock))
		return false;
	dget_dlock(path->dentry);
	spin_unlock(&path->dentry->d_lock);
	mntget(path->mnt);
	return true;
}

static inline bool cdm_get_pwd(struct path *pwd)
{
	struct fs_struct *fs = current->fs;
	bool got;

	if (!cdm_lock(cdm_fs_lock(fs)))
		return false;
	*pwd = fs->pwd;
	got = cdm_path_get(pwd);
	spin_unlock(cdm_fs_lock(fs));
	return got;
}

static inline void *cdm_alloc_atomic(size_t size)
{
	return NULL;
}
#else
#define cdm_lock_irqsave(lock, flags)		\
	({ spin_lock_irqsave(lock, flags); true; })
#define cdm_unlock_irqrestore(lock, flags)	\
	spin_unlock_irqrestore(lock, flags)

static inline bool cdm_path_get(const struct path *path)
{
	path_get(path);
	return true;
}

static inline bool cdm_get_pwd(struct path *pwd)
{
	get_fs_pwd(current->fs, pwd);
	return true;
}

static inline void *cdm_alloc_atomic(size_t size)
{
	return kmalloc(size, GFP_NOWAIT | __GFP_NOWARN);
}
#endif

/* Whether the current task has opened an io_uring; the field is the option's. */
static inline bool cdm_uses_io_uring(void)
{
#ifdef CONFIG_IO_URING
	return current->io_uring;
#else
	return false;
#endif
}

/* What is remembered of an inode's access control list; within RCU. */
static inline struct posix_acl *cdm_cached_acl(const struct inode *inode)
{
#ifdef CONFIG_FS_POSIX_ACL
	return READ_ONCE(inode->i_acl);
#else
	return ACL_NOT_CACHED;
#endif
}

#endif /* CDM_COMPAT_H */
