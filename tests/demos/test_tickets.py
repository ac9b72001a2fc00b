"""Tickets: who stops what, and what is remembered."""

from types import SimpleNamespace

from demos.ui.tickets import MOST, Tickets, left


def test_stopping_one_job_stops_no_other():
    tickets, others = Tickets("one"), Tickets("other")
    tickets.stop({"ticket": "7-7"})
    assert "7-7" in tickets
    assert "7-8" not in tickets
    assert "7-7" not in others
    tickets.forget("7-7")
    assert "7-7" not in tickets
    tickets.forget("never asked for")


def test_no_ticket_is_none():
    tickets = Tickets("one")
    for request in ({}, {"ticket": ""}, {"ticket": None}):
        assert tickets.stop(request) == {}
    assert "" not in tickets


def test_tickets_do_not_pile_up():
    tickets = Tickets("one")
    for number in range(2 * MOST):
        tickets.stop({"ticket": str(number)})
    assert sum(str(number) in tickets for number in range(2 * MOST)) == MOST
    assert str(MOST) in tickets
    tickets.stop({"ticket": 10_000 * "x"})
    assert 40 * "x" in tickets


def visit(name):
    return SimpleNamespace(session_hash=name)


def test_who_leaves_stops_his_own_jobs_of_every_kind():
    one, other = Tickets("one"), Tickets("other")
    one.begin("1-1", visit("mine"))
    one.begin("1-2", visit("theirs"))
    other.begin("2-1", visit("mine"))
    other.begin("2-2", visit("mine"))
    other.forget("2-2")
    left(visit("mine"))
    assert ("1-1" in one, "1-2" in one, "2-1" in other, "2-2" in other) == (True, False, True, False)


def test_a_job_of_nobody_is_stopped_by_no_leaving():
    tickets = Tickets("one")
    for request in (None, visit(None), visit("")):
        tickets.begin("1-1", request)
    tickets.begin("", visit("mine"))
    for name in ("", "None", "mine"):
        tickets.leave(name)
    assert "1-1" not in tickets
    assert "" not in tickets


def test_the_page_hears_of_its_own_kind():
    assert "'one-asked'" in Tickets("one").ask
    assert "'one-ended'" in Tickets("one").end
