"""Keys that open something."""

from datastd.measures import measure
from datastd.measures.text import Counts, Personal


@measure("Q394", "secret-credential", unit="credentials")
def credentials(personal_counts: Personal) -> Counts:
    """
    How many keys, tokens and passwords are in each text.  Shape (N,), int64.

    - The first line of a private key, ``-----BEGIN … PRIVATE KEY-----``.
    - ``AKIA`` and 16 capitals or digits: an access key of AWS.
    - ``ghp_`` and 36 letters or digits: a token of GitHub.
    - A JSON web token: three parts in base64url, of which two begin with ``eyJ``.
    - A value that ``=`` or ``:`` gives to a name with secret, token, password, passwd,
      credential, api key, access key or private key in it: at least 20 letters, digits,
      ``+``, ``/``, ``_`` or ``-``, letters and digits among them, with an entropy of at
      least 4 bits a character, or 3 where all are hexadecimal.

    Examples of a manual, such as AWS's own, are not told apart.

    Why it matters:
        Whoever asks the model, or reads the corpus, can use them.

    Remedy:
        Have the key revoked; leave the document out, or the key.

    Source:
        Yelp, detect-secrets, with which Dolma tags code; the patterns are datastd's own.
    """
    return personal_counts.credentials
