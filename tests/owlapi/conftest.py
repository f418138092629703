"""What the tests with the OWL API share: the virtual machine, and a copy of the ontology that cases can be added to."""

from __future__ import annotations

import pytest

from tests.owlapi import java


@pytest.fixture(scope="session", autouse=True)
def owlapi() -> None:
    """Skips every test here, saying what to install, where there is no Java or no OWL API."""
    try:
        java.start()
    except java.NoJava as missing:
        pytest.skip(str(missing))
