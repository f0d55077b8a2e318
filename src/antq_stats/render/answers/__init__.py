"""Who has answered, and who is late: the screens of `status`, coverage by unit, receipts for the senders."""

from antq_stats.render.answers.coverage import (
    answers_records,
    answers_table,
    missing_names,
    unplaced_files,
)
from antq_stats.render.answers.punctuality import Punctuality
from antq_stats.render.answers.receipts import receipts
from antq_stats.render.answers.senders import SenderLists

__all__ = [
    "Punctuality",
    "SenderLists",
    "answers_records",
    "answers_table",
    "missing_names",
    "receipts",
    "unplaced_files",
]
