"""The fuzzing of proofs: reproducible, able to find something, and a first few hundred mails of it on every run."""

from pathlib import Path

import pytest

from inbox_agent.models import Trust, TrustDecision
from tests.fuzz_headers.__main__ import Tally, find_wrong, main
from tests.fuzz_headers.cases import OWNER, Case, case, cases, lookup
from tests.fuzz_headers.reference import proven_by_signature, sender_of, strict_tags


def test_a_mail_is_a_function_of_its_number() -> None:
    assert case(1, 7) == case(1, 7)
    assert case(1, 7) != case(2, 7)


def test_mutated_headers_prove_nothing_that_others_do_not_see_and_harmless_changes_stay_proven(tmp_path: Path) -> None:
    tally = Tally(tmp_path)
    for one in cases(1, range(600)):
        tally.take(one)
    assert tally.findings == {}, tally.report()
    genuine = sum(count for (_, writer), count in tally.seen.items() if writer == "owner")
    kept = sum(count for (_, writer), count in tally.proven.items() if writer == "owner")
    assert kept >= genuine * 0.98, tally.report()
    assert "600 mails: 0 findings" in tally.report()


def test_a_wrong_proof_would_be_found() -> None:
    whole = next(one for one in cases(1, range(100)) if (one.mode, one.writer) == ("own", "owner"))
    forged = Case(0, "own", "stranger", False, b"X-" + whole.raw, b"X-" + whole.raw)
    claimed = Trust(TrustDecision.ALLOWED, OWNER, "")
    assert find_wrong(whole, claimed) == ""
    assert "proven to be from ann@bank.example, others: nobody" in find_wrong(forged, claimed)
    added = whole.raw.replace(b"\r\n\r\n", b"\r\nReferences: <1@evil.example>\r\n\r\n", 1)
    if b"eferences" not in whole.raw:
        assert find_wrong(Case(0, "own", "holder", False, added, added), claimed) != ""


@pytest.mark.parametrize(
    ("sender", "read"),
    [
        ("Ann <Ann@Bank.example>", OWNER),
        ("a@b.example, c@d.example", ""),
        ("friends: a@b.example;", "a@b.example"),
        ("Ann", ""),
    ],
)
def test_the_other_reader_of_from_is_the_standard_library(sender: str, read: str) -> None:
    assert sender_of(f"From: {sender}\r\n\r\n".encode()) == read


def test_the_strict_reader_refuses_what_can_be_read_in_two_ways() -> None:
    assert strict_tags(b" v=1; d=a.example;\r\n\th=from : to\r\n") == {b"v": b"1", b"d": b"a.example", b"h": b"from:to"}
    for odd in (b"v=1; v=1", b"v=1; D=a", b"v=1;;d=a", b"v=1; d=\xc2\xa0a", b"v", b"v=1; d=a\rb", b""):
        assert strict_tags(odd) is None
    assert proven_by_signature(b"From: a@bank.example\r\n\r\n", lookup) == ""


def test_the_command_shows_one_mail_with_both_verdicts(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--only", "2415"]) == 0
    shown = capsys.readouterr().out
    assert "ours: Trust(" in shown
    assert "others: ann@bank.example" in shown
    assert "1 mails: 0 findings" in shown
    with pytest.raises(SystemExit) as stopped:
        main(["--count", "0"])
    assert stopped.value.code == 2
