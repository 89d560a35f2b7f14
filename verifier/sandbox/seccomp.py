"""A seccomp filter: the system calls that an honest Python job needs, and no others.

What is not on the list fails with EPERM, so that code under check sees an ordinary
`PermissionError`. What only an attack would try ends the process with SIGSYS. The filter is
classic BPF as in <linux/filter.h>; numbers come from the kernel's tables.
"""

from __future__ import annotations

import ctypes
import errno
import struct
from collections.abc import Iterable

from verify_agent.verifier.sandbox import libc

_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

_COMMON = """
read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn
pread64 pwrite64 readv writev sched_yield mremap msync mincore madvise dup nanosleep getitimer
setitimer getpid exit uname fcntl flock fsync fdatasync ftruncate getcwd chdir fchdir umask
gettimeofday getrlimit getrusage sysinfo times getuid getgid geteuid getegid getppid getgroups
getresuid getresgid getpgid getsid rt_sigpending rt_sigtimedwait rt_sigsuspend sigaltstack statfs
fstatfs gettid futex sched_getaffinity getdents64 set_tid_address restart_syscall fadvise64
timer_create timer_settime timer_gettime timer_getoverrun timer_delete clock_gettime clock_getres
clock_nanosleep exit_group openat mkdirat newfstatat unlinkat renameat linkat symlinkat readlinkat
faccessat pselect6 ppoll set_robust_list get_robust_list epoll_pwait epoll_ctl epoll_create1
eventfd2 dup3 pipe2 preadv pwritev getcpu renameat2 getrandom membarrier
copy_file_range preadv2 pwritev2 statx rseq close_range openat2 faccessat2 futex_waitv
sched_getparam sched_getscheduler sched_get_priority_max sched_get_priority_min getpriority
splice tee sendfile fallocate wait4 waitid
"""
_ONLY_X86 = """
open stat lstat poll access pipe select dup2 pause alarm getpgrp time rename mkdir rmdir creat
link unlink symlink readlink arch_prctl epoll_create epoll_wait getdents
"""
_FORKING = "fork vfork execve setsid setpgid clone"
_ATTACKS = """
ptrace process_vm_readv process_vm_writev mount umount2 pivot_root chroot bpf keyctl add_key
request_key init_module finit_module delete_module kexec_load reboot swapon swapoff
perf_event_open userfaultfd open_by_handle_at io_uring_setup unshare setns pidfd_getfd
"""

_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_CLONE_THREAD_FLAGS = 0x100 | 0x10000
_TERMINAL_QUESTIONS = (0x5401, 0x5413, 0x5421, 0x5450, 0x5451)
_HARMLESS_PRCTL = (15, 16, 0x53564D41)
_LOAD, _JUMP_EQUAL, _AND, _RETURN = 0x20, 0x15, 0x54, 0x06
_NUMBER_OFFSET, _ARCH_OFFSET, _ARGUMENTS_OFFSET = 0, 4, 16

_Program = list[tuple[int, int, int, int]]


