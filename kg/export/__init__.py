"""The graph for other tools: a folder for Protégé, one file in any RDF syntax, mappings as SSSOM.

Functions write files and return an `Exported`, which says what was left out; nothing is printed.
"""

from kg.export.protege import FORMATS, Exported, export_file, export_protege
from kg.export.sssom import export_sssom

__all__ = ["FORMATS", "Exported", "export_file", "export_protege", "export_sssom"]
