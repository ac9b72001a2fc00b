"""Tickets: who stops what, and what is remembered."""

from demos.ui.tickets import MOST, Tickets


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


def test_the_page_hears_of_its_own_kind():
    assert "'one-asked'" in Tickets("one").ask
    assert "'one-ended'" in Tickets("one").end
