"""
Signatures without a key of one's own: sigstore, an extra (``datastd[sign]``).

An issuer vouches for who signs, a mail address or the workflow of a CI, and a public log
keeps the proof.  The proof, a bundle of sigstore's in JSON, stands in the envelope in the
place of a signature, under a name that begins with ``sigstore:``.
"""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from datastd.errors import NotInstalled, UsageError
from datastd.trust import TrustedIdentity

PREFIX = "sigstore:"


def name(others: Iterable[str]) -> str:
    """A name for one more such signature among *others*."""
    return f"{PREFIX}{sum(one.startswith(PREFIX) for one in others)}"


def sign(payload: bytes) -> bytes:
    """
    Sign a statement as whoever this process can prove to be.

    Needs the network, and a token in the environment: in CI, of its workflow.

    Raises:
        NotInstalled: There is no sigstore.
        UsageError: No issuer vouches for this process, or none can be reached.
    """
    oidc, signing, dsse = _module("oidc"), _module("sign"), _module("dsse")
    token = _token()
    with _told("a signature of sigstore"):
        trusted = _module("models").ClientTrustConfig.production()
        context = signing.SigningContext.from_trust_config(trusted)
        with context.signer(oidc.IdentityToken(token)) as signer:
            return str(signer.sign_dsse(dsse.Statement(payload)).to_json()).encode()


def refuse_unready() -> None:
    """
    Refuse, before the work, what `sign` would refuse after it.

    Raises:
        NotInstalled: There is no sigstore.
        UsageError: No issuer vouches for this process, or none can be reached.
    """
    _token()


def _token() -> str:
    """What an issuer gives this process, by which it can prove who it is."""
    oidc = _module("oidc")
    with _told("a token of the issuer"):
        token = oidc.detect_credential()
    if token is None:
        raise UsageError(
            "--keyless", "a token of a CI, of those that sigstore knows", "none",
            "sign with --key where there is none",
        )  # fmt: skip
    return str(token)


@contextmanager
def _told(expected: str) -> Iterator[None]:
    """Say of whatever a library of the network raises what to do, in one line."""
    try:
        yield
    except UsageError:
        raise
    except Exception as error:  # noqa: BLE001  -- of the network, in any of its libraries
        said = str(error).splitlines()
        found = f"{type(error).__name__}: {said[0] if said else 'no more'}"
        hint = "let this process reach sigstore's servers and its CI's issuer, or sign with --key"
        raise UsageError("--keyless", expected, found, hint) from None


def signers(
    payload: bytes, trusted: Iterable[TrustedIdentity], signatures: Mapping[str, bytes]
) -> list[str]:
    """
    The trusted identities that signed a statement, each once.

    Raises:
        NotInstalled: There is such a signature, and no sigstore.
    """
    people = [*trusted]
    bundles = [sig for called, sig in signatures.items() if called.startswith(PREFIX)]
    found = [
        f"{one.identity} ({one.issuer})"
        for one in people
        if any(_made(payload, bundle, one) for bundle in bundles)
    ]
    return list(dict.fromkeys(found))


def _made(payload: bytes, bundle: bytes, one: TrustedIdentity) -> bool:
    """Say whether an identity made a bundle over exactly these bytes."""
    models, verify, policy = _module("models"), _module("verify"), _module("verify.policy")
    try:
        known = models.Bundle.from_json(bundle)
        asked = policy.Identity(identity=one.identity, issuer=one.issuer)
        kind, signed = verify.Verifier.production(offline=True).verify_dsse(known, asked)
    except Exception:  # noqa: BLE001  -- of whatever library looked at what anyone may have written
        return False
    return bool(kind == _KIND and signed == payload)


_KIND = "application/vnd.in-toto+json"


def _module(called: str) -> Any:  # noqa: ANN401  -- the package may not be there
    try:
        return importlib.import_module(f"sigstore.{called}")
    except ImportError:
        hint = 'pip install "datastd[sign]"'
        raise NotInstalled("signature", "sigstore", "no sigstore", hint) from None
