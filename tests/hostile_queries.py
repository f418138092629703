"""Queries that mean harm, each under the name of what it attacks.

They are written for the graph of `GRAPH`: a ring of nodes, `next`, with a chord each, `far`, and a `name` of 30 letters.
`HOSTILE` is to end within its limit; `REACHING` is to be refused, with `URL` an address that must not be asked and `FILE`
a file that must not be read.
"""

from __future__ import annotations

from collections.abc import Iterator

NODES = 1500
NEXT, FAR, NAME = "<http://e/next>", "<http://e/far>", "<http://e/name>"
GRAPH = "\n".join(
    f"<http://e/n{n}> {NEXT} <http://e/n{(n + 1) % NODES}> <http://g/1> .\n"
    f"<http://e/n{n}> {FAR} <http://e/n{(n * 7 + 3) % NODES}> <http://g/1> .\n"
    f'<http://e/n{n}> {NAME} "{"a" * 30} {n}" <http://g/1> .'
    for n in range(NODES)
)
XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
_TWO, _THREE = "?a ?b ?c . ?d ?e ?f", "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"


def _count(pattern: str) -> str:
    return f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}"


def _growing(step: str, times: int, start: str = "'aaaaaaaaaaaaaaaa'") -> str:
    """BINDs of which each makes more of the one before; `X` in the step is the variable before."""
    return f"BIND({start} AS ?x0) " + " ".join(f"BIND({step.replace('X', f'?x{n}')} AS ?x{n + 1})" for n in range(times))


def _wrapped(before: str, times: int, after: str, inside: str = "") -> str:
    return before * times + inside + after * times


def _cross() -> Iterator[tuple[str, str]]:
    yield "all rows", f"SELECT * {{ {_THREE} }}"
    yield "all rows sorted", f"SELECT * {{ {_THREE} }} ORDER BY ?a ?d ?g LIMIT 1"
    yield "rows far behind", f"SELECT * {{ {_THREE} }} OFFSET 999999999"
    yield "rows behind the end of numbers", f"SELECT * {{ {_THREE} }} OFFSET 18446744073709551615"
    yield "counted", _count(_THREE)
    yield "counted by groups", f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }} GROUP BY ?a ?d"
    yield "counted, then skipped", f"SELECT (COUNT(*) AS ?n) {{ {_THREE} }} OFFSET 999999999"
    yield "distinct rows", f"SELECT DISTINCT ?a ?d ?g {{ {_THREE} }}"
    yield "distinct rows sorted", f"SELECT DISTINCT ?a ?d ?g {{ {_THREE} }} ORDER BY ?a ?d ?g LIMIT 1"
    yield "distinct rows counted", f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {_TWO} }}"
    yield "reduced rows", f"SELECT REDUCED ?a ?d ?g {{ {_THREE} }} OFFSET 999999999"
    yield "summed", f"SELECT (SUM(?x) AS ?n) {{ {_THREE} }}"
    yield "summed by groups", f"SELECT (SUM(?x) AS ?n) {{ {_THREE} }} GROUP BY ?a ?d"
    yield "least of strings", f"SELECT (MIN(CONCAT(STR(?a), STR(?d), STR(?g))) AS ?n) {{ {_THREE} }}"
    yield "a group for each row", f"SELECT ?a ?d (COUNT(*) AS ?n) {{ {_TWO} }} GROUP BY ?a ?b ?c ?d ?e ?f HAVING (COUNT(*) > 1)"
    yield "groups by a random number", f"SELECT ?r (COUNT(*) AS ?n) {{ {_TWO} }} GROUP BY (RAND() AS ?r) HAVING (COUNT(*) > 9)"
    yield "average over distinct", f"SELECT (AVG(DISTINCT STRLEN(CONCAT(STR(?c), STR(?f), STR(?i)))) AS ?n) {{ {_THREE} }}"
    yield "one string of all", f"SELECT (GROUP_CONCAT(CONCAT(?c, ?f)) AS ?n) {{ {_TWO} }}"
    yield "one string of all distinct", f"SELECT (GROUP_CONCAT(DISTINCT CONCAT(STR(?c), STR(?f)); SEPARATOR=';') AS ?n) {{ {_TWO} }}"
    yield "long separators", f"SELECT (GROUP_CONCAT(?c; SEPARATOR='{'-' * 50_000}') AS ?n) {{ ?a {NAME} ?c }}"
    yield "samples by groups", f"SELECT ?a ?d (SAMPLE(?i) AS ?s) {{ {_THREE} }} GROUP BY ?a ?d ORDER BY ?s"
    many = " ".join(f"(COUNT(DISTINCT CONCAT(STR(?a), STR(?f), '{n}')) AS ?n{n})" for n in range(20))
    yield "twenty aggregates", f"SELECT {many} {{ {_TWO} }}"
    yield "ends never: false filter", f"ASK {{ {_THREE} FILTER(?c = ?f && ?f = ?i && ?a != ?a) }}"
    yield "comparison of strings", f"SELECT ?a {{ {_THREE} FILTER(STR(?c) < STR(?f) && STR(?i) = 'x') }}"
    yield "regex from the data", f"SELECT ?a {{ {_THREE} FILTER(REGEX(STR(?c), STR(?f))) }}"
    yield "contained and false", f"SELECT ?a {{ {_THREE} FILTER(CONTAINS(STR(?a), STR(?i)) && false) }}"
    yield "length of concatenation", f"SELECT ?a {{ {_THREE} FILTER(STRLEN(CONCAT(STR(?a), STR(?d), STR(?g))) > 9999) }}"
    yield "digests", f"SELECT ?a {{ {_THREE} FILTER(MD5(STR(?a)) = SHA512(STR(?d))) }}"
    yield "random", f"SELECT ?a {{ {_THREE} FILTER(?c IN (?f, ?i) && RAND() > 2) }}"
    yield "identifiers", f"SELECT ?a {{ {_THREE} FILTER(STRUUID() = 'x') }}"
    yield "blank nodes without end", f"SELECT (COUNT(DISTINCT ?x) AS ?n) {{ {_TWO} BIND(BNODE() AS ?x) }}"
    yield "sorted by expression", f"SELECT ?c ?f {{ {_TWO} }} ORDER BY DESC(CONCAT(STR(?f), STR(?c)))"
    keys = " ".join(f"DESC(STRLEN(CONCAT(STR(?a), STR(?f), '{n}')))" for n in range(12))
    yield "sorted by twelve keys", f"SELECT ?a {{ {_TWO} }} ORDER BY {keys} LIMIT 1"
    yield "sorted at random", f"SELECT ?a ?d {{ {_TWO} }} ORDER BY RAND() LIMIT 1"
    yield "six patterns apart", "SELECT * { " + " . ".join(f"?s{n} ?p{n} ?o{n}" for n in range(6)) + " }"
    yield "three thousand patterns apart", "SELECT * { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(3000)) + " }"
    yield "star of joins and one apart", "SELECT * { ?s ?p ?o . ?o ?q ?r . ?r ?t ?u . ?u ?v ?w . ?x ?y ?z }"
    yield (
        "join on a function",
        f"SELECT (COUNT(*) AS ?n) {{ ?a {NAME} ?c . ?d {NAME} ?f . ?g {NAME} ?i FILTER(SUBSTR(?c, 2) = SUBSTR(?f, 3)) }}",
    )
    yield "language tags", f"SELECT ?x {{ {_THREE} BIND(STRLANG(STR(?c), 'en') AS ?x) FILTER(LANGMATCHES(LANG(?x), 'de')) }}"
    yield "named graphs", "SELECT * { GRAPH ?g1 { ?a ?b ?c } GRAPH ?g2 { ?d ?e ?f } GRAPH ?g3 { ?g ?h ?i } }"
    yield (
        "triangle that is not there",
        f"ASK {{ ?a {FAR} ?b . ?b {FAR} ?c . ?c {FAR} ?a . ?x ?y ?z . ?p ?q ?r FILTER(?a = ?x && ?b = ?z && ?c = 1) }}",
    )


