"""The case record: what a curator writes, typed and with its lines."""

from kg.record.lines import Lined, path_text
from kg.record.load import LoadedRecord, load_record, parse_record
from kg.record.model import STATEMENT_SECTIONS, STATUS_SHOWN, Record, TermRef
from kg.times import PlacedTime, place

__all__ = [
    "STATEMENT_SECTIONS", "STATUS_SHOWN", "Lined", "LoadedRecord", "PlacedTime", "Record", "TermRef", "load_record", "parse_record",
    "path_text", "place",
]  # fmt: skip
