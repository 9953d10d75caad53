/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Looks each second what the paths of watched directories lead to, and what is
 * mounted below.
 */
#ifndef CDM_FOLLOW_H
#define CDM_FOLLOW_H

int cdm_follow_init(void);
void cdm_follow_exit(void);
void cdm_follow_now(void);

#endif /* CDM_FOLLOW_H */