def _shapes() -> Iterator[tuple[str, str]]:
    for n in (2, 3, 5):
        yield f"{n} OPTIONALs apart", _count("?a ?b ?c " + "OPTIONAL { ?x ?y ?z } " * n)
    yield "tower of OPTIONALs", _count("?a ?b ?c " + _wrapped("OPTIONAL { ?x ?y ?z ", 40, "} "))
    yield "OPTIONALs that fan out", _count("?a ?b ?c " + " ".join(f"OPTIONAL {{ ?a ?p{n} ?o{n} }}" for n in range(14)))
    yield "OPTIONAL with a filter on all", _count("?a ?b ?c OPTIONAL { ?x ?y ?z FILTER(STRLEN(CONCAT(STR(?a), STR(?z))) > 9999) }")
    yield "MINUS apart", "SELECT ?a { ?a ?b ?c MINUS { ?a ?x ?y . ?p ?q ?r } }"
    yield "MINUS within MINUS", "SELECT ?a { ?a ?b ?c MINUS { ?d ?e ?f . ?a ?x ?y MINUS { ?g ?h ?i . ?a ?k ?l } } }"
    yield "twelve MINUS", f"SELECT ?a {{ {_TWO} {' '.join('MINUS { ?a ?x ?y . ?d ?z ?y }' for _ in range(12))} }}"
    yield "NOT EXISTS over pairs", "SELECT ?a { ?a ?b ?c . ?d ?e ?f FILTER NOT EXISTS { ?a ?x ?d . ?d ?y ?a } }"
    yield "NOT EXISTS within NOT EXISTS", f"ASK {{ ?a ?b ?c {_wrapped('FILTER NOT EXISTS { ?d ?e ?f ', 12, '} ', 'FILTER(?a = ?f)')} }}"
    yield "EXISTS in a projection", f"SELECT (EXISTS {{ ?a ?x ?f . ?f ?y ?a . ?p ?q ?r FILTER(?r = ?c) }} AS ?n) {{ {_TWO} }}"
    yield "EXISTS in ORDER BY", f"SELECT ?a {{ {_TWO} }} ORDER BY (EXISTS {{ ?a ?x ?f . ?p ?q ?r FILTER(?r = 1) }}) LIMIT 1"
    yield "EXISTS in HAVING", f"SELECT ?a {{ {_TWO} }} GROUP BY ?a HAVING (EXISTS {{ {_THREE} FILTER(?a = ?i && ?c = 1) }})"
    yield "UNION of a hundred thousand", f"ASK {{ {'{} UNION ' * 100_000}{{}} }}"
    yield "UNION of two thousand patterns", _count(" UNION ".join(f"{{ ?a ?b{n} ?c }}" for n in range(2000)))
    yield "UNIONs joined", _count(" ".join("{ ?a ?b ?c } UNION { ?c ?b ?a } UNION { ?a ?c ?b }" for _ in range(10)))
    yield "UNIONs within UNIONs", f"ASK {{ {_wrapped('{ { ?a ?b ?c } UNION ', 60, '}', '{ ?d ?e ?f }')} FILTER(?a = 1 && ?d = 2) }}"
    yield "sub-SELECTs apart", "SELECT * { " + " ".join(f"{{ SELECT ?s{n} ?o{n} {{ ?s{n} ?p ?o{n} }} }}" for n in range(8)) + " }"
    yield (
        "sub-SELECTs sorted within each other",
        f"SELECT * {{ {_wrapped('{ SELECT * { ?a ?b ?c . ', 12, '} ORDER BY DESC(?c) LIMIT 1000000 }', '?d ?e ?f')} }}",
    )
    yield "sub-SELECTs distinct within each other", f"SELECT * {{ {_wrapped('{ SELECT DISTINCT * { ', 40, '} }', _THREE)} }}"
    yield (
        "sub-SELECT for each row",
        "SELECT * { ?a ?b ?c { SELECT ?d (COUNT(*) AS ?n) { ?d ?e ?f . ?g ?h ?i } GROUP BY ?d } { SELECT ?k { ?k ?l ?m . ?x ?y ?z } } }",
    )
    yield "limits that do not limit", f"SELECT * {{ {{ SELECT * {{ {_THREE} }} LIMIT 99999999999 }} FILTER(?a = 1) }}"
    yield "CONSTRUCT of a product", f"CONSTRUCT {{ ?a ?e ?i }} {{ {_THREE} }}"
    yield (
        "CONSTRUCT of many triples a row",
        f"CONSTRUCT {{ {' '.join(f'?a <http://e/p{n}> ?f . [] <http://e/q{n}> ?d .' for n in range(300))} }} {{ {_TWO} }}",
    )
    yield "CONSTRUCT of lists a row", f"CONSTRUCT {{ ?a ?b ({'?f ' * 2000}) }} {{ {_TWO} }}"
    yield "DESCRIBE everything", "DESCRIBE ?s ?p ?o { ?s ?p ?o . ?a ?b ?c }"
    yield "DESCRIBE *", "DESCRIBE * { ?s ?p ?o . ?x ?y ?z }"
    yield "DESCRIBE of ten thousand", f"DESCRIBE {' '.join(f'<http://e/n{n}>' for n in range(10_000))}"
    yield "ASK with all of SELECT", f"ASK {{ {_THREE} }} GROUP BY ?a HAVING (COUNT(*) < 0) ORDER BY ?a OFFSET 3"
    yield "LATERAL", "SELECT * { ?a ?b ?c LATERAL { SELECT * { ?d ?e ?f . ?g ?h ?i FILTER(?i = ?a) } } }"


