"""Certificates of all kinds -> a server that shows the one that a name stands for, and a client that trusts one authority."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

GOOD = "tls-good.example"
EXPIRED, WRONG, UNKNOWN = "tls-expired.example", "tls-wrong-name.example", "tls-self-signed.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contexts:
    server: ssl.SSLContext
    client: ssl.SSLContext


def contexts(folder: Path) -> Contexts:
    """Return both sides. All names but three are shown a good certificate for tls-good.example."""
    folder.mkdir(parents=True, exist_ok=True)
    good, expired = _server(folder, GOOD), _server(folder, EXPIRED, days=-1)
    shown = {EXPIRED: expired, WRONG: _server(folder, "elsewhere.example"), UNKNOWN: _server(folder, UNKNOWN)}
    client = ssl.create_default_context(cafile=str(folder / f"{GOOD}.pem"))
    for name in (EXPIRED, "elsewhere.example"):
        client.load_verify_locations(str(folder / f"{name}.pem"))
    good.sni_callback = lambda sock, name, _: setattr(sock, "context", shown.get(name or "", good))
    return Contexts(server=good, client=client)


def _server(folder: Path, host: str, *, days: int = 1) -> ssl.SSLContext:
    secret = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(secret, hashes.SHA256())
    )
    shown, kept = folder / f"{host}.pem", folder / f"{host}.key"
    shown.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kept.write_bytes(secret.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(shown, kept)
    return context
