"""Jobs spread over threads: what is there is taken together, nothing that is there waits for what is not."""

import signal
import threading
import time
from contextlib import closing

import pytest

from pipeline.steps.spread import lots, spread


class Jobs:
    """Jobs of one result each, but that of "slow": it gives another when it may. `lie` waits until so many results lie ready."""

    def __init__(self):
        self.go_on, self._laid = threading.Event(), threading.Semaphore(0)

    def work(self, job):
        yield job
        self._laid.release()  # it is asked for more: what it gave lies ready
        if job == "slow":
            assert self.go_on.wait(10)
            yield "at last"
            self._laid.release()

    def lie(self, count):
        for _ in range(count):
            assert self._laid.acquire(timeout=10)


@pytest.fixture
def jobs():
    return Jobs()


def test_nothing_that_is_there_waits_for_what_is_slow(jobs):
    with closing(lots(["slow", "quick"], jobs.work, 2, 16)) as found:
        seen = []
        while len(seen) < 2:
            seen += next(found)
        assert sorted(seen) == ["quick", "slow"]
        jobs.go_on.set()
        assert [list(lot) for lot in found] == [["at last"]]


def test_all_that_lies_ready_comes_together(jobs):
    with closing(lots(["slow", *range(9)], jobs.work, 1, 1000)) as found:
        assert list(next(found)) == ["slow"]
        jobs.go_on.set()
        jobs.lie(11)
        assert list(next(found)) == ["at last", *range(9)]
        assert list(found) == []


def test_no_more_come_together_than_are_wanted(jobs):
    with closing(lots(["slow", *range(9)], jobs.work, 1, 4)) as found:
        next(found)
        jobs.go_on.set()
        jobs.lie(11)
        rest = [list(lot) for lot in found]
    assert rest == [["at last", 0, 1, 2], [3, 4, 5, 6], [7, 8]]


def test_who_is_patient_gets_what_comes_in_time_and_ends_with_the_last_job(jobs):
    with closing(lots(["slow", *range(9)], jobs.work, 2, 11, patience=600.0)) as found:
        jobs.go_on.set()
        (lot,) = found
    assert len(lot) == 11


def test_patience_ends(jobs):
    with closing(lots(["slow"], jobs.work, 1, 11, patience=0.01)) as found:
        assert list(next(found)) == ["slow"]
        jobs.go_on.set()
        assert list(next(found)) == ["at last"]


class Ended(Exception):  # noqa: N818  it says what has happened
    """Raised amid whatever is done, as by Airflow in a task that is to end."""


def end(*_):
    raise Ended


def test_who_is_ended_amid_a_lot_waits_for_no_job_that_has_ended(jobs):
    def interrupt():
        jobs.lie(3)
        time.sleep(0.05)  # until they are taken
        signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
        jobs.go_on.set()

    before, ending = signal.signal(signal.SIGUSR1, end), threading.Thread(target=interrupt)
    ending.start()
    with pytest.raises(Ended):
        list(lots(["quick", "swift", "slow"], jobs.work, 3, 16, patience=600.0))
    ending.join()
    signal.signal(signal.SIGUSR1, before)
    assert not [thread for thread in threading.enumerate() if "ThreadPool" in thread.name]


def test_a_job_that_fails_ends_alone_and_is_told_of_when_the_others_are_done():
    seen = []
    work = lambda job: iter([10 // job])  # noqa: E731  one line where it is used
    found = (seen.extend(lot) for lot in lots([5, 0, 2], work, 2, 16))
    with pytest.raises(ExceptionGroup, match="1 of 3 jobs failed"):
        list(found)
    assert sorted(seen) == [2, 5]


def test_no_thread_is_left_waiting_when_nobody_takes_its_results():
    before = threading.active_count()
    work = lambda job: iter([job] * 100)  # noqa: E731  one line where it is used
    for taking in (spread(range(4), work, 4), lots(range(4), work, 4, 3)):
        with closing(taking) as results:
            next(results)
        assert threading.active_count() == before