def _paths() -> Iterator[tuple[str, str]]:
    both = f"({NEXT}|{FAR})"
    for name, path in {
        "plus": f"{NEXT}+",
        "star of alternatives": f"{both}*",
        "plus of a sequence": f"({NEXT}/{FAR})+",
        "negated set": "(!<http://e/x>)*",
        "inverse or negated": f"(^{NEXT}|!<http://e/y>)+",
        "star of a star of a star": f"(({NEXT}*)*)*",
        "optional steps": f"({NEXT}?/{FAR}?)*",
        "there and back": f"({FAR}|^{FAR})*/{NAME}",
        "alternatives of closures": f"({both}*/({NEXT}|^{FAR})+)|({NEXT}+/{FAR}*)",
        "closure of closures in sequence": f"({both}+/{both}+/{both}+)+",
        "three closures in a row": f"{both}*/{both}*/{both}*",
        "inverse of a closure of an inverse": f"^(^{both}*/^(^{FAR}+))*",
        "negated set of many": f"(!({'|'.join(f'<http://e/x{n}>|^<http://e/y{n}>' for n in range(500))}))*",
        "optional of optional of optional": f"(((({both}?)?)?)?)+",
        "two hundred alternatives": f"({'|'.join(f'<http://e/p{n}>' for n in range(200))}|{NEXT}|{FAR})*",
        "every way of four steps": "(!<x:a>/!<x:a>/^!<x:a>/^!<x:a>)*",
    }.items():  # fmt: skip
        yield name, _count(f"?a {path} ?b")
    for n in (5, 40, 400):
        yield f"{n} steps", f"ASK {{ ?a {'/'.join([both] * n)} ?b . FILTER(false) }}"
    yield "5000 inverses", f"ASK {{ ?a {'^(' * 200}{NEXT}{')' * 200} ?b FILTER(?a = 1) }}"
    yield "20,000 alternatives", f"ASK {{ ?a ({'|'.join(f'<x:{n}>' for n in range(20_000))})+ ?b }}"
    yield "closures of all pairs joined", _count(f"?a {both}* ?b . ?b {both}* ?c . ?c {both}* ?a")
    yield "closure for each row of a product", _count(f"?a ?b ?c . ?d ?e ?f . ?a {both}+ ?f")
    yield (
        "closure within NOT EXISTS",
        f"SELECT ?a {{ ?a ?b ?c FILTER NOT EXISTS {{ ?a {both}* ?x . ?x {both}+ ?a . ?y ?z ?x FILTER(?y = 1) }} }}",
    )
    yield "closure over a literal", f"SELECT * {{ 'a' ({NEXT}|!<x:a>)* ?x . ?x (!<x:b>)* ?y . ?p ?q ?r }}"
    yield "closure with both ends unbound in a UNION", _count(f"{{ ?a {both}* ?b }} UNION {{ ?b ({both}|^{both})* ?a }} . ?x ?y ?z")
    yield "lists without end", "SELECT * { ?l (<http://www.w3.org/1999/02/22-rdf-syntax-ns#rest>|!<x:a>)*/(!<x:b>)+ ?x }"


