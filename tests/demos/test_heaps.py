"""The C library's heaps, which many threads share in the app."""

import ctypes
import subprocess
import sys

import pytest

PROGRAM = """
import ctypes, threading
{first}
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
together = threading.Barrier(12)
def work():
    together.wait()
    library.malloc(5000)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
library.fdopen.restype = ctypes.c_void_p
out = ctypes.c_void_p(library.fdopen(1, b"w"))
library.malloc_info(0, out)
library.fflush(out)
"""


def heaps(first):
    program = PROGRAM.format(first=first)
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return found.stdout.count("<heap nr=")


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="the C library is not glibc")
def test_threads_share_two_heaps_in_the_app_and_have_many_elsewhere():
    assert heaps("") > 2
    assert heaps("import demos.ui.server") <= 2
