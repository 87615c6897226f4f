"""Importing a source again: a three-way merge that keeps what a person edited in the plan.

Base is what the earlier import made, mine the plan as it is now, theirs what the import makes now.
"""

from importers.reimport.again import as_before, keep_known_secrets
from importers.reimport.changes import Action, Change
from importers.reimport.merging import Merged, merge_plans, same_plan
from importers.reimport.update import merged_over, updated_plan

__all__ = [
    "Action",
    "Change",
    "Merged",
    "as_before",
    "keep_known_secrets",
    "merge_plans",
    "merged_over",
    "same_plan",
    "updated_plan",
]
