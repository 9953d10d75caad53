# SPDX-License-Identifier: GPL-2.0

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DESTDIR ?=

all: module tool

# What the kernel was built by.
KCC = $(shell sed -n 's/^CONFIG_CC_VERSION_TEXT="*\([^"]*\)"*$$/\1/p' \
	$(KDIR)/include/config/auto.conf 2>/dev/null)
# fail WHAT: says so, after a test that failed.
fail = { echo 'coredump_mon: $(1)' >&2; exit 1; }

## module     builds the kernel module against KDIR (KVER's headers)
module:
	@[ -e $(KDIR)/Makefile ] || $(call fail,there are no headers of kernel \
		$(KVER) in $(KDIR): install them (Debian: apt install \
		linux-headers-$(KVER)); or KVER or KDIR names others)
	@$(MAKE) -C $(KDIR) M=$(CURDIR) modules || $(call fail,not built for \
		kernel $(KVER). That was built by $(KCC): another compiler may \
		not do; CC names one)

## tool       builds the tool, coredump-mon
tool:
	$(MAKE) -C userspace all

# kbuild signs what it installs, also where there is no key, and compresses it,
# also where there is no xz; and without a System.map, as with Debian's headers,
# it leaves modprobe's index as it was.
AS_IT_IS = $(if $(wildcard $(KDIR)/certs/signing_key.pem),,CONFIG_MODULE_SIG_ALL=) \
	$(foreach how,ALL GZIP XZ ZSTD,CONFIG_MODULE_COMPRESS_$(how)=)

## install    installs both, below DESTDIR if that is set
install:
	@[ -e coredump_mon.ko ] || $(call fail,nothing is built yet: make)
	@grep -aq 'vermagic=$(KVER) ' coredump_mon.ko || $(call fail,what is \
		built is not for kernel $(KVER) and nothing is installed: make \
		clean; make KVER=$(KVER))
	$(MAKE) -C userspace all
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/coredump_mon.ko*
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install DEPMOD=true \
		INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates $(AS_IT_IS)
	$(if $(DESTDIR),,depmod -a $(KVER))
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR)
	@[ -n '$(DESTDIR)' ] || [ ! -e /sys/module/coredump_mon ] || \
		grep -aq "srcversion=$$(cat /sys/module/coredump_mon/srcversion)" \
			coredump_mon.ko || \
		echo 'coredump_mon: another build of it is loaded, until the next' \
			'boot or: modprobe -r coredump_mon; modprobe coredump_mon'

## uninstall  removes what install installed
uninstall:
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/coredump_mon.ko*
	$(if $(DESTDIR),,depmod -a $(KVER))
	$(MAKE) -C userspace uninstall DESTDIR=$(DESTDIR)
	@[ -n '$(DESTDIR)' ] || [ ! -e /sys/module/coredump_mon ] || \
		echo 'coredump_mon: it stays loaded, until the next boot or, if it' \
			'is not locked: rmmod coredump_mon'

ifdef KERNEL
export VM_KERNEL := $(KERNEL)
endif

## run        shows in a guest what is seen of a core dump (tests/vm/demo)
run:
	tests/vm/demo

## check      runs what takes no minutes, for every day (tests/check runs all)
check:
	tests/check static userspace brief neighbours containers demo

## check-unload  1,000 rounds of loading, switching and unloading under load: an hour
check-unload:
	VM_APPEND=cdm_rounds=1000 VM_TIMEOUT=14400 tests/check selftest-unload_test

## check-all  the same on each kernel that is supported (tests/check-all)
check-all:
	tests/check-all

## bench      measures in guests what watching costs (tests/vm/bench)
bench:
	tests/vm/bench

## deb        builds Debian's packages (userspace/packaging/out)
deb:
	userspace/packaging/build deb

## rpm        builds RPM's packages, likewise
rpm:
	userspace/packaging/build rpm

## style      looks at the style alone (tests/check static)
style:
	tests/check static

## clean      removes what was built in this tree
clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) clean
	$(MAKE) -C userspace clean
	rm -rf userspace/packaging/out

## help       lists these targets
help:
	@echo 'make alone builds module and tool. Targets:'
	@sed -n 's/^## /  /p' $(MAKEFILE_LIST)
	@echo 'KVER is the kernel built for (this machine: $(KVER)), KDIR where its headers are.'
	@echo 'KERNEL is that of the guests, for run, check and bench: tests/vm/run --help lists them.'

.PHONY: all module tool install uninstall run check check-unload check-all bench deb rpm style clean help
