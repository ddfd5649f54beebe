/** One row for each trial; what the library's queries tell by comparison is counted here. */
export const QUERY = `PREFIX net: <https://w3id.org/net-kg/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
# All trials, with the number of their published comparisons and effect estimates.
SELECT ?trial ?acronym ?registration ?phase ?design ?status ?condition ?comparisons ?estimates ?curation
WHERE {
  ?trial a net:ClinicalTrial ; net:acronym ?acronym ; net:trialStatus/rdfs:label ?statusLabel ; net:curation/rdfs:label ?curation .
  OPTIONAL { ?trial net:phase/rdfs:label ?phaseLabel . }
  OPTIONAL { ?trial net:design/rdfs:label ?designLabel . }
  OPTIONAL { ?trial net:population/rdfs:label ?condition . }
  OPTIONAL { SELECT ?trial (GROUP_CONCAT(STR(?address); separator=" ") AS ?registration) WHERE { ?trial net:registration ?address } GROUP BY ?trial }
  { SELECT ?trial (COUNT(DISTINCT ?comparison) AS ?comparisons) (COUNT(DISTINCT ?item) AS ?estimates) WHERE {
    ?trial a net:ClinicalTrial .
    OPTIONAL { ?comparison net:trial ?trial . OPTIONAL { ?item net:comparison ?comparison ; net:effectMeasure ?measure ; net:effect ?effect . } }
  } GROUP BY ?trial }
  # labels of closed lists name their list in brackets
  BIND(REPLACE(STR(?statusLabel), " \\\\(.*\\\\)$", "") AS ?status)
  BIND(REPLACE(STR(?phaseLabel), " \\\\(.*\\\\)$", "") AS ?phase)
  BIND(REPLACE(STR(?designLabel), " \\\\(.*\\\\)$", "") AS ?design)
}
ORDER BY LCASE(?acronym)`;
