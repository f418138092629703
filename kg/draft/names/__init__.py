"""Words → terms: the names of HPO in all the forms that a text gives them, and those of the other vocabularies."""
