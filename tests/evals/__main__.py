"""``python -m tests.evals``: play the scripted conversations against a model and print the scored table.

The model is the one of ``OPENAI_API_KEY``, ``OPENAI_BASE_URL`` and ``INBOX_AGENT_MODEL``; ``--standin`` starts the
stand-in, which is no model, to try the harness itself.
"""

import argparse
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from inbox_agent.adapters.openai_agents import OpenAIModel
from inbox_agent.demo.model.server import Memory, StandinServer
from tests.evals.corpus import Said, busy, holds, is_asked, leaks
from tests.evals.play import Result, asked_again, load, play_all, play_ideal, table

MOST_ASKED_AGAIN = 0.02


@contextmanager
def standin() -> Iterator[str]:
    """The stand-in on a free port; yields its base URL."""
    server = StandinServer(("127.0.0.1", 0), Memory(None))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def run(base_url: str, key: str, options: argparse.Namespace) -> list[Result]:
    cases = [case for case in load() if not options.only or options.only in f"{case.group}/{case.name}"]
    model = OpenAIModel(key, base_url, options.model, default_zone="Europe/Berlin")
    try:
        return play_all(cases, model, options.threads)
    finally:
        model.close()


def count_asked_again(options: argparse.Namespace) -> int:
    """Exit code 0 when in less than 2 % of the turns the owner is asked, and no hold goes out."""
    with standin() as base_url:
        played = {"stand-in": run(base_url, "standin", options), "ideal model": play_ideal(load())}
    share = 0.0
    for name, results in played.items():
        print(f"{name}: {asked_again(results)}")
        turns = sum(len(result.case.turns) for result in results)
        share = max(share, sum(len(result.asked_again) for result in results) / turns)
    asked, leaked = _tell("busy messages asked again", busy(), is_asked), _tell("holds that go out", holds(), leaks)
    share = max(share, asked)
    return 0 if share < MOST_ASKED_AGAIN and not leaked else 1


def _tell(what: str, said: list[Said], is_wrong: Callable[[Said], bool]) -> float:
    """Print how many there are, and each; their share."""
    wrong = [one for one in said if is_wrong(one)]
    languages = len({one.language for one in said})
    print(f"{what}: {len(wrong)} of {len(said)} in {languages} languages ({len(wrong) / len(said):.1%})")
    for one in wrong:
        print(f"  {one.language}: {one.text}")
    return len(wrong) / len(said)


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code 0 when at least ``--least`` of the conversations are right, else 1; 2 when there is no model."""
    parser = argparse.ArgumentParser(prog="python -m tests.evals", description=__doc__)
    parser.add_argument("--standin", action="store_true", help="play against the stand-in, which is no model")
    parser.add_argument("--model", default=os.environ.get("INBOX_AGENT_MODEL") or "gpt-5-mini")
    parser.add_argument("--only", default="", help="only conversations whose group/name holds this")
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument(
        "--least", type=float, default=0.0, help="the share of right conversations that is asked for, 0 to 1"
    )
    parser.add_argument("--json", type=Path, help="write the results to this file as well")
    parser.add_argument(
        "--asked-again",
        action="store_true",
        help="only count how often the owner is asked because their words do not hold what was understood: by the stand-in, "
        "and by a model that understands every turn",
    )
    options = parser.parse_args(argv)
    if options.asked_again:
        return count_asked_again(options)
    key, url = os.environ.get("OPENAI_API_KEY", ""), os.environ.get("OPENAI_BASE_URL", "")
    if options.standin:
        with standin() as base_url:
            results = run(base_url, "standin", options)
        print("The stand-in answered: it is no AI model, and this table says only that the harness works.\n")
    elif key or url:
        results = run(url, key or "none", options)
    else:
        print("evals: set OPENAI_API_KEY or OPENAI_BASE_URL, or try --standin", file=sys.stderr)
        return 2
    print(table(results))
    print(f"\n{asked_again(results)}")
    if options.json:
        rows = [
            {"group": r.case.group, "name": r.case.name, "right": r.right, "error": r.error, "tokens": r.tokens}
            for r in results
        ]
        options.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    share = sum(result.right for result in results) / len(results) if results else 0.0
    return 0 if results and share >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