def _values() -> Iterator[tuple[str, str]]:
    for n in (2000, 40_000):
        numbers = " ".join(map(str, range(n)))
        for name, more in {"": "", ", filtered": "FILTER(?x + ?y < 0)", ", with the graph": "?a ?b ?c"}.items():
            yield f"{n} by {n}{name}", _count(f"VALUES ?x {{ {numbers} }} VALUES ?y {{ {numbers} }} {more}")
    ten = " ".join(map(str, range(10)))
    yield "ten to the twelfth", _count(" ".join(f"VALUES ?x{n} {{ {ten} }}" for n in range(12)))
    yield "wide", f"SELECT * {{ VALUES ({' '.join(f'?v{n}' for n in range(500))}) {{ {('(' + '1 ' * 500 + ')') * 200} }} }}"
    yield (
        "unbound, then joined",
        _count(f"VALUES (?a ?b ?c) {{ {'(UNDEF UNDEF UNDEF) ' * 20_000} }} ?a ?b ?c . VALUES (?a ?c) {{ {'(UNDEF 1) ' * 5000} }}"),
    )
    yield "at the end", f"SELECT * {{ {_TWO} }} VALUES ?x {{ {' '.join(map(str, range(100_000)))} }}"
    yield "no columns", f"SELECT * {{ VALUES () {{ {'() ' * 200_000} }} ?a ?b ?c }}"
    yield "IN of a hundred thousand", f"SELECT ?a {{ ?a ?b ?c FILTER(?c IN ({', '.join(map(str, range(100_000)))})) }}"
    strings = ", ".join(f"CONCAT(STR(?f), '{n}')" for n in range(3000))
    yield "NOT IN of expressions", f"SELECT ?a {{ {_TWO} FILTER(?c NOT IN ({strings})) }}"
    yield "COALESCE of many", f"SELECT (COALESCE({'1/0, ' * 30_000}1) AS ?x) {{ {_TWO} }}"
    yield "CONCAT of many", f"SELECT (STRLEN(CONCAT({', '.join(['?c'] * 20_000)})) AS ?n) {{ ?a {NAME} ?c . ?d ?e ?f }}"
    yield "IFs in sequence", f"SELECT (1 AS ?y) {{ {_TWO} FILTER({' && '.join(f'IF(?c = {n}, true, ?f != {n})' for n in range(2000))}) }}"


