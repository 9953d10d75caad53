# SPDX-License-Identifier: GPL-2.0

KVER ?= $(shell uname -r)
KDIR ?= /lib/modules/$(KVER)/build
DESTDIR ?=

all: module tool

## module     builds the kernel module against KDIR (KVER's headers)
module:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules

## tool       builds the tool, coredump-mon
tool:
	$(MAKE) -C userspace all

## install    installs both, below DESTDIR if that is set
install:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules_install \
		INSTALL_MOD_PATH=$(DESTDIR) INSTALL_MOD_DIR=updates \
		$(if $(DESTDIR),DEPMOD=true)
	$(MAKE) -C userspace install DESTDIR=$(DESTDIR)

## uninstall  removes what install installed
uninstall:
	rm -f $(DESTDIR)/lib/modules/$(KVER)/updates/coredump_mon.ko*
	$(if $(DESTDIR),,depmod -a $(KVER))
	$(MAKE) -C userspace uninstall DESTDIR=$(DESTDIR)

## run        shows in a guest what is seen of a core dump (tests/vm/demo)
run:
	tests/vm/demo

## check      runs every test there is (tests/check)
check:
	tests/check

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

.PHONY: all module tool install uninstall run check check-all bench deb rpm style clean help
