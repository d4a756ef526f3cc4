"""What papers state for the two networks of LeCun, as (method, bytes, error in %, source).

Ratios of parameters without a size in bytes are left out. Bytes that follow from a stated ratio are
marked so; a file was not always written.
"""

LENET_300_100 = [
    ("Deep Compression, Han 2016", 27_000, 1.58, "arXiv 1510.00149, 40x"),
    ("soft weight sharing, Ullrich 2017", 16_700, 1.94, "arXiv 1702.04008, from 64x"),
    ("entropy-penalized reparameterization, Oktay 2020", 8_560, 1.9, "arXiv 1906.06624, unchecked"),
]
LENET_5 = [
    ("Deep Compression, Han 2016", 44_000, 0.74, "arXiv 1510.00149, 39x"),
    ("soft weight sharing, Ullrich 2017", 10_600, 0.97, "arXiv 1702.04008, from 162x"),
    ("Bayesian compression, Louizos 2017", 2_300, 1.0, "arXiv 1810.00440, from 771x"),
    ("Weightless, Reagen 2018", 4_520, 1.0, "arXiv 1810.00440"),
    ("MIRACLE, Havasi 2019", 3_030, 0.69, "arXiv 1810.00440; decoded with a shared generator"),
    ("MIRACLE, Havasi 2019", 1_520, 0.96, "arXiv 1810.00440; decoded with a shared generator"),
    ("entropy-penalized reparameterization, Oktay 2020", 2_840, 0.9, "arXiv 1906.06624, unchecked"),
]
