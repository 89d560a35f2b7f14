"""What hostile candidates do. Each returns `contained: ...` where it was stopped politely."""

import ctypes
import json
import mmap
import os
import signal
import socket
import subprocess
import sys
import threading
import time


def _try(step, *arguments):
    try:
        return f"escaped: {step(*arguments)!r}"
    except OSError as error:
        return f"contained: {type(error).__name__}"


def loop(_):
    while True:
        pass


def ignore_signals_and_loop(_):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGHUP, signal.SIGXCPU):
        signal.signal(number, signal.SIG_IGN)
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def sleep(_):
    time.sleep(3_600)


def sleep_as(name):
    ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)
    time.sleep(3_600)


def eat_memory(_):
    kept = []
    while True:
        kept.append(bytearray(16 << 20))


def eat_shared_memory(_):
    kept = []
    try:
        while True:
            piece = mmap.mmap(-1, 64 << 20)
            piece.write(b"x" * 4_096)
            kept.append(piece)
            if len(kept) > 100:
                return "escaped"
    except (OSError, MemoryError) as error:
        return f"contained: {type(error).__name__}"


def fork_bomb(_):
    made = 0
    try:
        for _ in range(200):
            if os.fork() == 0:
                while True:
                    pass
            made += 1
    except OSError as error:
        return f"contained: {type(error).__name__} after {made}"
    return "escaped"


def daemonize(name):
    """A grandchild in a session of its own, under a name that can be looked for."""
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(15, name.encode(), 0, 0, 0)
            for descriptor in range(3):
                os.close(descriptor)
            while True:
                time.sleep(1)
        os._exit(0)
    os.wait()
    time.sleep(0.1)
    return "daemon started"


def open_socket(_):
    return _try(socket.socket)


def open_unix_socket(_):
    return _try(socket.socketpair)


def read_file(path):
    return _try(lambda: open(path).read())


def list_folder(path):
    return _try(os.listdir, path)


def write_file(path):
    return _try(lambda: open(path, "w").write("x"))


def delete_file(path):
    return _try(os.unlink, path)


def read_through_symlink(path):
    os.symlink(path, "innocent")
    return _try(lambda: open("innocent").read())


def write_through_symlink(path):
    os.symlink(os.path.dirname(path), "folder")
    return _try(lambda: open(os.path.join("folder", os.path.basename(path)), "w").write("x"))


def hard_link(path):
    return _try(os.link, path, "mine")


def change_mode(path):
    return _try(os.chmod, path, 0o777)


def send_signal(pid):
    return _try(os.kill, pid, signal.SIGKILL)


def kill_everyone(_):
    if os.getuid() == 0:
        return "not tried as root"
    return _try(os.kill, -1, signal.SIGKILL)


def print_much(_):
    for _ in range(100):
        print("x" * 1_000_000)
    return "escaped"


def leave_quietly(_):
    os._exit(0)


def exit_politely(_):
    sys.exit(0)


def forge(_):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, json.dumps({"value": "forged", "layers": []}).encode())
        except OSError:
            continue
    os._exit(0)


def environment(_):
    return dict(os.environ)


def trace_parent(pid):
    ctypes.CDLL(None).ptrace(16, pid, 0, 0)
    return "escaped"


def read_parent_memory(pid):
    buffer = ctypes.create_string_buffer(16)
    ctypes.CDLL(None).process_vm_readv(pid, buffer, 1, buffer, 1, 0)
    return "escaped"


def run_program(_):
    return _try(subprocess.run, ["/bin/echo", "hello"])


def raise_limits(_):
    import resource

    try:
        resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    except (OSError, ValueError) as error:
        return f"contained: {type(error).__name__}"
    return "escaped"


def fill_disk(_):
    return _try(lambda: open("big", "wb").write(b"x" * (64 << 20)))


def return_much(_):
    return "x" * 50_000_000


def return_object(_):
    return object()


def interrupt(_):
    raise KeyboardInterrupt


def use_threads(count):
    found = []
    threads = [threading.Thread(target=found.append, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(found)


def descriptors(_):
    return [n for n in range(256) if _is_open(n)]


def _is_open(number):
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def work_in_folder(_):
    with open("note", "w") as file:
        file.write("fine")
    with open("note") as file:
        return [file.read(), os.listdir("."), os.environ["HOME"] == os.getcwd()]


def fill_folder(_):
    def fill():
        for number in range(100):
            with open(f"file{number}", "wb") as file:
                file.write(b"x" * 1_000_000)

    return _try(fill)


CALLS = []


def count(_):
    CALLS.append(1)
    return len(CALLS)
