"""The page as a command of its own, beside a mail server that is running."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from waitress import serve

from inbox_agent.demo.mail_accounts import read_users
from inbox_agent.demo.webmail.app import BANNER, REAL_MODEL_BANNER, create_webmail_app
from inbox_agent.demo.webmail.postbox import MailServers, WebmailUser


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Loopback only: the page has no login."""
    parser = argparse.ArgumentParser(prog="inbox-agent webmail", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="where to serve, on 127.0.0.1")
    parser.add_argument("--imap-port", type=int, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--agent", required=True, metavar="ADDRESS", help="the address of the agent")
    parser.add_argument(
        "--users",
        type=Path,
        required=True,
        metavar="FILE",
        help="a line ADDRESS:PASSWORD for each person; - reads standard input",
    )
    parser.add_argument("--real-model", action="store_true", help="say on the page that no stand-in answers")
    options = parser.parse_args(argv)
    app = create_webmail_app(
        servers=MailServers("127.0.0.1", options.imap_port, "127.0.0.1", options.smtp_port),
        users=[
            WebmailUser(address, password, address.partition("@")[0].title())
            for address, password in read_users(options.users).items()
        ],
        agent_address=options.agent,
        banner=REAL_MODEL_BANNER if options.real_model else BANNER,
    )
    print(f"webmail ready on http://127.0.0.1:{options.port}", flush=True)
    serve(app, host="127.0.0.1", port=options.port, threads=4)
    return 0