def install(own_pid: int, *, forking: bool) -> None:
    """Put the filter on this process, for good; `OSError` where that is not possible.

    `own_pid` is the only process that the job may signal. Needs no-new-privileges.
    """
    program = compile_filter(libc.machine(), own_pid, forking=forking)
    code = b"".join(struct.pack("=HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code, len(code))
    # struct sock_fprog: an unsigned short, padding, a pointer.
    head = ctypes.create_string_buffer(
        struct.pack("@HP", len(program), ctypes.addressof(buffer)), struct.calcsize("@HP")
    )
    libc.prctl(libc.PR_SET_SECCOMP, 2, ctypes.addressof(head))


def compile_filter(machine: str, own_pid: int, *, forking: bool) -> _Program:
    """The filter as (code, jump if true, jump if false, operand) steps."""
    if machine not in _AUDIT_ARCH:
        raise OSError(f"no system call table for {machine}")
    table = numbers(machine)
    allowed = _COMMON.split() + (_ONLY_X86.split() if machine == "x86_64" else [])
    allowed += _FORKING.split() if forking else []
    program: _Program = [
        (_LOAD, 0, 0, _ARCH_OFFSET),
        (_JUMP_EQUAL, 1, 0, _AUDIT_ARCH[machine]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER_OFFSET),
    ]
    for name in allowed:
        if name in table:
            program += _when(table[name], [(_RETURN, 0, 0, _ALLOW)])
    for name in _ATTACKS.split():
        program += _when(table[name], [(_RETURN, 0, 0, _KILL)])
    # glibc turns to clone, whose flags a filter can see, where clone3 is not there.
    program += _when(table["clone3"], [(_RETURN, 0, 0, _error(errno.ENOSYS))])
    program += _when(table["clone"], _masked(0, _CLONE_THREAD_FLAGS))
    for name in ("kill", "tgkill"):
        program += _when(table[name], _one_of(0, (own_pid,)))
    program += _when(table["ioctl"], _one_of(1, _TERMINAL_QUESTIONS))
    program += _when(table["prctl"], _one_of(0, _HARMLESS_PRCTL))
    program += _when(table["prlimit64"], _null(2))
    return [*program, (_RETURN, 0, 0, _error(errno.EPERM))]


def _when(number: int, block: _Program) -> _Program:
    return [(_JUMP_EQUAL, 0, len(block), number), *block]


def _one_of(argument: int, values: Iterable[int]) -> _Program:
    block: _Program = [(_LOAD, 0, 0, _ARGUMENTS_OFFSET + 8 * argument)]
    for value in values:
        block += _when(value, [(_RETURN, 0, 0, _ALLOW)])
    return [*block, (_RETURN, 0, 0, _error(errno.EPERM))]


def _masked(argument: int, flags: int) -> _Program:
    return [
        (_LOAD, 0, 0, _ARGUMENTS_OFFSET + 8 * argument),
        (_AND, 0, 0, flags),
        *_when(flags, [(_RETURN, 0, 0, _ALLOW)]),
        (_RETURN, 0, 0, _error(errno.EPERM)),
    ]


def _null(argument: int) -> _Program:
    low = _ARGUMENTS_OFFSET + 8 * argument
    return [
        (_LOAD, 0, 0, low),
        (_JUMP_EQUAL, 0, 3, 0),
        (_LOAD, 0, 0, low + 4),
        (_JUMP_EQUAL, 0, 1, 0),
        (_RETURN, 0, 0, _ALLOW),
        (_RETURN, 0, 0, _error(errno.EPERM)),
    ]


def _error(number: int) -> int:
    return 0x00050000 | number


def numbers(machine: str) -> dict[str, int]:
    """System call numbers by name for `x86_64` or `aarch64`."""
    column = {"x86_64": 1, "aarch64": 2}[machine]
    rows = (line.split() for line in _TABLE.splitlines() if line)
    return {row[0]: int(row[column]) for row in rows if row[column] != "-"}


_TABLE = """
access 21 -
add_key 248 217
alarm 37 -
arch_prctl 158 -
bpf 321 280
brk 12 214
chdir 80 49
chroot 161 51
clock_getres 229 114
clock_gettime 228 113
clock_nanosleep 230 115
clone 56 220
clone3 435 435
close 3 57
close_range 436 436
copy_file_range 326 285
creat 85 -
delete_module 176 106
dup 32 23
dup2 33 -
dup3 292 24
epoll_create 213 -
epoll_create1 291 20
epoll_ctl 233 21
epoll_pwait 281 22
epoll_wait 232 -
eventfd2 290 19
execve 59 221
exit 60 93
exit_group 231 94
faccessat 269 48
faccessat2 439 439
fadvise64 221 223
fallocate 285 47
fchdir 81 50
fcntl 72 25
fdatasync 75 83
finit_module 313 273
flock 73 32
fork 57 -
fstat 5 80
fstatfs 138 44
fsync 74 82
ftruncate 77 46
futex 202 98
futex_waitv 449 449
get_robust_list 274 100
getcpu 309 168
getcwd 79 17
getdents 78 -
getdents64 217 61
getegid 108 177
geteuid 107 175
getgid 104 176
getgroups 115 158
getitimer 36 102
getpgid 121 155
getpgrp 111 -
getpid 39 172
getppid 110 173
getpriority 140 141
getrandom 318 278
getresgid 120 150
getresuid 118 148
getrlimit 97 163
getrusage 98 165
getsid 124 156
gettid 186 178
gettimeofday 96 169
getuid 102 174
init_module 175 105
io_uring_setup 425 425
ioctl 16 29
kexec_load 246 104
keyctl 250 219
kill 62 129
link 86 -
linkat 265 37
lseek 8 62
lstat 6 -
madvise 28 233
membarrier 324 283
mincore 27 232
mkdir 83 -
mkdirat 258 34
mmap 9 222
mount 165 40
mprotect 10 226
mremap 25 216
msync 26 227
munmap 11 215
nanosleep 35 101
newfstatat 262 79
open 2 -
open_by_handle_at 304 265
openat 257 56
openat2 437 437
pause 34 -
perf_event_open 298 241
pidfd_getfd 438 438
pipe 22 -
pipe2 293 59
pivot_root 155 41
poll 7 -
ppoll 271 73
prctl 157 167
pread64 17 67
preadv 295 69
preadv2 327 286
prlimit64 302 261
process_vm_readv 310 270
process_vm_writev 311 271
pselect6 270 72
ptrace 101 117
pwrite64 18 68
pwritev 296 70
pwritev2 328 287
read 0 63
readlink 89 -
readlinkat 267 78
readv 19 65
reboot 169 142
rename 82 -
renameat 264 38
renameat2 316 276
request_key 249 218
restart_syscall 219 128
rmdir 84 -
rseq 334 293
rt_sigaction 13 134
rt_sigpending 127 136
rt_sigprocmask 14 135
rt_sigreturn 15 139
rt_sigsuspend 130 133
rt_sigtimedwait 128 137
sched_get_priority_max 146 125
sched_get_priority_min 147 126
sched_getaffinity 204 123
sched_getparam 143 121
sched_getscheduler 145 120
sched_yield 24 124
select 23 -
sendfile 40 71
set_robust_list 273 99
set_tid_address 218 96
setitimer 38 103
setns 308 268
setpgid 109 154
setsid 112 157
sigaltstack 131 132
splice 275 76
stat 4 -
statfs 137 43
statx 332 291
swapoff 168 225
swapon 167 224
symlink 88 -
symlinkat 266 36
sysinfo 99 179
tee 276 77
tgkill 234 131
time 201 -
timer_create 222 107
timer_delete 226 111
timer_getoverrun 225 109
timer_gettime 224 108
timer_settime 223 110
times 100 153
umask 95 166
umount2 166 39
uname 63 160
unlink 87 -
unlinkat 263 35
unshare 272 97
userfaultfd 323 282
vfork 58 -
wait4 61 260
waitid 247 95
write 1 64
writev 20 66
"""
