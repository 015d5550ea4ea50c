"""The configuration of the embedded Dovecot, as text. Pure."""

from dataclasses import dataclass
from pathlib import Path

# Headers that the agent searches for: cached at delivery, so that a search does not open every message.
CACHED_FIELDS = "hdr.message-id hdr.references hdr.in-reply-to hdr.from hdr.subject date.received size.physical"


@dataclass(frozen=True, slots=True)
class DovecotSettings:
    """What the configuration depends on.

    Attributes:
        data: the folder with users, mail and certificate. run: the folder of sockets and the pid file; its path is
            short. No path holds blanks or ``%``.
        user, group, uid, gid: as whom every process runs.
    """

    data: Path
    run: Path
    log: Path
    certificate: Path
    key: Path
    user: str
    group: str
    uid: int
    gid: int
    imap_port: int


def render_dovecot_2_3(settings: DovecotSettings) -> str:
    """The dovecot.conf of Dovecot 2.3.

    One process serves many logins (``service_count``): starting one per connection is for servers of strangers. The empty
    ``chroot`` lets the services start without root. The trace headers come from the SMTP front.
    """
    data = settings.data
    return f"""\
# Written at each start of the embedded mail server.
base_dir = {settings.run}
log_path = {settings.log}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {settings.user}
default_internal_group = {settings.group}
default_login_user = {settings.user}
first_valid_uid = {settings.uid}
first_valid_gid = {settings.gid}
ssl = yes
ssl_cert = <{settings.certificate}
ssl_key = <{settings.key}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Lu
# dbox, not Maildir: it numbers messages in the order in which they were delivered, however busy the mailbox is.
mail_location = sdbox:~/mail
mail_always_cache_fields = {CACHED_FIELDS}
mail_max_userip_connections = 1000
recipient_delimiter = +
lmtp_add_received_header = no
lmtp_hdr_delivery_address = none
passdb {{
  driver = passwd-file
  args = username_format=%Lu {data / "users"}/%Lu
}}
userdb {{
  driver = static
  args = uid={settings.uid} gid={settings.gid} home={data / "mail"}/%Lu
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Drafts {{
    special_use = \\Drafts
  }}
  mailbox Sent {{
    special_use = \\Sent
  }}
  mailbox Trash {{
    special_use = \\Trash
  }}
  mailbox Junk {{
    special_use = \\Junk
  }}
}}
service imap-login {{
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {{
    port = {settings.imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  unix_listener lmtp {{
    mode = 0600
  }}
}}
"""
