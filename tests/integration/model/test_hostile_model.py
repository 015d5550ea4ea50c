"""The hostile model behind a server, through the real adapter and the states of a conversation."""

from tests.hostile_model import over_http, play


def test_nothing_happens_over_http_that_the_owners_words_do_not_hold() -> None:
    with over_http() as model:
        score = play(model, every=397)
    assert score.violations == []
    assert score.turns > 30
