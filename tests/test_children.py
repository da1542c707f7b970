import gc
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from pipeline.children import Children, Killed, _single

HOSTED: list[str] = []
SINGLE = _single  # as it is, before tests choose for it


class OddError(Exception):
    """An error that cannot be built from its text alone."""

    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def add(one, two):
    return one + two


def pid():
    return os.getpid()


def hang(started=None):
    if started:
        Path(started).write_text(str(os.getpid()))
    threading.Event().wait()


def spin():
    while True:
        pass


def eat(megabytes):
    return len(bytearray(megabytes * 2**20))


def hoard():
    kept = []
    while True:
        kept.append(bytearray(2**24))


def swell(megabytes):
    return bytes(megabytes * 2**20)


def leave(code):
    os._exit(code)


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(error):
    raise error


def fail_oddly():
    raise OddError("one", "two")


def unsendable():
    return threading.Lock()


def opened():
    places = {place.name: place for place in Path("/proc/self/fd").iterdir() if place.is_symlink()}
    return {str(place.readlink()) for number, place in places.items() if int(number) > 2} - {os.devnull}


def imported(name):
    return name in sys.modules


def host(name):
    HOSTED.append(name)


def hosted():
    return HOSTED


def descendants():
    """Return what we have started and runs; but for Postgres, which begins and ends its own processes as it likes."""
    found = psutil.Process().children(recursive=True)
    return {child for child in found if child.status() != psutil.STATUS_ZOMBIE and child.name() != "postgres"}