def _nesting() -> Iterator[tuple[str, str]]:
    for n in (100, 1000, 20_000):
        for name, text in {
            "braces": f"ASK {{ {_wrapped('{', n, '}')} }}",
            "parentheses": f"ASK {{ FILTER({_wrapped('(', n, ')', '1')}) }}",
            "negations": f"ASK {{ FILTER({'!' * n}true) }}",
            "lists": f"ASK {{ ?s ?p {_wrapped('(', n, ')')} }}",
            "blank nodes": f"ASK {{ ?s ?p {_wrapped('[ ?q ', n, ']', '1')} }}",
            "sub-SELECTs": f"SELECT * {{ {_wrapped('{ SELECT * { ', n, '} }')} }}",
            "path closures": f"ASK {{ ?s {_wrapped('(', n, ')*', '<x:p>')} ?o }}",
            "OPTIONALs": f"ASK {{ {_wrapped('OPTIONAL { ', n, '}')} }}",
            "sums": f"ASK {{ FILTER({'1+' * n}1) }}",
            "UNIONs": f"ASK {{ {'{} UNION ' * n}{{}} }}",
            "calls": f"SELECT ({_wrapped('ABS(', n, ')', '1')} AS ?x) {{}}",
            "alternatives": f"ASK {{ ?s ?p ?o FILTER({'?o = 1 || ' * n}false) }}",
            "IFs": f"ASK {{ BIND({_wrapped('IF(true, ', n, ', 2)', '1')} AS ?x) }}",
            "EXISTS": f"ASK {{ {_wrapped('FILTER EXISTS { ', n, '}')} }}",
        }.items():
            yield f"{n} {name}", text
    yield "minus signs", f"ASK {{ FILTER({'- ' * 50_000}1 = 1) }}"
    yield "BINDs that lean on each other", f"ASK {{ {_growing('X + 1', 20_000, '1')} }}"
    yield "triple terms in triple terms", f"SELECT * {{ ?s ?p {_wrapped('<<( <x:a> <x:b> ', 5000, ')>>', '1')} }}"
    yield "reifiers in reifiers", f"SELECT * {{ {_wrapped('<< ', 5000, ' <x:b> 1 >>', '<x:a>')} <x:c> 2 }}"
    yield "triples made of triples", f"SELECT ?x900 {{ {_growing('TRIPLE(<x:a>, <x:b>, X)', 900, '1')} }}"
    yield "annotations in annotations", f"SELECT * {{ ?s ?p ?o {_wrapped('{| ?q ?r ', 3000, '|}')} }}"
    yield "GRAPHs in GRAPHs", f"ASK {{ {_wrapped('GRAPH ?g { ', 5000, '}')} }}"
    yield "collections of blank nodes", f"ASK {{ {_wrapped('([ <x:p> ', 4000, '])', '1')} ?p ?o }}"
    yield "closing brackets only", "ASK { " + "}" * 400_000
    yield "brackets of all kinds", "ASK { ?s ?p ?o FILTER(" + "({[" * 100_000
    yield "filters in sequence", "ASK { ?s ?p ?o " + "FILTER(?o != 1) " * 30_000 + "}"
    yield "semicolons and commas", "ASK { ?s ?p " + "1 ; ?p 2 , 3 " * 20_000 + "}"
    yield "empty operations", "ASK { " + "; . " * 50_000 + "}"


