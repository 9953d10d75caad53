# SPDX-License-Identifier: GPL-2.0
"""Policy files: good ones, and bad ones with what is to be said of them."""

VERSION = "version: 1\n"

# The example of the design, with a program that is everywhere.
TYPICAL = """\
version: 1
mode: permissive
watch:
  directories: [/var/lib/systemd/coredump, /var/crash]
  files: []
  classes: {coredump_filter: true, block_device: false}
lists:
  readers: [/usr/bin/env]
  admins: [root, 1000]
rules:
  - name: Trusted reader
    match: {type: open, class: core, access: read, executable: $readers, user: $admins}
    action: ignore
  - name: Core dump read
    enabled: true
    description: An attempt to read a core dump.
    match: {type: [open], class: core, access: [read, read-write, exec]}
    action: deny
    priority: WARNING
    message: "core dump read by %process.comm"
    tags: [mitre_credential_access, T1003.007]
default: log
"""


def rule(match="type: open", action="log", more="", lists=""):
    """A policy of one rule; its match is on line 4, its action on line 5."""
    return (f"{VERSION}rules:\n- name: x\n  match: {{{match}}}\n"
            f"  action: {action}\n{more}{lists}")


LEFT_OUT = "the list is empty: the rule matches nothing, and is left out"

# What is taken, and the warning that it gives: line, column, words.
WARNED = [
    (rule("user: []"), (4, 17, f"user: {LEFT_OUT}")),
    (rule("user: $none", lists="lists: {none: []}\n"),
     (4, 17, f"user: {LEFT_OUT}")),
    (rule("group: [$none, $none]", lists="lists: {none: []}\n"),
     (4, 18, f"group: {LEFT_OUT}")),
    (rule("executable: [], directory: []"), (4, 23, f"executable: {LEFT_OUT}"),
     (4, 38, f"directory: {LEFT_OUT}")),
    (rule("cgroup: []", more="  enabled: false\n"),
     (4, 19, f"cgroup: {LEFT_OUT}")),
    (rule("type: open, user: []", "deny"), (4, 29, f"user: {LEFT_OUT}")),
]

