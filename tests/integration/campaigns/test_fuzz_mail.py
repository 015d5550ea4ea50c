"""The fuzzing of mail: reproducible, and a first few hundred mails of it on every run."""

import time
from pathlib import Path

from inbox_agent.mail.kind.bounce_report import Report, named_recipients
from tests.fuzz_mail.__main__ import read_one
from tests.fuzz_mail.mutations import mutant, mutants, read_seeds

MAIL = Path(__file__).parents[2] / "mail"


def test_mail_is_a_function_of_its_number() -> None:
    seeds = read_seeds(MAIL)
    assert mutant(seeds, 1, 7) == mutant(seeds, 1, 7)
    assert mutant(seeds, 1, 7) != mutant(seeds, 2, 7)


def test_body_without_a_header_section_is_wrapped(tmp_path: Path) -> None:
    (tmp_path / "body.html").write_text("<p>Hi</p>")
    (seed,) = read_seeds(tmp_path)
    assert seed.startswith(b"From: ")
    assert b"text/html" in seed
    assert read_one(seed) == "request"


def test_returned_header_full_of_spaces_is_read_at_once() -> None:
    started = time.process_time()
    report = Report(text="", original="From: a@b.example" + " " * 50_000 + "\n c")
    assert report.original_field("From") == "a@b.example c"
    assert time.process_time() - started < 1


def test_report_with_lines_full_of_addresses_is_read_at_once() -> None:
    started = time.process_time()
    report = Report(text=("delivery to a@b.example failed " + "<a@b.example>," * 280 + "\n") * 12, original="")
    assert named_recipients(report, frozenset()) == ("a@b.example",)
    assert time.process_time() - started < 1


def test_mutated_mail_is_read_without_any_error() -> None:
    for _, raw in mutants(read_seeds(MAIL), 1, range(300)):
        read_one(raw)
