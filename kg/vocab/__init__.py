"""Vocabulary files made: from the pinned public releases, from releases a user downloads, with words of a laboratory's own.

`kg.terms` reads what is written here, and never imports it. The packaged vocabulary (`compile`, run through
`ontology/imports/update.py`): read each release into Terms (`readers`), choose what to keep (`select`), lay the hand-kept
facts over them (`facts`), pack (`pack`). A user's own (`user`, the verb `kg vocab`): releases in other formats
(`release`), and tables of words (`words`). All work on tables of terms (`table`).
"""