# A name, the policy, rules and list entries in it.
GOOD = [
    ("the least", VERSION, 0, 0),
    ("the design's", TYPICAL, 2, 3),
    ("a mark before it", "\ufeff" + TYPICAL, 2, 3),
    ("lines as Windows has them", TYPICAL.replace("\n", "\r\n"), 2, 3),
    ("a document's marks", "---\n" + VERSION + "...\n", 0, 0),
    ("no rules", VERSION + "rules: []\ndefault: ignore\n", 0, 0),
    ("nothing watched", VERSION + "watch: {directories: []}\n", 0, 0),
    ("all is watched", VERSION + "watch: {}\n", 0, 0),
    ("a directory that is not there yet",
     VERSION + "watch: {directories: /nonexistent/x}\n", 0, 0),
    ("a file", VERSION + "watch: {files: [/etc/passwd]}\n", 0, 1),
    ("rates", VERSION + "rates: {open: {process: 1, user: 1000000}, dump: "
     "{user: off}, denial: {}, change: {process: 20}, tag: {user: 9}, policy: "
     "{process: off, user: off}}\n", 0, 0),
    ("no rates", VERSION + "rates: {}\n", 0, 0),
    ("JSON", '{"version": 1, "rules": [{"name": "x", "match": {}, '
             '"action": "log"}]}\n', 1, 0),
    ("every event", rule(""), 1, 0),
    ("every type", rule("type: [dump, open, rename, link, unlink, attr]"), 1, 0),
    ("every class", rule("class: [core, coredump_filter, block_device]"), 1, 0),
    ("every access", rule("access: [read, write, read-write, exec]"), 1, 0),
    ("a type that its keys tell", rule("access: read"), 1, 0),
    ("dumps", rule("type: dump, forced: true, privileged: false, user: 0"), 1, 1),
    ("dumps, as its keys tell", rule("forced: true"), 1, 0),
    ("everybody", rule("user: [root, 0, daemon, 4294967294], group: [root, 7]"),
     1, 6),
    ("containers", rule("initial_namespaces: false"), 1, 0),
    ("a directory", rule("directory: [/etc, /usr/bin/]"), 1, 2),
    ("a list of words", rule("access: $taking", lists="lists:\n  taking: "
                             "[read, read-write, exec]\n"), 1, 0),
    ("a list beside a name", rule("user: [root, $some, daemon]",
                                  lists="lists: {some: [bin, sys]}\n"), 1, 4),
    ("an empty list beside a name", rule("user: [$some, root]",
                                         lists="lists: {some: []}\n"), 1, 1),
    ("an unused list", VERSION + "lists: {x: [anything, at, all]}\n", 0, 0),
    ("a list of a watch", VERSION + "watch: {directories: [$x, /b]}\n"
     "lists: {x: [/a]}\n", 0, 0),
    ("every priority", VERSION + "rules:\n" + "".join(
        f"- {{name: {name}, match: {{}}, action: log, priority: {name}}}\n"
        for name in ("EMERGENCY", "ALERT", "CRITICAL", "ERROR", "WARNING",
                     "NOTICE", "INFO", "DEBUG")), 8, 0),
    ("all words of a text", VERSION + "rules:\n"
     "- name: 'Lesezugriff: \"é\" \\ 💩 # %'\n  match: {}\n  action: log\n"
     "  enabled: false\n"
     "  description: >\n    Two lines,\n\n    and a third.\n"
     "  message: |-\n    100 %% of %file.path. By %process.uid, %process.exe!\n"
     "  tags: ['true', '~', '- x', '%', ' ']\n", 1, 0),
    ("a text that is a number", VERSION +
     "rules: [{name: 5, match: {}, action: log, message: true}]\n", 1, 0),
    ("a name of 64 bytes", rule().replace("x", "n" * 64), 1, 0),
    ("a message of 256 bytes", rule(more=f"  message: {'m' * 256}\n"), 1, 0),
    ("1,000 rules", VERSION + "rules:\n" + "".join(
        f"- {{name: r{n}, match: {{user: 5}}, action: log}}\n"
        for n in range(1000)), 1000, 1000),
    ("4,096 entries", VERSION + "lists:\n  x: [" + "1," * 1024 + "]\nrules:\n" +
     "".join(f"- {{name: r{n}, match: {{user: $x}}, action: log}}\n"
             for n in range(4)), 4, 4096),
]

KEYS = "version, mode, watch, rates, lists, rules, default"
CLASSES = "core, coredump_filter or block_device"
ACCESS = "this module makes no 'access' events yet"
CONFIG = "this module makes no 'config' events yet"
NO_ALIAS = ("a policy has neither anchors, aliases nor merge keys: name a list "
            "in 'lists', and use it as $name")
UTF8 = "a policy is text in UTF-8"
TRUST = ("a trusted program, and each directory that leads to it, must be "
         "writable by root alone")

