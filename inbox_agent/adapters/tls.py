"""Whom to trust when a connection is encrypted: the usual authorities, and those of ``INBOX_AGENT_CA_FILE`` beside them."""

import ssl

import httpx


def mail_tls(ca_file: str = "") -> ssl.SSLContext:
    """For IMAP and SMTP: the system's authorities and those of a PEM file. Verifies name and certificate."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context


def http_tls(ca_file: str = "") -> ssl.SSLContext:
    """For HTTP: the authorities that httpx brings or ``SSL_CERT_FILE`` names, and those of a PEM file."""
    context = httpx.create_ssl_context()
    if ca_file:
        context.load_verify_locations(cafile=ca_file)
    return context
