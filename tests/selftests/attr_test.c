// SPDX-License-Identifier: GPL-2.0
/*
 * Changes of what core files are like: old and new, and whether it was done.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/posix_acl.h>
#include <linux/posix_acl_xattr.h>
#include <sys/mount.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "kselftest_harness.h"

#include "cdm_alter.h"

#define NOBODY	65534

FIXTURE(attr)
{
	struct cdm_alter alter;
};

FIXTURE_SETUP(attr)
{
	ASSERT_EQ(0, cdm_alter_up(&self->alter));
}

FIXTURE_TEARDOWN(attr)
{
	cdm_env_down(&self->alter.env);
}

TEST_F(attr, what_fails_is_not_told_as_done)
{
	const struct coredump_mon_record *rec;

	ASSERT_EQ(0, cdm_make_file(self->alter.outside, ""));
	ASSERT_EQ(0, mount(self->alter.outside, self->alter.core, NULL, MS_BIND, NULL));
	EXPECT_EQ(-1, unlinkat(AT_FDCWD, self->alter.core, 0));
	EXPECT_EQ(EBUSY, errno);
	ASSERT_EQ(0, umount(self->alter.core));
	EXPECT_EQ(0, cdm_count_alter(&self->alter));

	ASSERT_EQ(0, chmod(self->alter.env.dir, 0755));
	ASSERT_EQ(0, seteuid(NOBODY));
	EXPECT_EQ(-1, chmod(self->alter.core, 0777));
	EXPECT_EQ(EPERM, errno);
	ASSERT_EQ(0, seteuid(0));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	ASSERT_NE(NULL, cdm_result(rec));
	EXPECT_EQ(EPERM, cdm_result(rec)->error);
	ASSERT_NE(NULL, cdm_attributes(rec));
	EXPECT_EQ(self->alter.st.st_mode, cdm_attributes(rec)->old_mode);
	EXPECT_EQ(S_IFREG | 0777, cdm_attributes(rec)->new_mode);
}

TEST_F(attr, mode_owner_and_size)
{
	const struct timespec now[] = { { .tv_nsec = UTIME_NOW },
					{ .tv_nsec = UTIME_NOW } };
	const struct coredump_mon_attributes *diff;
	const struct coredump_mon_record *rec;
	int fd;

	ASSERT_EQ(0, chmod(self->alter.core, 0604));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(self->alter.core, cdm_fs_path(rec));
	EXPECT_TRUE(cdm_done(rec));
	diff = cdm_attributes(rec);
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(COREDUMP_MON_ATTRIBUTE_MODE, diff->changed);
	EXPECT_EQ(self->alter.st.st_mode, diff->old_mode);
	EXPECT_EQ(S_IFREG | 0604, diff->new_mode);
	EXPECT_EQ(0, diff->reserved);

	ASSERT_EQ(0, chown(self->alter.core, NOBODY, 7));
	diff = cdm_attributes(cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR));
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(COREDUMP_MON_ATTRIBUTE_UID | COREDUMP_MON_ATTRIBUTE_GID,
		  diff->changed);
	EXPECT_EQ(0, diff->old_uid);
	EXPECT_EQ(NOBODY, diff->new_uid);
	EXPECT_EQ(0, diff->old_gid);
	EXPECT_EQ(7, diff->new_gid);

	ASSERT_EQ(0, truncate(self->alter.core, 3));
	diff = cdm_attributes(cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR));
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(COREDUMP_MON_ATTRIBUTE_SIZE, diff->changed);
	EXPECT_EQ(6, diff->old_size);
	EXPECT_EQ(3, diff->new_size);

	fd = open(self->alter.core, O_WRONLY | O_TRUNC);
	ASSERT_LE(0, fd);
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(cdm_done(rec));
	diff = cdm_attributes(rec);
	ASSERT_NE(NULL, diff);
	EXPECT_EQ(3, diff->old_size);
	EXPECT_EQ(0, diff->new_size);

	/* What is as it was is no change, and times are none of these. */
	EXPECT_EQ(0, fchmod(fd, 0604));
	EXPECT_EQ(0, fchown(fd, -1, -1));
	EXPECT_EQ(0, ftruncate(fd, 0));
	EXPECT_EQ(0, futimens(fd, now));
	close(fd);
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

