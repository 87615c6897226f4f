"""Correlation: values that a server makes anew each time are saved from its answers and put into
the later requests that send them back.

Deterministic and offline. Each link becomes a finding with its reason and confidence. The search
goes from the requests to the answers: every text of a request that could be a value is looked up
in the answers before it, so memory grows with the requests and not with the answers.
"""

from importers.correlation.answers import Answer, AnswerStore, Recorded
from importers.correlation.correlate import Proposals, propose
from importers.correlation.everything import all_values
from importers.correlation.pair import Recording, correlate_pair
from importers.correlation.produced import Kind, Produced

__all__ = [
    "Answer",
    "AnswerStore",
    "Kind",
    "Produced",
    "Proposals",
    "Recorded",
    "Recording",
    "all_values",
    "correlate_pair",
    "propose",
]
