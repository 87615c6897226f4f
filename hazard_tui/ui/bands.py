"""Latency bands: the rows of the heat map."""

from __future__ import annotations

import numpy as np

from hazard_tui.stats.histogram import LOWER_US, Counts

BANDS_US = tuple(base * 10**power for power in range(2, 8) for base in (1.0, 1.8, 3.2, 5.6))
"""Upper bounds of the latency bands: four per decade from 0.1 ms to 56 s."""


def band_counts(counts: Counts) -> Counts:
    """Counts per band of a dense histogram; the last band takes everything above."""
    edges = np.searchsorted(LOWER_US, BANDS_US)
    running = np.concatenate(([0], np.cumsum(counts)))
    at = np.minimum(edges, len(counts))
    below = running[at]
    bands = np.diff(np.concatenate(([0], below)))
    bands[-1] += running[-1] - below[-1]
    return bands.astype(np.int64)