def _strings() -> Iterator[tuple[str, str]]:
    yield "doubled forty times", f"SELECT (STRLEN(?x40) AS ?n) {{ {_growing('CONCAT(X, X)', 40)} }}"
    yield "fourfold, sent whole", f"SELECT ?x16 {{ {_growing('CONCAT(X, X, X, X)', 16)} }}"
    yield "fourfold, measured", f"SELECT (STRLEN(?x16) AS ?n) {{ {_growing('CONCAT(X, X, X, X)', 16)} }}"
    yield "32 MiB sent as one cell", f"SELECT ?x21 {{ {_growing('CONCAT(X, X)', 21)} }}"
    tenfold, by_itself = _growing(f"REPLACE(X, '.', '{'$0' * 10}')", 9), _growing("REPLACE(X, 'a', X)", 6)
    yield "tenfold by REPLACE", f"SELECT (STRLEN(?x9) AS ?n) {{ {tenfold} }}"
    yield "each letter by all of it", f"SELECT (STRLEN(?x6) AS ?n) {{ {by_itself} }}"
    encoded = _growing("ENCODE_FOR_URI(X)", 20, f"'{'%' * 1000}'")
    yield "threefold by ENCODE_FOR_URI", f"SELECT (STRLEN(?x20) AS ?n) {{ {encoded} }}"
    yield "a growing IRI", f"SELECT (IRI(CONCAT('x:', ?x22)) AS ?i) {{ {_growing('CONCAT(X, X)', 22)} }}"
    yield "a growing language tag", f"SELECT (STRLANG('a', ?x20) AS ?i) {{ {_growing('CONCAT(X, X)', 20)} }}"
    yield "a growing datatype", f"SELECT (STRDT('1', IRI(CONCAT('x:', ?x20))) AS ?i) {{ {_growing('CONCAT(X, X)', 20)} }}"
    digests = " ".join(f"(SHA512(CONCAT(?x22, '{n}')) AS ?h{n})" for n in range(40))
    yield "digests of a growing string", f"SELECT {digests} {{ {_growing('CONCAT(X, X)', 22)} }}"
    cases = _growing("LCASE(UCASE(X))", 300, f"'{'ß' * 100_000}'")
    yield "upper and lower case in turn", f"SELECT (STRLEN(?x300) AS ?n) {{ {cases} }}"
    longer = _growing("UCASE(CONCAT(X, X))", 20, "'ŉΐﬃ'")
    yield "letters that grow in upper case", f"SELECT (STRLEN(?x20) AS ?n) {{ {longer} }}"
    yield "substrings at each row", f"SELECT (STRLEN(STRAFTER(CONCAT(?c, ?f, ?i), 'b')) AS ?n) {{ {_THREE} }} ORDER BY ?n LIMIT 1"
    yield (
        "substring far out",
        f"SELECT (SUBSTR(?c, -1e308, 1e308) AS ?x) (SUBSTR(?c, 9223372036854775807, 9223372036854775807) AS ?y) {{ ?a {NAME} ?c }}",
    )
    yield "replaced in a product", f"SELECT (STRLEN(REPLACE(?c, 'a', CONCAT(?c, ?f))) AS ?n) {{ ?a {NAME} ?c . ?d {NAME} ?f . ?x ?y ?z }}"
    yield "doubled triples", f"SELECT ?x40 {{ {_growing('TRIPLE(<x:a>, <x:b>, TRIPLE(<x:c>, <x:d>, X))', 40, '1')} }}"
    yield "distinct long strings", f"SELECT DISTINCT (CONCAT(STR(?c), STR(?f)) AS ?n) {{ {_TWO} }}"
    yield (
        "sorted long strings",
        f"SELECT ?x {{ {_growing('CONCAT(X, X)', 12)} ?a ?b ?c . ?d ?e ?f BIND(CONCAT(?x12, STR(?c), STR(?f)) AS ?x) }} ORDER BY DESC(?x)",
    )
    yield "literal of 900,000 letters", f"ASK {{ ?s ?p '{'x' * 900_000}' }}"
    yield "literal of 200,000 accents", f"SELECT ('{'é' * 200_000}' AS ?x) {{}}"
    yield "literal of escapes", "SELECT ('" + r"\U0010FFFF" * 80_000 + "' AS ?x) {}"
    yield "literal that never ends", "ASK { ?s ?p '" + "x" * 900_000
    yield "quotes", "'" * 500_001
    yield "long quotes with a wrong escape each", "ASK { ?s ?p " + "'''\\q" * 150_000 + "} # service"
    yield "long quotes opened on each line", 'ASK { ?s ?p """a\n' + '""a\n' * 150_000
    yield "IRI of 900,000 letters", f"ASK {{ ?s <http://e/{'x' * 900_000}> ?o }}"
    yield "IRIs opened", "<" * 500_000
    yield "IRI with a growing base", "".join(f"BASE <{'x/' * 20}> " for _ in range(8000)) + "ASK { <a> ?p ?o }"
    yield "IRI with dots", f"BASE <http://e/{'a/' * 50_000}> ASK {{ <{'../' * 100_000}x> ?p ?o }}"
    yield "variable of 500,000 letters", f"ASK {{ ?{'v' * 500_000} ?p ?o }}"
    yield "name of dots", "ASK { ?s ?p e:" + "a." * 400_000
    yield "words", "a." * 400_000
    yield "names with percent signs", "PREFIX e: <x:> ASK { ?s ?p e:" + "%41" * 250_000 + " }"
    yield "comments", "ASK {" + "#" * 500_000
    yield "comments ended by carriage returns", "ASK {" + "#\r" * 300_000 + "}"
    yield "20,000 prefixes", "".join(f"PREFIX p{n}: <http://e/{n}> " for n in range(20_000)) + "ASK {}"
    yield (
        "prefixes on prefixes",
        "PREFIX a: <http://e/> " + "".join(f"PREFIX a: <http://e/{'a/' * 30}{n}> " for n in range(8000)) + "ASK { a:b ?p ?o }",
    )
    yield "blank node labels", "ASK { " + " ".join(f"_:b{n} ?p _:b{n + 1} ." for n in range(20_000)) + " }"
    yield "NUL", "ASK { ?s ?p '\x00' } \x00"
    yield "byte order mark", "\ufeffASK { ?s ?p ?o }"
    yield "direction marks and joiners", "ASK { ?s ?p '\u202e\u200d\ufffe' . \u202e?a ?b ?c }"
    yield "line ends of all kinds", "ASK\r{\r?s ?p ?o\r\n\x85\u2028FILTER(1)\r}"
    yield "escaped surrogates", r"SELECT ('\uD800\uDC00' AS ?x) ('\uDFFF' AS ?y) {}"
    yield "escaped braces", r"ASK \u007B ?s ?p ?o \u007D"
    yield "only spaces", " \t\n" * 300_000
    yield "one word a line", "SELECT\n" * 100_000


