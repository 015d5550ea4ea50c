"""The page as a command of its own, beside a mail server that is running."""

import argparse
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

from waitress.server import create_server

from inbox_agent.demo.mail_accounts import read_users
from inbox_agent.demo.webmail.app import BANNER, REAL_MODEL_BANNER, create_webmail_app
from inbox_agent.demo.webmail.postbox import MailServers, WebmailUser
from inbox_agent.hosts_and_ports import cannot_listen, port_argument


def main(argv: Sequence[str] | None = None) -> int:
    """Serve until interrupted. Loopback only: the page has no login.

    Returns:
        0 after an end, 2 when the port cannot be listened on.
    """
    parser = argparse.ArgumentParser(prog="inbox-agent webmail", description=__doc__)
    parser.add_argument(
        "--port", type=port_argument, required=True, help="where to serve, on 127.0.0.1; 0 takes a free one"
    )
    parser.add_argument("--imap-port", type=port_argument, required=True)
    parser.add_argument("--smtp-port", type=port_argument, required=True)
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
    try:
        listening = socket.create_server(("127.0.0.1", options.port))
    except OSError as error:
        print(f"webmail: {cannot_listen('127.0.0.1', options.port, error)}", file=sys.stderr)
        return 2
    server = create_server(app, sockets=[listening], threads=4)
    print(f"webmail ready on http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    server.run()
    return 0
