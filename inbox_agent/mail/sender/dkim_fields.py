"""What a DKIM-Signature field says (RFC 6376, 3.5), and the fields of ARC that are written like it (RFC 8617, 4.1).

The tags are those that dkimpy reads, which also verifies them; there is no other reading. What another program might read
in another way (tags twice or in capitals, bytes beyond ASCII, blanks within a name) is refused.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from dkim.util import InvalidTagValueList, parse_tag_value

from inbox_agent.mail.domains import canonical_domain, is_below

MAX_FIELD_BYTES = 16 * 1024
MAX_SIGNED_NAMES = 200
_ALGORITHMS = frozenset({"rsa-sha256", "ed25519-sha256"})
_PLAIN_VALUE = re.compile(rb"(?:[\x20-\x7e\t]|\r\n(?=[ \t]))*(?:\r\n)?")
_TAG = re.compile(rb"[a-z][a-z0-9_]*")
_BASE64 = rb"[A-Za-z0-9+/][A-Za-z0-9+/ \t\r\n]*(?:=[ \t\r\n]*){0,2}"
_NAMES = rb"[!-9;-<>-~]+(?:[ \t\r\n]*:[ \t\r\n]*[!-9;-<>-~]+)*"
_FORMS = {
    name: re.compile(form)
    for name, form in {
        b"a": rb"[a-z0-9-]+",
        b"b": _BASE64,
        b"bh": _BASE64,
        b"c": rb"(?:simple|relaxed)(?:/(?:simple|relaxed))?",
        b"cv": rb"none|pass|fail",
        b"d": rb"[A-Za-z0-9_.-]+",
        b"h": _NAMES,
        b"l": rb"[0-9]{1,76}",
        b"q": rb"dns/txt",
        b"s": rb"[A-Za-z0-9_.-]+",
        b"t": rb"[0-9]{1,12}",
        b"v": rb"1",
        b"x": rb"[0-9]{1,12}",
    }.items()
}
_INSTANCE = re.compile(rb"[1-9][0-9]?")
_IDENTITY = re.compile(rb"[!-?A-~]*@([A-Za-z0-9_.-]+)")


class UnreadableField(Exception):
    """The field can be read in more than one way, so it says nothing."""


@dataclass(frozen=True, slots=True)
class SignatureField:
    """What one field says of itself.

    Attributes:
        domain, selector: d= and s= as written. identity: i=, or ``@`` and the domain.
        names: of the fields that h= lists, lower case, repeated ones included.
        value: b= without white space.
        flaw: why it proves nothing even if it holds, or "".
    """

    domain: str
    selector: str
    identity: str
    algorithm: str
    names: tuple[str, ...]
    value: str
    flaw: str


def read_tags(value: bytes) -> dict[bytes, bytes]:
    """The tags of a raw field value, by dkimpy.

    Raises:
        UnreadableField: it does not follow RFC 6376, 3.2, or other programs may read it differently.
    """
    if len(value) > MAX_FIELD_BYTES:
        raise UnreadableField(f"it is longer than {MAX_FIELD_BYTES // 1024} KB")
    if not _PLAIN_VALUE.fullmatch(value):
        raise UnreadableField("it holds other characters than printable ASCII")
    try:
        tags: dict[bytes, bytes] = parse_tag_value(value)
    except InvalidTagValueList as error:
        raise UnreadableField(f"its tags cannot be read ({type(error).__name__})") from error
    for name, text in tags.items():
        if not _TAG.fullmatch(name):
            raise UnreadableField("a tag has no plain lower-case name")
        form = _FORMS.get(name)
        if form and not form.fullmatch(text):
            raise UnreadableField(f"its {name.decode()}= cannot be read")
    return tags


def read_signature(tags: dict[bytes, bytes]) -> SignatureField:
    """What the tags of a DKIM-Signature say.

    Args:
        tags: from ``read_tags``, or those that were verified.

    Raises:
        UnreadableField: a tag is missing, or i= is not below d= (RFC 6376, 3.5).
    """
    _need(tags, b"v", b"a", b"b", b"bh", b"d", b"h", b"s")
    domain = tags[b"d"].decode("ascii")
    identity = tags.get(b"i", b"@" + tags[b"d"])
    below = _IDENTITY.fullmatch(identity)
    if "." not in canonical_domain(domain) or not below or not is_below(below[1].decode("ascii"), domain):
        raise UnreadableField("its d= or i= cannot be read")
    names = signed_names(tags)
    return SignatureField(
        domain=domain,
        selector=tags[b"s"].decode("ascii"),
        identity=identity.decode("ascii"),
        algorithm=tags[b"a"].decode("ascii"),
        names=names,
        value=re.sub(rb"\s", b"", tags[b"b"]).decode("ascii"),
        flaw=find_flaw(tags),
    )


def signed_names(tags: dict[bytes, bytes]) -> tuple[str, ...]:
    """The names in h=, lower case.

    Raises:
        UnreadableField: they are more than any sender signs.
    """
    names = tuple(name.strip().lower().decode("ascii") for name in tags[b"h"].split(b":"))
    if len(names) > MAX_SIGNED_NAMES:
        raise UnreadableField(f"its h= lists more than {MAX_SIGNED_NAMES} fields")
    return names


def find_flaw(tags: dict[bytes, bytes]) -> str:
    """Why a signature that holds proves nothing all the same: "" when it does prove something."""
    if b"l" in tags:
        # What was appended behind the signed length would be believed too (RFC 6376, 8.2).
        return "only a part of the body is signed"
    algorithm = tags[b"a"].decode("ascii")
    if algorithm not in _ALGORITHMS:
        return f"{algorithm} does not count (RFC 8301)"
    if b"h" in tags and "from" not in signed_names(tags):
        return "From is not signed (RFC 6376, 3.5)"
    return ""


def instance_of(tags: dict[bytes, bytes]) -> int:
    """i= of an ARC field.

    Raises:
        UnreadableField: it is no plain number from 1 to 99.
    """
    _need(tags, b"i", b"a", b"b", b"d", b"s")
    if not _INSTANCE.fullmatch(tags[b"i"]):
        raise UnreadableField("its i= cannot be read")
    return int(tags[b"i"])


def covered_fields(names: Iterable[str], present: Iterable[str]) -> frozenset[str]:
    """The names whose every field in the header is signed: h= counts a field for each time it names it (RFC 6376, 5.4.2)."""
    signed = Counter(names)
    there = Counter(name.lower() for name in present)
    return frozenset(name for name, count in signed.items() if count >= there[name])


def _need(tags: dict[bytes, bytes], *names: bytes) -> None:
    missing = [name.decode() for name in names if name not in tags]
    if missing:
        raise UnreadableField(f"it has no {', '.join(f'{name}=' for name in missing)}")
