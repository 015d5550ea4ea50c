"""The demo's small mailbox page: a person's mail in a browser, over plain IMAP and SMTP as any mail client does.

Part of the demo only. It has no login and therefore serves on loopback only, and knows nothing of the agent but its address.
"""

from inbox_agent.demo.webmail.app import create_webmail_app
from inbox_agent.demo.webmail.main import main
from inbox_agent.demo.webmail.postbox import MailServers, WebmailUser

__all__ = ["MailServers", "WebmailUser", "create_webmail_app", "main"]