static struct cdm_value xattr(const struct coredump_mon_record *rec, int type)
{
	return cdm_get(rec, COREDUMP_MON_A_XATTR, type);
}

TEST_F(attr, extended_attributes)
{
	const struct coredump_mon_record *rec;
	struct cdm_value value;
	char big[1000];

	ASSERT_EQ(0, setxattr(self->alter.core, "user.note", "mine\n", 5, 0));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(cdm_done(rec));
	EXPECT_NULL(cdm_attributes(rec));
	EXPECT_STREQ("user.note",
		     cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	EXPECT_STREQ("mine\n",
		     cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_VALUE)));

	memset(big, 'x', sizeof(big));
	ASSERT_EQ(0, setxattr(self->alter.core, "user.note", big, sizeof(big), 0));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	value = xattr(rec, COREDUMP_MON_A_XATTR_VALUE);
	EXPECT_EQ(COREDUMP_MON_XATTR_MAX, value.len);
	EXPECT_EQ(COREDUMP_MON_ATTR_CUT, value.flags);

	ASSERT_EQ(0, setxattr(self->alter.core, "user.note", NULL, 0, 0));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	value = xattr(rec, COREDUMP_MON_A_XATTR_VALUE);
	EXPECT_NE(NULL, value.data);
	EXPECT_EQ(0, value.len);

	ASSERT_EQ(0, removexattr(self->alter.core, "user.note"));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(cdm_done(rec));
	EXPECT_NULL(xattr(rec, COREDUMP_MON_A_XATTR_OLD).data);
	EXPECT_STREQ("user.note",
		     cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	EXPECT_NULL(xattr(rec, COREDUMP_MON_A_XATTR_VALUE).data);

	EXPECT_EQ(-1, removexattr(self->alter.core, "user.note"));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_EQ(ENODATA, cdm_result(rec)->error);
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

TEST_F(attr, access_control_lists)
{
	struct {
		struct posix_acl_xattr_header header;
		struct posix_acl_xattr_entry entries[5];
	} acl = {
		{ POSIX_ACL_XATTR_VERSION },
		{
			{ ACL_USER_OBJ, 6, ACL_UNDEFINED_ID },
			{ ACL_USER, 4, NOBODY },
			{ ACL_GROUP_OBJ, 4, ACL_UNDEFINED_ID },
			{ ACL_MASK, 4, ACL_UNDEFINED_ID },
			{ ACL_OTHER, 0, ACL_UNDEFINED_ID },
		},
	};
	const char *const name = "system.posix_acl_access";
	const struct coredump_mon_record *rec;
	struct cdm_value value;

	/* From here on the kernel knows what there is. */
	ASSERT_EQ(-1, getxattr(self->alter.core, name, NULL, 0));
	ASSERT_EQ(0, setxattr(self->alter.core, name, &acl, sizeof(acl), 0));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_TRUE(cdm_done(rec));
	EXPECT_STREQ(name, cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	value = xattr(rec, COREDUMP_MON_A_XATTR_OLD);
	EXPECT_NE(NULL, value.data);
	EXPECT_EQ(0, value.len);
	value = xattr(rec, COREDUMP_MON_A_XATTR_VALUE);
	ASSERT_EQ(sizeof(acl), value.len);
	EXPECT_EQ(0, memcmp(&acl, value.data, sizeof(acl)));

	ASSERT_EQ(0, removexattr(self->alter.core, name));
	rec = cdm_next_of_core(&self->alter, COREDUMP_MON_ATTR);
	ASSERT_NE(NULL, rec);
	EXPECT_STREQ(name, cdm_string(xattr(rec, COREDUMP_MON_A_XATTR_NAME)));
	value = xattr(rec, COREDUMP_MON_A_XATTR_OLD);
	ASSERT_EQ(sizeof(acl), value.len);
	EXPECT_EQ(0, memcmp(&acl, value.data, sizeof(acl)));
	EXPECT_NULL(xattr(rec, COREDUMP_MON_A_XATTR_VALUE).data);
	EXPECT_EQ(0, cdm_count_alter(&self->alter));
}

CDM_HARNESS_MAIN
