"""The configuration of the embedded Dovecot, as text. Pure."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

# The releases whose configuration is written here. Their data folders are the same: one may follow the other on it.
Series = Literal["2.3", "2.4"]
SERIES: tuple[Series, ...] = get_args(Series)
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


def render_configuration(settings: DovecotSettings, series: Series) -> str:
    """The dovecot.conf of that series.

    Returns:
        Text that makes Dovecot write nowhere but below ``data`` and ``run``, and listen on 127.0.0.1 alone.
    """
    head, accounts, services = {"2.3": _only_2_3, "2.4": _only_2_4}[series](settings)
    return f"{head}{_common(settings)}{accounts}{NAMESPACE}{services}{LMTP_SERVICE}"


def _common(settings: DovecotSettings) -> str:
    """What both series understand. The trace headers come from the SMTP front."""
    return f"""\
base_dir = {settings.run}
# Else /var/lib/dovecot/instances is written, or its absence is an error in the log.
state_dir = {settings.run}
log_path = {settings.log}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {settings.user}
default_internal_group = {settings.group}
default_login_user = {settings.user}
first_valid_uid = {settings.uid}
first_valid_gid = {settings.gid}
ssl = yes
auth_mechanisms = plain login
mail_always_cache_fields = {CACHED_FIELDS}
mail_max_userip_connections = 1000
recipient_delimiter = +
lmtp_add_received_header = no
lmtp_hdr_delivery_address = none
"""


NAMESPACE = """\
namespace inbox {
  inbox = yes
  separator = /
  mailbox Drafts {
    special_use = \\Drafts
  }
  mailbox Sent {
    special_use = \\Sent
  }
  mailbox Trash {
    special_use = \\Trash
  }
  mailbox Junk {
    special_use = \\Junk
  }
}
"""
LMTP_SERVICE = """\
service lmtp {
  unix_listener lmtp {
    mode = 0600
  }
}
"""


def _login_service(settings: DovecotSettings, one_process: str) -> str:
    """One process serves many logins: starting one per connection is for servers of strangers. The empty ``chroot`` lets
    it start without root.
    """
    return f"""\
service imap-login {{
  chroot =
  {one_process}
  process_min_avail = 1
  inet_listener imap {{
    port = {settings.imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


def _only_2_3(settings: DovecotSettings) -> tuple[str, str, str]:
    """Head, accounts and services in the words of 2.3."""
    head = "# Written at each start of the embedded mail server, for Dovecot 2.3.\n"
    accounts = f"""\
ssl_cert = <{settings.certificate}
ssl_key = <{settings.key}
disable_plaintext_auth = no
auth_username_format = %Lu
# dbox, not Maildir: it numbers messages in the order in which they were delivered, however busy the mailbox is.
mail_location = sdbox:~/mail
passdb {{
  driver = passwd-file
  args = username_format=%Lu {settings.data / "users"}/%Lu
}}
userdb {{
  driver = static
  args = uid={settings.uid} gid={settings.gid} home={settings.data / "mail"}/%Lu
}}
"""
    services = f"""\
{_login_service(settings, "service_count = 0")}service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
    return head, accounts, services


def _only_2_4(settings: DovecotSettings) -> tuple[str, str, str]:
    """Head, accounts and services in the words of 2.4."""
    # The version must be the first setting. It stays 2.4.0: 2.4.1 limits concurrent LMTP, 2.4.2 changes names of folders.
    head = """\
# Written at each start of the embedded mail server, for Dovecot 2.4.
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
"""
    accounts = f"""\
ssl_server_cert_file = {settings.certificate}
ssl_server_key_file = {settings.key}
auth_allow_cleartext = yes
auth_username_format = %{{user | lower}}
# dbox, not Maildir: it numbers messages in the order in which they were delivered, however busy the mailbox is.
mail_driver = sdbox
mail_path = ~/mail
passdb passwd-file {{
  passwd_file_path = {settings.data / "users"}/%{{user | lower}}
}}
userdb static {{
  fields {{
    uid = {settings.uid}
    gid = {settings.gid}
    home = {settings.data / "mail"}/%{{user | lower}}
  }}
}}
"""
    return head, accounts, _login_service(settings, "restart_request_count = unlimited")
