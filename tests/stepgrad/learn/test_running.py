"""A learner's function is ended, whatever it does, and leaves nothing behind."""

from __future__ import annotations

import itertools
import signal
import sys
import threading
import time

import pytest

from stepgrad.learn.answers import AnswerError
from stepgrad.learn.running import run


def loop():
    while True:
        pass


def catching_all():
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            pass


def sleeping():
    time.sleep(60)


def generating():
    return sum(1 for _ in itertools.count())


def comprehending():
    return [x for x in itertools.count() if x < 0]


def in_another_thread(function):
    """What it raises there."""
    raised = []

    def call():
        try:
            run(function, seconds=0.3)
        except AnswerError as error:
            raised.append(error)

    thread = threading.Thread(target=call, daemon=True)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    return raised[0]


@pytest.mark.native
@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no timer that sends a signal")
@pytest.mark.parametrize("function", [loop, sleeping, generating, comprehending], ids=lambda f: f.__name__)
def test_in_the_main_thread_a_signal_ends_what_takes_too_long(function):
    handler, timer = signal.getsignal(signal.SIGALRM), signal.getitimer(signal.ITIMER_REAL)
    with pytest.raises(AnswerError, match=r"has not ended after 0.3 seconds \(line \d+"):
        run(function, seconds=0.3)
    assert signal.getsignal(signal.SIGALRM) == handler and signal.getitimer(signal.ITIMER_REAL) == timer


@pytest.mark.native
@pytest.mark.parametrize("function", [loop, generating, comprehending], ids=lambda f: f.__name__)
def test_in_another_thread_tracing_ends_it(function):
    assert "has not ended" in str(in_another_thread(function))


def test_where_no_signal_is_to_be_had_tracing_ends_it(monkeypatch):
    monkeypatch.setattr("stepgrad.learn.running._HAS_TIMER", False)
    before = sys.gettrace()
    with pytest.raises(AnswerError, match="has not ended"):
        run(loop, seconds=0.3)
    assert sys.gettrace() is before


def test_an_interrupt_of_the_user_is_not_an_answer():
    def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(interrupted)


def test_what_a_function_prints_is_kept_back(capsys):
    def printing():
        print("aside")
        return 3

    assert run(printing) == 3
    assert capsys.readouterr().out == ""


def test_the_line_is_that_of_the_learner_not_of_the_library():
    from autograd import Value

    def mistaken():
        return Value("three")

    with pytest.raises(AnswerError, match=r"raises TypeError: .*\(line \d+: return Value\(\"three\"\)\)"):
        run(mistaken)