def _patterns() -> Iterator[tuple[str, str]]:
    for pattern in ("(a+)+$", "(a|aa)+$", "(.*a){25}", "^(([a-z])+.)+[A-Z]([a-z])+$", "(a*)*b", "(x+x+)+y", "(a|a?)+$", "^(a?){60}a{60}$",
                    "((a|b)*c)*$", "(?:.*?,){11}P", "[a-z]*[a-z]*[a-z]*[a-z]*[a-z]*1$", "(\\\\p{L}+\\\\s?)+$"):  # fmt: skip
        yield pattern, f"SELECT ?o {{ ?s ?p ?o . ?x ?y ?z FILTER(REGEX(STR(?o), '{pattern}')) FILTER(false || STRLEN(STR(?z)) > 9999) }}"
    for pattern in ("((a{1,1000}){1,1000}){1,1000}", "(a{1000}){1000}", "\\\\w{1000}{1000}", "(\\\\p{L}{500}){500}", "a{4294967296}", "a{2147483647}",
                    "[\\\\w--\\\\d&&[^a]]{999}", "(?i:\\\\p{Greek}{1,900}){90}", "x{0,65535}{0,65535}"):  # fmt: skip
        yield f"machine of {pattern}", f"ASK {{ FILTER(REGEX('a', '{pattern}')) }}"
    yield "5000 groups", f"ASK {{ FILTER(REGEX('a', '{_wrapped('(', 5000, ')', 'a')}')) }}"
    yield "100,000 alternatives", f"ASK {{ FILTER(REGEX('a', '{'a|' * 100_000}b')) }}"
    yield "large class", f"ASK {{ FILTER(REGEX('a', '[{''.join(chr(n) for n in range(0x4E00, 0x9FFF, 2))}]{{500}}')) }}"
    yield "optional letters over a long text", f"ASK {{ FILTER(REGEX('{'a' * 100_000}', '(a?){{1000}}a{{1000}}')) }}"
    yield "another pattern at each row", f"SELECT (COUNT(*) AS ?n) {{ {_TWO} FILTER(REGEX(STR(?f), CONCAT('(', STR(?c), '){{1,200}}'))) }}"
    yield (
        "pattern from the data, replaced",
        f"SELECT (SUM(STRLEN(REPLACE(STR(?c), CONCAT('[', STR(?f), ']{{0,99}}'), 'x'))) AS ?n) {{ {_TWO} }}",
    )
    yield "flags from the data", f"SELECT (COUNT(*) AS ?n) {{ {_THREE} FILTER(REGEX(STR(?c), 'a+', STR(?f))) }}"
    yield "backward reference", "SELECT ?o { ?s ?p ?o FILTER(REGEX(STR(?o), '(a+)\\\\1+$')) }"
    yield "empty matches", f"SELECT (STRLEN(REPLACE('{'a' * 300_000}', 'b*', '{'x' * 300}')) AS ?n) {{}}"


def _numbers() -> Iterator[tuple[str, str]]:
    yield "integer of 500,000 digits", f"ASK {{ ?s ?p {'9' * 500_000} }}"
    yield "decimal of 500,000 digits", f"SELECT ({'9' * 250_000}.{'9' * 250_000} * 3 AS ?x) {{}}"
    yield "exponent of 100,000 digits", f"SELECT (1e{'9' * 100_000} AS ?x) (1e-{'9' * 100_000} AS ?y) {{}}"
    yield (
        "integers past their end",
        "SELECT (9223372036854775807 + 1 AS ?x) (-9223372036854775808 - 1 AS ?y) (9223372036854775807 * 9223372036854775807 AS ?z) {}",
    )
    yield (
        "least integer by minus one",
        f"{XSD}SELECT (xsd:integer('-9223372036854775808') / -1 AS ?x) (ABS(xsd:integer('-9223372036854775808')) AS ?y) (-(-9223372036854775808) AS ?z) {{}}",
    )
    yield "division by nothing", "SELECT (1/0 AS ?x) (1.0/0.0 AS ?y) (1e0/0e0 AS ?z) {}"
    yield "a power by squaring", f"SELECT ?x200 {{ {_growing('X * X', 200, '1.000001')} }}"
    yield (
        "numbers from strings",
        f"{XSD}SELECT (xsd:integer('{'1' * 300_000}') AS ?x) (xsd:decimal('{'.' * 1000}') AS ?y) (xsd:double('{'e' * 1000}') AS ?z) {{}}",
    )
    yield (
        "rounding of what is no number",
        f"{XSD}SELECT (ROUND(xsd:double('NaN')) AS ?x) (CEIL(xsd:double('INF')) AS ?y) (xsd:integer(1e308) AS ?z) {{}}",
    )
    yield "sum past the end at each row", f"SELECT (SUM(9223372036854775807) AS ?n) (AVG(9223372036854775807) AS ?m) {{ {_TWO} }}"
    yield (
        "dates far out",
        f'{XSD}SELECT ("99999999999999999999-01-01"^^xsd:date + "P1D"^^xsd:duration AS ?x) (YEAR("-999999999999-01-01T00:00:00Z"^^xsd:dateTime) AS ?y) {{}}',
    )
    yield (
        "durations far out",
        f'{XSD}SELECT ("P{"9" * 10_000}Y"^^xsd:duration + "-P{"9" * 10_000}Y"^^xsd:duration AS ?x) (NOW() + "P9223372036854775807M"^^xsd:yearMonthDuration AS ?y) {{}}',
    )
    yield (
        "dates at each row",
        f'{XSD}SELECT (COUNT(*) AS ?n) {{ {_THREE} FILTER(xsd:dateTime(CONCAT("2000-01-01T00:00:", STR(STRLEN(STR(?c))), "Z")) - NOW() = ?f) }}',
    )
    yield (
        "time zones",
        f'{XSD}SELECT (TIMEZONE("2000-01-01T00:00:00+99:99"^^xsd:dateTime) AS ?x) (ADJUST("2000-01-01T00:00:00"^^xsd:dateTime, "PT999999999H"^^xsd:dayTimeDuration) AS ?y) {{}}',
    )
    yield "limits that are no limits", "SELECT * { ?s ?p ?o } LIMIT 99999999999999999999999999999"
    yield "unknown functions", f"SELECT ({' + '.join(f'<http://e/f{n}>(?s)' for n in range(5000))} AS ?x) {{ ?s ?p ?o }}"


