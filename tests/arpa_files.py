"""Models of n-grams in ARPA's format."""

TOY = {
    ("<unk>",): (-1.2, -0.1),
    ("<s>",): (-99, -0.30103),
    ("</s>",): (-0.9, 0),
    ("the",): (-0.6, -0.25),
    ("cat",): (-0.8, -0.2),
    ("sat",): (-1.0, -0.15),
    ("<s>", "the"): (-0.4, -0.5),
    ("the", "cat"): (-0.3, -0.35),
    ("cat", "sat"): (-0.5, -0.05),
    ("sat", "</s>"): (-0.2, 0),
    ("cat", "<unk>"): (-0.7, 0),
    ("<s>", "the", "cat"): (-0.1, 0),
    ("cat", "sat", "</s>"): (-0.05, 0),
}
"""Each n-gram, with the logarithms of its probability and of the back-off behind it."""


def arpa(grams=TOY):
    """The model as bytes; a back-off of 0 is left out."""
    orders = [[gram for gram in grams if len(gram) == n + 1] for n in range(max(map(len, grams)))]
    lines = ["", "\\data\\", *(f"ngram {n}={len(some)}" for n, some in enumerate(orders, 1))]
    for n, some in enumerate(orders, 1):
        lines += ["", f"\\{n}-grams:"]
        for gram in some:
            log, back = grams[gram]
            lines.append(f"{log}\t{' '.join(gram)}" + (f"\t{back}" if back else ""))
    return "\n".join([*lines, "", "\\end\\", ""]).encode()
