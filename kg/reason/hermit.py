"""HermiT in a process of its own: `python -m kg.reason.hermit FILE.nt JAVA MEMORY_MB` prints one line of JSON.

It is a program and not a function because owlready2 waits for Java without a limit; whoever starts this
process can stop it.
"""

from __future__ import annotations

import json
import sys
import time


def main(path: str, java: str, memory_mb: str) -> None:
    """Load, reason, print {consistent, unsatisfiable, types, subclasses, seconds}."""
    import owlready2
    import owlready2.reasoning

    owlready2.JAVA_EXE = owlready2.reasoning.JAVA_EXE = java
    owlready2.reasoning.JAVA_MEMORY = int(memory_mb)
    world = owlready2.World()
    ontology = world.get_ontology(f"file://{path}").load()
    told = {individual: set(individual.is_a) for individual in world.individuals()}
    started = time.perf_counter()
    consistent = True
    unsatisfiable: list[str] = []
    with ontology:
        try:
            owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
            unsatisfiable = sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)
        except owlready2.OwlReadyInconsistentOntologyError:
            consistent = False
    seconds = time.perf_counter() - started
    types = {}
    pairs = []
    if consistent:
        for individual in told:
            named = {c for c in individual.INDIRECT_is_a if isinstance(c, owlready2.ThingClass)}
            types[individual.iri] = sorted(c.iri for c in named)
        pairs = sorted({(c.iri, p.iri) for c in world.classes() for p in c.is_a if isinstance(p, owlready2.ThingClass)})
    print(json.dumps({"consistent": consistent, "unsatisfiable": unsatisfiable, "types": types, "subclasses": pairs, "seconds": seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:])
