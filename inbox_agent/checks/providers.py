"""What is known about mail providers: their servers, and where people get the password or token that a program needs. Data."""

from dataclasses import dataclass

from inbox_agent.adapters.mail_account import Security


@dataclass(frozen=True, slots=True)
class Server:
    """Host, port and kind of encryption."""

    host: str
    port: int
    security: Security = "tls"

    def __str__(self) -> str:
        return f"{self.host}:{self.port} {self.security}"


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider of mailboxes.

    Attributes:
        domains: of addresses that are certainly there.
        mx: the domains of the mail exchangers of customers' own domains.
        password: one sentence on where to get the password for a program.
        oauth: the value of INBOX_AGENT_OAUTH_PROVIDER where OAuth2 is to be had; ``oauth_only`` where passwords are refused.
        compact_password: it is shown in groups, and the blanks between them are no part of it.
        plus_addresses: whether agent+ANYTHING@ is delivered to agent@.
    """

    name: str
    domains: tuple[str, ...]
    mx: tuple[str, ...]
    imap: Server
    smtp: Server
    password: str
    oauth: str = ""
    oauth_only: bool = False
    compact_password: bool = False
    plus_addresses: bool = True


PROVIDERS = (
    Provider(
        "Gmail",
        ("gmail.com", "googlemail.com"),
        ("google.com", "googlemail.com"),
        Server("imap.gmail.com", 993),
        Server("smtp.gmail.com", 465),
        "Google requires an app password: Google Account → Security → 2-Step Verification → App passwords",
        oauth="google",
        compact_password=True,
    ),
    Provider(
        "Microsoft 365 or outlook.com",
        (
            "outlook.com",
            "hotmail.com",
            "live.com",
            "msn.com",
            "outlook.de",
            "hotmail.co.uk",
            "hotmail.de",
            "hotmail.fr",
            "live.de",
        ),
        ("outlook.com", "office365.us"),
        Server("outlook.office365.com", 993),
        Server("smtp.office365.com", 587, "starttls"),
        "Microsoft does not accept passwords: use OAuth2, with an app registration in Entra ID that may use "
        "IMAP.AccessAsUser.All and SMTP.Send, and make sure SMTP AUTH is enabled for the mailbox",
        oauth="microsoft",
        oauth_only=True,
    ),
    Provider(
        "iCloud",
        ("icloud.com", "me.com", "mac.com"),
        ("icloud.com",),
        Server("imap.mail.me.com", 993),
        Server("smtp.mail.me.com", 587, "starttls"),
        "Apple requires an app-specific password: account.apple.com → Sign-In and Security → App-Specific Passwords",
    ),
    Provider(
        "Yahoo",
        (
            "yahoo.com",
            "ymail.com",
            "rocketmail.com",
            "yahoo.de",
            "yahoo.fr",
            "yahoo.co.uk",
            "yahoo.it",
            "yahoo.es",
            "aol.com",
        ),
        ("yahoodns.net",),
        Server("imap.mail.yahoo.com", 993),
        Server("smtp.mail.yahoo.com", 465),
        "Yahoo requires an app password: Yahoo Account → Security → Generate app password",
    ),
    Provider(
        "Fastmail",
        ("fastmail.com", "fastmail.fm", "messagingengine.com"),
        ("messagingengine.com",),
        Server("imap.fastmail.com", 993),
        Server("smtp.fastmail.com", 465),
        "Fastmail requires an app password: Settings → Privacy & Security → App passwords (with access to Mail)",
    ),
    Provider(
        "Zoho",
        ("zoho.com", "zohomail.com", "zoho.eu", "zohomail.eu"),
        ("zoho.com", "zoho.eu", "zoho.in"),
        Server("imap.zoho.com", 993),
        Server("smtp.zoho.com", 465),
        "Zoho requires IMAP to be on (Mail Settings → IMAP) and an app password: accounts.zoho.com → Security → App Passwords",
    ),
    Provider(
        "NetEase 163",
        ("163.com",),
        (),
        Server("imap.163.com", 993),
        Server("smtp.163.com", 465),
        "NetEase requires an authorization code: web mail → Settings → POP3/SMTP/IMAP → turn IMAP on",
        plus_addresses=False,
    ),
    Provider(
        "NetEase 126",
        ("126.com",),
        (),
        Server("imap.126.com", 993),
        Server("smtp.126.com", 465),
        "NetEase requires an authorization code: web mail → Settings → POP3/SMTP/IMAP → turn IMAP on",
        plus_addresses=False,
    ),
    Provider(
        "NetEase yeah.net",
        ("yeah.net",),
        (),
        Server("imap.yeah.net", 993),
        Server("smtp.yeah.net", 465),
        "NetEase requires an authorization code: web mail → Settings → POP3/SMTP/IMAP → turn IMAP on",
        plus_addresses=False,
    ),
    Provider(
        "GMX",
        ("gmx.net", "gmx.de", "gmx.at", "gmx.ch"),
        (),
        Server("imap.gmx.net", 993),
        Server("mail.gmx.net", 465),
        "GMX requires IMAP to be enabled (E-Mail → Settings → POP3/IMAP), and with two-factor login an app password",
    ),
    Provider(
        "GMX international",
        ("gmx.com", "gmx.us", "gmx.co.uk", "mail.com"),
        (),
        Server("imap.gmx.com", 993),
        Server("mail.gmx.com", 465),
        "GMX requires IMAP to be enabled (E-Mail → Settings → POP3 & IMAP), and with two-factor login an app password",
    ),
    Provider(
        "WEB.DE",
        ("web.de",),
        (),
        Server("imap.web.de", 993),
        Server("smtp.web.de", 587, "starttls"),
        "WEB.DE requires IMAP to be enabled (E-Mail → Einstellungen → POP3/IMAP), and with two-factor login an app password",
    ),
    Provider(
        "mailbox.org",
        ("mailbox.org",),
        ("mailbox.org",),
        Server("imap.mailbox.org", 993),
        Server("smtp.mailbox.org", 465),
        "mailbox.org takes the password of the mailbox, or an app password: Settings → Security → Application passwords",
    ),
    Provider(
        "Proton Mail Bridge on this machine",
        ("proton.me", "protonmail.com", "pm.me", "protonmail.ch"),
        ("protonmail.ch",),
        Server("127.0.0.1", 1143, "starttls"),
        Server("127.0.0.1", 1025, "starttls"),
        "Proton Mail needs its Bridge: start it on this machine; it shows the password and exports its "
        "certificate for INBOX_AGENT_CA_FILE (Settings → Advanced settings → Export TLS certificates)",
    ),
)


def provider_of_address(address: str) -> Provider | None:
    """The provider whose own domain an address has."""
    domain = address.rpartition("@")[2].lower().rstrip(".")
    return next((one for one in PROVIDERS if domain in one.domains), None)


def provider_of_exchanger(host: str) -> Provider | None:
    """The provider that a mail exchanger belongs to."""
    host = host.lower().rstrip(".")
    return next((one for one in PROVIDERS if any(host == mx or host.endswith(f".{mx}") for mx in one.mx)), None)


def provider_of_server(host: str) -> Provider | None:
    """The provider that an IMAP or SMTP host belongs to; None for this machine, which may be anybody's."""
    host = host.lower().rstrip(".")
    if host == "127.0.0.1":
        return None
    return next((one for one in PROVIDERS if host in (one.imap.host, one.smtp.host)), None)