# The policy, and each error: line, column, words.
BAD = [
    # What is no policy at all.
    ("", (1, 1, f"the file is empty: expected keys ({KEYS}) and values")),
    ("# nothing\n", (1, 1, f"the file is empty: expected keys ({KEYS}) and "
                           "values")),
    ("---\n", (2, 1, f"the policy: expected keys ({KEYS}) and values, not "
                     "nothing")),
    ("version\n", (1, 1, f"the policy: expected keys ({KEYS}) and values, not "
                         "a text")),
    ("- version\n", (1, 1, f"the policy: expected keys ({KEYS}) and values, "
                           "not a list")),
    ("mode: permissive\n", (1, 1, "there is no 'version' in the policy, which "
                                  "it must have")),
    # What is no text.
    (b"version: 1\0\n", (1, 11, f"a NUL byte: {UTF8}")),
    (b"version: 1\n# caf\xe9\n", (2, 6, f"the byte 0xe9 is no UTF-8: {UTF8}")),
    (b"\xff\xfev\0", (1, 1, f"the byte 0xff is no UTF-8: {UTF8}"),
     (1, 2, f"the byte 0xfe is no UTF-8: {UTF8}"),
     (1, 4, f"a NUL byte: {UTF8}")),
    (b"version: 1 # \xed\xa0\x80\n",
     (1, 14, f"the byte 0xed is no UTF-8: {UTF8}"),
     (1, 15, f"the byte 0xa0 is no UTF-8: {UTF8}"),
     (1, 16, f"the byte 0x80 is no UTF-8: {UTF8}")),
    ("version: 1 # \x1b[31m\n", (1, 14, f"a control character: {UTF8}")),
    ("version: 1\r# x\n", (1, 11, "a carriage return without a line feed: "
                                  f"{UTF8}")),
    ("# \u2028\nversion: 1\n", (1, 3, "a line break that is none for other "
                                      f"programs: {UTF8}")),
    ("version: 1 # \ufeff\n", (1, 14, f"a character that no text has: {UTF8}")),
    # What is no YAML, or more of it than a policy needs.
    ("version: 1\n\tmode: permissive\n",
     (2, 1, "not YAML: a tab where only blanks may be: it indents with blanks")),
    ("version: 1\nrules:\n\t- name: x\n",
     (3, 1, "not YAML: a tab where only blanks may be: it indents with blanks")),
    ("version: 1\nrules: [\n",
     (3, 1, "not YAML: did not find expected node content, while parsing a "
            "flow node that begins on line 3")),
    ("version: 1\nmode 'x'\n",
     (3, 1, "not YAML: could not find expected ':', while scanning a simple "
            "key that begins on line 2")),
    ("version: 1\n---\nversion: 1\n",
     (2, 1, "a second document begins here: a policy is one")),
    ("version: &a 1\nmode: *a\n", (1, 10, f"the anchor '&a': {NO_ALIAS}"),
     (2, 7, f"the alias '*a': {NO_ALIAS}")),
    ("a: &a [*a]\n", (1, 4, f"the anchor '&a': {NO_ALIAS}"),
     (1, 8, f"the alias '*a': {NO_ALIAS}")),
    (VERSION + "<<: {mode: permissive}\n", (2, 1, "a policy has no merge keys")),
    ("version: !!int 1\n",
     (1, 10, "the tag 'tag:yaml.org,2002:int': a policy has no tags, as each "
             "key says of what type its value is")),
    ("[" * 100000, (1, 9, "more than 8 lists and mappings within each other")),
    ("{a: " * 100000, (1, 33, "more than 8 lists and mappings within each "
                              "other")),
    ("- " * 100000, (1, 17, "more than 8 lists and mappings within each other")),
    ("? " * 100000, (1, 17, "more than 8 lists and mappings within each other")),
    # Keys.
    (VERSION + "mod: permissive\n", (2, 1, "there is no key 'mod' in the "
                                           "policy: did you mean 'mode'?")),
    (VERSION + "nonsense: 1\n", (2, 1, "there is no key 'nonsense' in the "
                                       f"policy: expected {KEYS}")),
    (VERSION + "[a, b]: 1\n", (2, 1, "expected a key, not a list")),
    (VERSION + "? {a: b}\n: 1\n", (2, 3, "expected a key, not keys and values")),
    (VERSION + "~: 1\n", (2, 1, "expected a key, not nothing")),
    (VERSION + '"mode\\0": permissive\n',
     (2, 1, "expected a key, without line breaks and other control characters")),
    (VERSION + VERSION, (2, 1, "'version' is here twice: it is on line 1 "
                               "already")),
    (VERSION + "watch: {files: [], files: []}\n",
     (2, 20, "'files' is here twice: it is on line 2 already")),
    (VERSION + "watch: {directory: [/x]}\n",
     (2, 9, "there is no key 'directory' in watch: did you mean "
            "'directories'?")),
    # One word.
    ("version: 2\n", (1, 10, "there is no version '2': expected 1")),
    ('version: "1"\n', (1, 10, "version: expected 1 without quotes")),
    ("version:\n", (1, 9, "expected 1, not nothing")),
    (VERSION + "mode: enforce\n", (2, 7, "there is no mode 'enforce': did you "
                                         "mean 'enforcing'?")),
    (VERSION + "mode: [permissive]\n",
     (2, 7, "expected permissive or enforcing, not a list")),
    (VERSION + "mode: ''\n",
     (2, 7, "expected permissive or enforcing, not an empty text")),
    (VERSION + "mode: off\n", (2, 7, "there is no mode 'off': expected "
                                     "permissive or enforcing")),
    (VERSION + "default: deny\n",
     (2, 10, "default 'deny' cannot be used: it would keep dump helpers from "
             "writing core files: let the last rule deny what is meant, with "
             "type, class and access")),
    (VERSION + "default: allow\n",
     (2, 10, "there is no default 'allow': expected log or ignore")),
    # What is watched.
    (VERSION + "watch: [/x]\n", (2, 8, "watch: expected keys (directories, "
                                       "files, classes) and values, not a "
                                       "list")),
    (VERSION + "watch: {directories: [x, /etc/passwd, /etc/passwd/x]}\n",
     (2, 23, "'x' is not absolute: a path begins with /"),
     (2, 26, "'/etc/passwd' is no directory"),
     (2, 39, "cannot look at '/etc/passwd/x': Not a directory")),
    (VERSION + f"watch: {{directories: [/{'x' * 4095}]}}\n",
     (2, 23, "a path of 4096 bytes: at most 4095 are possible")),
    (VERSION + "watch: {directories: [" + "/a," * 1025 + "]}\n",
     (2, 3095, "directories: more than 1024 entries")),
    (VERSION + "watch: {files: [/nonexistent, /etc]}\n",
     (2, 17, "cannot look at '/nonexistent': No such file or directory"),
     (2, 31, "'/etc' is no regular file, and cannot be a core file")),
    (VERSION + "watch: {classes: [core]}\n",
     (2, 18, "classes: expected keys (coredump_filter, block_device) and "
             "values, not a list")),
    (VERSION + "watch: {classes: {coredump_filter: yes, block_device: 'true', "
               "coredumpfilter: true}}\n",
     (2, 36, "coredump_filter: expected true or false, not 'yes'"),
     (2, 55, "block_device: expected true or false without quotes"),
     (2, 63, "there is no key 'coredumpfilter' in classes: did you mean "
             "'coredump_filter'?")),
    (VERSION + "watch:\n  classes:\n    core: false\n    dump_config: true\n"
               "    kernel_memory: false\n    access: true\n",
     (4, 5, "'core' cannot be used in classes: core files are watched by what "
            "'directories' and 'files' name, and by what the kernel dumps into"),
     (5, 5, f"'dump_config' cannot be used in classes: {CONFIG}"),
     (6, 5, "'kernel_memory' cannot be used in classes: this module does not "
            "see opens of kernel memory yet"),
     (7, 5, f"'access' cannot be used in classes: {ACCESS}")),
    # Lists.
    (VERSION + "lists: [a]\n",
     (2, 8, "lists: expected names with a list each, not a list")),
    (VERSION + "lists: {a: b, c d: [x], e: [[x], $a, {}], f: [], f: []}\n",
     (2, 12, "the list 'a': expected a list, not a text"),
     (2, 15, "'c d' names no list: expected at most 64 letters, digits, '_' "
             "and '-'"),
     (2, 29, "expected an entry of the list 'e', not a list"),
     (2, 34, "'$a' in the list 'e': a list cannot name another one"),
     (2, 38, "expected an entry of the list 'e', not keys and values"),
     (2, 50, "the list 'f' is here twice")),
    (VERSION + "lists: {" + "".join(f"a{n}: [], " for n in range(257)) + "}\n",
     (2, 8, "more than 256 lists")),
    (VERSION + "lists: {a: [" + "x," * 4097 + "]}\n",
     (2, 12, "the list 'a' has more than 4096 entries")),
    (rule("user: $admin", lists="lists: {admins: [root]}\n"),
     (4, 17, "there is no list 'admin': did you mean '$admins'?")),
    (rule("user: $admins"), (4, 17, "there is no list 'admins' in 'lists'")),
    (rule("type: $none", lists="lists: {none: []}\n"),
     (4, 17, "type: the list is empty, and nothing would match")),
    (rule("access: [$none]", lists="lists: {none: []}\n"),
     (4, 19, "access: the list is empty, and nothing would match")),
    (rule("user: [$none]", lists="lists: {none: [[]]}\n"),
     (6, 16, "expected an entry of the list 'none', not a list")),
    (rule("user: $some", lists="lists: {some: [root, roto, '', ~]}\n"),
     (6, 22, "there is no user 'roto': did you mean 'root'?"),
     (6, 28, "expected a user's name or number, not an empty text"),
     (6, 32, "expected a user's name or number, not nothing")),
    (VERSION + "lists:\n  x: [" + "1," * 1025 + "]\nrules:\n" +
     "".join(f"- {{name: r{n}, match: {{user: $x}}, action: log}}\n"
             for n in range(4)),
     (3, 2049, "more than 4096 entries in all rules and watched files, each "
               "list counted where it is used")),
    # Rules.
    (VERSION + "rules: {name: x}\n",
     (2, 8, "rules: expected a list of rules, not keys and values")),
    (VERSION + "rules: [x]\n",
     (2, 9, "a rule: expected keys (name, enabled, description, match, action, "
            "priority, message, tags) and values, not a text")),
    (VERSION + "rules: [{}]\n",
     (2, 9, "there is no 'action' in a rule, which it must have"),
     (2, 9, "there is no 'match' in a rule, which it must have"),
     (2, 9, "there is no 'name' in a rule, which it must have")),
    (VERSION + "rules: [" + "x," * 1001 + "]\n", (2, 2009, "rules: more than "
                                                           "1000")),
    (rule() + "- name: y\n  match: {}\n  action: log\n" +
     "- name: x\n  match: {}\n  action: log\n",
     (9, 9, "the rule before this, number 1 of all, has the name 'x' too")),
    (rule().replace("name: x", "name: default"),
     (3, 9, "a rule cannot have the name 'default', which events have that no "
            "rule is about")),
    (VERSION + "rules:\n- name: {}\n  match: []\n  action: [log]\n",
     (3, 9, "expected a text, not keys and values"),
     (4, 10, "match: expected keys (type, class, access, executable, user, "
             "group, directory, cgroup, initial_namespaces, forced, "
             "privileged) and values, not a list"),
     (5, 11, "expected ignore, log or deny, not a list")),
    (rule(action="alow"), (5, 11, "there is no action 'alow': did you mean "
                                  "'log'?")),
    (rule(action="refuse"), (5, 11, "there is no action 'refuse': expected "
                                    "ignore, log or deny")),
    (rule(more="  priority: warn\n"),
     (6, 13, "there is no priority 'warn': expected EMERGENCY, ALERT, "
             "CRITICAL, ERROR, WARNING, NOTICE, INFO or DEBUG")),
    (rule(more="  priority: warning\n"), (6, 13, "there is no priority "
                                                 "'warning': did you mean "
                                                 "'WARNING'?")),
    (rule(more="  enabled: no\n"),
     (6, 12, "enabled: expected true or false, not 'no'")),
    (rule().replace("x", "n" * 65),
     (3, 9, "name: 65 bytes, at most 64 are possible")),
    (rule().replace("x", "é" * 33),
     (3, 9, "name: 66 bytes, at most 64 are possible")),
    (rule().replace("x", '"a\\nb"'),
     (3, 9, "expected a text, without line breaks and other control "
            "characters")),
    (rule().replace("x", '"\\u0085\\x1b"'),
     (3, 9, "expected a text, without line breaks and other control "
            "characters")),
    (rule(more=f"  message: {'m' * 257}\n"),
     (6, 12, "message: 257 bytes, at most 256 are possible")),
    (rule(more=f"  description: {'m' * 1025}\n"),
     (6, 16, "description: 1025 bytes, at most 1024 are possible")),
    (rule(more="  message: by %process.com\n"),
     (6, 12, "message: there is no field '%process.com': did you mean "
             "'%process.comm'?")),
    (rule(more="  message: by %nothing_like.it\n"),
     (6, 12, "message: there is no field '%nothing_like.it': expected a key of "
             "JSON, as in %process.comm")),
    (rule(more="  message: 100 % of it\n"),
     (6, 12, "message: a % is followed by the name of a field, as in "
             "%process.comm; %% stands for itself")),
    (rule(more=f"  message: '%{'x' * 65}'\n"),
     (6, 12, f"message: there is no field '%{'x' * 64}': expected a key of "
             "JSON, as in %process.comm")),
    (rule(more=f"  tags: [a, $b, {'t' * 65}, '']\n"),
     (6, 13, "tags: no list can be named here, and a word does not begin with "
             "'$'"),
     (6, 17, "a tag of 65 bytes: at most 64 are possible"),
     (6, 84, "expected a tag, not an empty text")),
    (rule(more=f"  tags: [{'t,' * 17}]\n"), (6, 42, "tags: more than 16 "
                                                    "entries")),
    # Rates.
    (VERSION + "rates:\n  open: {process: 0, user: 1000001}\n",
     (3, 19, "process: expected a number of events per second, 1 to 1000000, "
             "or off, not '0'"),
     (3, 28, "user: expected a number of events per second, 1 to 1000000, or "
             "off, not '1000001'")),
    (VERSION + "rates: {dump: {user: 18446744073709551617}}\n",
     (2, 22, "user: expected a number of events per second, 1 to 1000000, or "
             "off, not '18446744073709551617'")),
    (VERSION + "rates: {dump: {process: -1, user: 1.5}, tag: {process: '5', "
     "user: 0x10}}\n",
     (2, 25, "process: expected a number of events per second, 1 to 1000000, "
             "or off, not '-1'"),
     (2, 35, "user: expected a number of events per second, 1 to 1000000, or "
             "off, not '1.5'"),
     (2, 56, "process: expected a number of events per second, 1 to 1000000, "
             "or off, without quotes"),
     (2, 67, "user: expected a number of events per second, 1 to 1000000, or "
             "off, not '0x10'")),
    (VERSION + "rates: {opens: {user: 1}, dump: {users: 1}, policy: 5}\n",
     (2, 9, "there is no key 'opens' in rates: did you mean 'open'?"),
     (2, 34, "there is no key 'users' in dump: did you mean 'user'?"),
     (2, 53, "policy: expected keys (process, user) and values, not a text")),
    (VERSION + "rates: {open: {user: [5]}}\n",
     (2, 22, "expected a number of events per second, 1 to 1000000, or off, "
             "not a list")),
    # What a rule matches.
    (rule("type: opne"), (4, 17, "there is no event type 'opne': did you mean "
                                 "'open'?")),
    (rule("type: [access, config, policy, lost, suppressed]"),
     (4, 18, f"event type 'access' cannot be used: {ACCESS}"),
     (4, 26, f"event type 'config' cannot be used: {CONFIG}"),
     (4, 34, "event type 'policy' cannot be used: no rule is asked about it, "
             "as it is always told"),
     (4, 42, "event type 'lost' cannot be used: no rule is asked about it, as "
             "it is always told"),
     (4, 48, "event type 'suppressed' cannot be used: no rule is asked about "
             "it, as it is always told")),
    (rule("type: {open: true}"),
     (4, 17, "expected dump, open, rename, link, unlink or attr, not keys and "
             "values")),
    (rule("type: []"), (4, 17, "type: the list is empty, and nothing would "
                               "match")),
    (rule("type: [" + "open," * 33 + "]"),
     (4, 178, "type: more than 32 values")),
    (rule("class: cores"), (4, 18, "there is no class 'cores': did you mean "
                                   "'core'?")),
    (rule("class: files"), (4, 18, "there is no class 'files': expected "
                                   f"{CLASSES}")),
    (rule("class: [dump_config, kernel_memory, access]"),
     (4, 19, f"class 'dump_config' cannot be used: {CONFIG}"),
     (4, 32, "class 'kernel_memory' cannot be used: this module does not see "
             "opens of kernel memory yet"),
     (4, 47, f"class 'access' cannot be used: {ACCESS}")),
    (rule("access: readwrite"), (4, 19, "there is no kind of access "
                                        "'readwrite': did you mean "
                                        "'read-write'?")),
    (rule("kind: proc-mem, mode: read"),
     (4, 11, f"'kind' cannot be used in match: {ACCESS}"),
     (4, 27, f"'mode' cannot be used in match: {ACCESS}")),
    (rule("executible: /usr/bin/env"),
     (4, 11, "there is no key 'executible' in match: did you mean "
             "'executable'?")),
    (rule("executable: env"), (4, 23, "'env' is not absolute: a path begins "
                                      "with /")),
    (rule("executable: [/usr/bin/nonexistent, /usr, /etc/passwd, "
          "/usr/bin/env/x]"),
     (4, 24, "cannot look at '/usr/bin/nonexistent': No such file or "
             "directory"),
     (4, 46, "'/usr' is no regular file that can be executed"),
     (4, 52, "'/etc/passwd' is no regular file that can be executed"),
     (4, 65, "'/usr/bin/env' is no directory")),
    (rule("executable: [/]"),
     (4, 24, "'/' is no regular file that can be executed")),
    (rule("user: [demon, 4294967295, nobody-of-that-name, -1]"),
     (4, 18, "there is no user 'demon': did you mean 'daemon'?"),
     (4, 25, "the number '4294967295' is too large: at most 4294967294 is "
             "possible"),
     (4, 37, "there is no user 'nobody-of-that-name' on this system"),
     (4, 58, "there is no user '-1' on this system")),
    (rule("group: [demon, 99999999999999999999, no-such-group-here]"),
     (4, 19, "there is no group 'demon': did you mean 'daemon'?"),
     (4, 26, "the number '99999999999999999999' is too large: at most "
             "4294967294 is possible"),
     (4, 48, "there is no group 'no-such-group-here' on this system")),
    (rule("user: {root: true}"), (4, 17, "expected a user's name or number, "
                                         "not keys and values")),
    (rule("directory: [etc, /etc/passwd, /nonexistent]"),
     (4, 23, "'etc' is not absolute: a path begins with /"),
     (4, 28, "'/etc/passwd' is no directory"),
     (4, 41, "cannot look at '/nonexistent': No such file or directory")),
    (rule("cgroup: [a/b, /a/../b, /a//b, /a/]"),
     (4, 20, "'a/b' is not absolute: a path begins with /"),
     (4, 25, "'/a/../b' is no path of a cgroup: expected one as in "
             "/proc/PID/cgroup behind 0::"),
     (4, 34, "'/a//b' is no path of a cgroup: expected one as in "
             "/proc/PID/cgroup behind 0::"),
     (4, 41, "'/a/' is no path of a cgroup: expected one as in "
             "/proc/PID/cgroup behind 0::")),
    (rule("initial_namespaces: 1"),
     (4, 31, "initial_namespaces: expected true or false, not '1'")),
    (rule("forced: [true]"), (4, 19, "expected true or false, not a list")),
    # Keys that do not go together.
    (rule("type: open, forced: true, privileged: true"),
     (4, 31, "'forced' says nothing of open: it is about dump"),
     (4, 49, "'privileged' says nothing of open: it is about dump")),
    (rule("type: [open, rename, link], access: read"),
     (4, 47, "'access' says nothing of rename, link: it is about open")),
    (rule("type: [dump, open], class: core, directory: /etc"),
     (4, 38, "'class' says nothing of dump: it is about open, rename, link, "
             "unlink, attr"),
     (4, 55, "'directory' says nothing of dump: it is about open, rename, "
             "link, unlink, attr")),
    (rule("type: [rename, open], class: coredump_filter"),
     (4, 40, "'class' says nothing of rename: it is about open")),
    (rule("type: unlink, class: [core, block_device]"),
     (4, 32, "class 'block_device' has no events of the type unlink")),
    (rule("access: read, forced: true"),
     (4, 10, "nothing would match: there is no event type that all of these "
             "keys are about")),
]

# Five lists, each of nine of the one before: 59049 words in few bytes.
LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcd", "bcde"))