def _named(*groups: Iterator[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in groups:
        kind = group.__name__.strip("_")
        for name, query in group:
            name = f"{kind}: {name}"
            assert name not in found and query not in found.values(), f"{name} is there already"
            found[name] = query
    return found


#: Name -> query.
HOSTILE = _named(_cross(), _shapes(), _paths(), _values(), _nesting(), _strings(), _patterns(), _numbers())

_ASK = "{ ?s ?p ?o }"
#: Name -> query that would fetch `URL` or read `FILE`.
REACHING = {
    "SERVICE": f"SELECT * {{ SERVICE <URL> {_ASK} }}",
    "SERVICE SILENT": f"SELECT * {{ SERVICE SILENT <URL> {_ASK} }}",
    "small letters and no spaces": f"SELECT * {{ sErViCe<URL>{_ASK}}}",
    "no space before a prefixed name": f"PREFIX e: <URL> SELECT * {{ SERVICEe:x {_ASK} }}",
    "an empty prefix": f"PREFIX : <URL> SELECT * {{ SERVICE : {_ASK} }}",
    "a relative address": f"BASE <URL> SELECT * {{ SERVICE <x> {_ASK} }}",
    "an address in escapes": f"SELECT * {{ SERVICE <\\u0068ttp://127.0.0.1:PORT/> {_ASK} }}",
    "a variable": "SELECT * { VALUES ?s { <URL> } SERVICE ?s { ?a ?p ?o } }",
    "a silent variable": "SELECT * { BIND(<URL> AS ?s) SERVICE SILENT ?s { ?a ?p ?o } }",
    "a blank node": f"SELECT * {{ SERVICE _:a {_ASK} }}",
    "within OPTIONAL, UNION and MINUS": f"SELECT * {{ ?a ?b ?c OPTIONAL {{ {{}} UNION {{ ?d ?e ?f MINUS {{ SERVICE <URL> {_ASK} }} }} }} }}",
    "within EXISTS within FILTER within BIND": f"SELECT * {{ BIND(EXISTS {{ FILTER(EXISTS {{ SERVICE <URL> {_ASK} }}) }} AS ?x) }}",
    "within a sub-SELECT's ORDER BY": f"SELECT * {{ {{ SELECT ?a {{ ?a ?b ?c }} ORDER BY (EXISTS {{ SERVICE <URL> {_ASK} }}) }} }}",
    "within GRAPH": f"SELECT * {{ GRAPH ?g {{ SERVICE <URL> {_ASK} }} }}",
    "within SERVICE": f"SELECT * {{ SERVICE <http://e/> {{ SERVICE <URL> {_ASK} }} }}",
    "behind a comment ended by a carriage return": f"SELECT * {{ # '\rSERVICE <URL> {_ASK} }}",
    "behind a quote in a comment": f'SELECT * {{ # """\nSERVICE <URL> {_ASK} # """\n }}',
    "behind a string with an escaped quote": "SELECT * { ?s ?p '\\'#' SERVICE <URL> {} }",
    "between two strings": "SELECT * { ?s ?p ''SERVICE <URL> {} ?s ?p '' }",
    "behind a comparison": "PREFIX e: <URL> SELECT * { ?x ?y ?z FILTER(?x<?y)SERVICE#>\ne:x{} }",
    "of CONSTRUCT": f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SERVICE <URL> {_ASK} }}",
    "of DESCRIBE": f"DESCRIBE ?s {{ SERVICE <URL> {_ASK} }}",
    "FROM": f"SELECT * FROM <URL> {_ASK}",
    "FROM NAMED": "SELECT * FROM NAMED <URL> { GRAPH ?g { ?s ?p ?o } }",
    "FROM without spaces": f"SELECT*FROM<URL>WHERE{_ASK}",
    "FROM a prefixed name": f"PREFIX e: <URL> SELECT * FROMe:x {_ASK}",
    "FROM a relative address": f"BASE <URL> SELECT * FROM <x> {_ASK}",
    "FROM a file": f"SELECT * FROM <file://FILE> {_ASK}",
    "FROM NAMED a file": "SELECT * FROM NAMED <file://FILE> { GRAPH ?g { ?s ?p ?o } }",
    "FROM a file beside": f"SELECT * FROM <../../../etc/passwd> {_ASK}",
    "FROM behind a comment": f"SELECT * #\rFROM <URL>\n{_ASK}",
    "FROM an odd scheme": f"SELECT * FROM <data:text/turtle,%3Cx:a%3E%20%3Cx:b%3E%201.> FROM <jar:URL> {_ASK}",
}
