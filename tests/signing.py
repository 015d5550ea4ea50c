"""DKIM signatures for tests: a key, its record, and mails signed with it."""

import base64
from email.message import EmailMessage
from email.policy import SMTP

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


class Signer:
    """One RSA key of a domain. ``record`` is what its DNS says of it."""

    def __init__(self, bits: int = 1024) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
        self._pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        public = key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def sign(self, mail: bytes | EmailMessage, selector: str, domain: str) -> bytes:
        """The mail with a signature on top."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP)
        signature: bytes = dkim.sign(raw, selector.encode(), domain.encode(), self._pem)
        return signature + raw
