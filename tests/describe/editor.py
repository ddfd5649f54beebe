"""What an editor in the manner of SIB's asks an endpoint, in our own words: classes with their properties, examples, prefixes."""

from __future__ import annotations

CLASSES = """
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?graph ?subjectClass ?prop ?objectClass ?objectDatatype ?triples ?subjectClassLabel ?propLabel WHERE {
  {
    OPTIONAL { ?graph sd:graph ?about . ?about void:classPartition ?part }
    ?part void:class ?subjectClass ; void:propertyPartition ?inner .
    ?inner void:property ?prop .
    OPTIONAL { ?subjectClass rdfs:label ?subjectClassLabel }
    OPTIONAL { ?prop rdfs:label ?propLabel }
    OPTIONAL { ?inner void:triples ?triples }
    OPTIONAL {
      { ?inner void:classPartition [ void:class ?objectClass ] }
      UNION { ?inner void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] }
    }
  } UNION {
    ?links void:subjectsTarget [ void:class ?subjectClass ] ; void:linkPredicate ?prop ; void:objectsTarget [ void:class ?objectClass ] .
  }
} ORDER BY ?subjectClass ?prop ?objectClass ?objectDatatype"""

EXAMPLES = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX spex: <https://purl.expasy.org/sparql-examples/ontology#>
SELECT DISTINCT ?sq ?comment ?query WHERE {
  ?sq a sh:SPARQLExecutable ; rdfs:comment ?comment ; sh:select|sh:ask|sh:construct|spex:describe ?query
} ORDER BY ?sq"""

DECLARED = """
PREFIX sh: <http://www.w3.org/ns/shacl#>
SELECT DISTINCT ?prefix ?namespace WHERE { [] sh:namespace ?namespace ; sh:prefix ?prefix } ORDER BY ?prefix"""