def descriptors():
    gc.collect()
    return len(list(Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd").iterdir()))


@pytest.fixture(scope="module", params=["forked", "started"], autouse=True)
def begun(request):
    """The nursery begins as a fork of this process, or as a new Python."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipeline.children._single", lambda: request.param == "forked")
        yield request.param


@pytest.fixture(scope="module")
def children(begun):
    with Children(2, megabytes=256) as children:
        yield children


def test_a_result_comes_back(children):
    assert children.call(add, "a" * 10**7, "b", seconds=5) == "a" * 10**7 + "b"


def test_it_is_another_process_and_is_used_again():
    with Children(1) as children:
        first = children.call(pid, seconds=5)
        assert first != os.getpid()
        assert children.call(pid, seconds=5) == first


def test_an_error_is_raised_again_with_the_childs_traceback(children):
    with pytest.raises(ZeroDivisionError, match="of apples") as caught:
        children.call(fail, ZeroDivisionError("of apples"), seconds=5)
    assert "in fail" in caught.value.__notes__[0]


def test_an_error_that_cannot_be_rebuilt_comes_back_as_words(children):
    with pytest.raises(RuntimeError, match="one two"):
        children.call(fail_oddly, seconds=5)


def test_a_result_that_cannot_be_sent_is_an_error(children):
    with pytest.raises(RuntimeError, match="lock"):
        children.call(unsendable, seconds=5)


@pytest.mark.parametrize("function", [hang, spin])
def test_what_takes_too_long_is_killed(children, function):
    with pytest.raises(Killed, match=r"took over 0\.1 s"):
        children.call(function, seconds=0.1)
    assert children.call(add, 1, 2, seconds=5) == 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_what_takes_too_much_memory_is_killed_and_the_next_call_has_all_of_it(children):
    for _ in range(4):
        with pytest.raises(Killed, match="out of memory"):
            children.call(hoard, seconds=5)
    assert children.call(eat, 200, seconds=5) == 200 * 2**20


@pytest.mark.parametrize(("function", "args", "why"), [(leave, (3,), "exit code 3"), (leave, (0,), "exit code 0"), (crash, (), "SIGSEGV")])
def test_what_dies_says_of_what(children, function, args, why):
    with pytest.raises(Killed, match=why):
        children.call(function, *args, seconds=5)
    assert children.call(add, 1, 2, seconds=5) == 3


def test_a_worker_that_died_idle_costs_no_call():
    with Children(1) as children:
        victim = psutil.Process(children.call(pid, seconds=5))
        victim.kill()
        while victim.is_running() and victim.status() != psutil.STATUS_ZOMBIE:
            pass
        assert children.call(add, 1, 2, seconds=5) == 3


def test_a_worker_is_replaced_after_its_share_of_jobs(monkeypatch):
    monkeypatch.setattr("pipeline.children.JOBS", 3)
    with Children(1) as children:
        assert len({children.call(pid, seconds=5) for _ in range(6)}) == 2


def test_the_initializer_has_run_before_the_first_call():
    with Children(1, initializer=host, initargs=("here",)) as children:
        assert children.call(hosted, seconds=5) == ["here"]
    assert HOSTED == []


def test_an_initializer_that_fails_stops_the_start_and_leaves_nothing():
    before = descendants()
    with pytest.raises(ValueError, match="not today"), Children(1, initializer=fail, initargs=(ValueError("not today"),)):
        pytest.fail("it started")
    assert descendants() == before


def test_what_the_parent_has_open_is_not_open_in_a_child():
    ours, theirs = socket.socketpair()
    with ours, theirs, Children(1) as children:
        assert f"socket:[{os.fstat(ours.fileno()).st_ino}]" in opened()
        assert not children.call(opened, seconds=5) & opened()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked")
def test_a_library_that_closes_what_it_had_open_whenever_it_forks_closes_nothing_of_ours():
    forking = (
        "import uvloop; uvloop.new_event_loop().close()\n"  # libuv, from now on: two numbers are closed in each child, and a pipe opened
        "from pipeline.children import Children, _single\n"
        "assert _single()\n"
        "with Children(1) as children: print([children.call(abs, -one, seconds=5) for one in range(3)])"
    )
    assert subprocess.run([sys.executable, "-c", forking], capture_output=True, check=True, text=True).stdout == "[0, 1, 2]\n"


def test_what_a_parent_with_one_thread_has_imported_needs_no_import(begun):
    sys.modules["of_the_parent"] = sys
    try:
        with Children(1) as children:
            assert children.call(imported, "of_the_parent", seconds=5) == (begun == "forked")
    finally:
        del sys.modules["of_the_parent"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody can tell")
def test_a_process_with_two_threads_is_not_forked():
    ended = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        threads.submit(ended.wait)
        assert not SINGLE()
        ended.set()
    alone = "import pipeline.children as c; print(c._single())"
    assert subprocess.run([sys.executable, "-c", alone], capture_output=True, check=True, text=True).stdout == "True\n"


def test_many_threads_share_the_workers(children):
    with ThreadPoolExecutor(16) as threads:
        assert list(threads.map(lambda n: children.call(add, n, 1, seconds=5), range(300))) == list(range(1, 301))


def test_a_killed_neighbour_does_not_disturb(children):
    def one(n):
        if n % 5:
            return children.call(add, n, 1, seconds=5)
        with pytest.raises(Killed):
            children.call(leave, n, seconds=5)
        return n + 1

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(one, range(60))) == list(range(1, 61))


@pytest.mark.parametrize("megabytes", [65, 150])
def test_a_result_that_is_too_large_is_never_taken_in(megabytes):
    with Children(1) as children:
        before = psutil.Process().memory_info().rss
        with pytest.raises(Killed, match="a result of over 64 MiB"):
            children.call(swell, megabytes, seconds=10)
        assert psutil.Process().memory_info().rss - before < 32 * 2**20
        assert children.call(add, 1, 2, seconds=5) == 3


MIX = [(spin, (), 0.02), (hang, (), 0.01), (crash, (), 5), (leave, (1,), 5), (swell, (65,), 5), (hoard, (), 5)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds the address space")
def test_kills_of_every_kind_leak_nothing_and_good_work_goes_on(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    processes, opened = descendants(), descriptors()
    with Children(1, megabytes=160) as children:
        settled = (len(descendants()), descriptors())
        for turn in range(5):
            for function, args, seconds in MIX:
                with pytest.raises(Killed):
                    children.call(function, *args, seconds=seconds)
                assert children.call(add, turn, 2, seconds=5) == turn + 2
        assert (len(descendants()), descriptors()) == settled
    assert (descendants(), descriptors()) == (processes, opened)
    assert list(tmp_path.iterdir()) == []


def test_a_hundred_kills_leak_nothing():
    processes, opened = descendants(), descriptors()
    with Children(1) as children:
        settled = (len(descendants()), descriptors())
        for _ in range(100):
            with pytest.raises(Killed):
                children.call(hang, seconds=0.01)
        assert children.call(add, 1, 2, seconds=5) == 3
        assert (len(descendants()), descriptors()) == settled
    assert (descendants(), descriptors()) == (processes, opened)


def test_leaving_ends_what_still_runs(tmp_path):
    before = descendants()
    with ThreadPoolExecutor(1) as threads:
        with Children(1) as children:
            running = threads.submit(children.call, hang, tmp_path / "started", seconds=60)
            while not (tmp_path / "started").exists():
                pass
        assert isinstance(running.exception(), Exception)
    assert descendants() == before


PARENT = """
import sys; sys.path[:] = {path!r}
from pipeline.children import Children
from test_children import hang, pid
with Children(2) as children:
    print(children.call(pid, seconds=5), children._nursery.pid, flush=True)
    children.call(hang, {started!r}, seconds=60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a busy worker ends with its work, not with its parent")
def test_nothing_outlives_a_parent_that_is_killed(tmp_path):
    started = tmp_path / "started"
    source = PARENT.format(path=[str(Path(__file__).parent), *sys.path], started=str(started))
    with subprocess.Popen([sys.executable, "-c", source], stdout=subprocess.PIPE, text=True) as parent:
        orphans = [psutil.Process(int(number)) for number in parent.stdout.readline().split()]
        while not (started.exists() and started.read_text()):
            pass
        orphans.append(psutil.Process(int(started.read_text())))
        parent.kill()
    _, alive = psutil.wait_procs(set(orphans), timeout=10)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []
