"""A small graph with the edges of what records say: partial dates, open intervals, advice against, what ended, what is missing."""

EDGES = """
@prefix net: <https://w3id.org/net-kg/> .
@prefix g: <https://w3id.org/net-kg/graph/> .
@prefix d: <https://w3id.org/net-kg/graph/data/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix sssom: <https://w3id.org/sssom/> .
@prefix doc: <https://w3id.org/net-kg/document/> .
@prefix rec: <https://w3id.org/net-kg/recommendation/> .
@prefix app: <https://w3id.org/net-kg/approval/> .
@prefix trial: <https://w3id.org/net-kg/trial/> .
@prefix comp: <https://w3id.org/net-kg/comparison/> .
@prefix ev: <https://w3id.org/net-kg/evidence/> .
@prefix claim: <https://w3id.org/net-kg/claim/> .
@prefix pop: <https://w3id.org/net-kg/population/> .

g:ontology {
  net:Neoplasm a owl:Class ; rdfs:label "neoplasm"@en .
  net:Tumour a owl:Class ; rdfs:label "tumour"@en .
  net:Alpha a owl:Class ; rdfs:label "α-drug"@en .
  net:Beta a owl:Class ; rdfs:label "beta"@en .
  net:hasNeoplasm a owl:ObjectProperty ; rdfs:label "has neoplasm"@en ; rdfs:range net:Neoplasm ;
    net:featureKey "neoplasm" ; net:featureKind "hierarchy" ; net:featureOrder "1" .
  net:gist a owl:AnnotationProperty ; rdfs:label "statement in words"@en .
  net:DirectionRecommended a owl:NamedIndividual ; rdfs:label "recommended"@en .
  net:DirectionContraindicated a owl:NamedIndividual ; rdfs:label "contraindicated"@en .
  net:UnitMonths a owl:NamedIndividual ; rdfs:label "months (unit)"@en .
}
d:mappings {
  net:Alpha skos:exactMatch <http://purl.obolibrary.org/obo/NCIT_C1> .
  [] a owl:Axiom ; owl:annotatedSource net:Alpha ; owl:annotatedProperty skos:exactMatch ; owl:annotatedTarget <http://purl.obolibrary.org/obo/NCIT_C1> ;
    sssom:object_label "Alpha" ; sssom:object_source_version "26.01" .
}
d:documents {
  doc:new a owl:NamedIndividual , net:Guideline ; rdfs:label "„Ω“ of \\"today\\"\\n@prefix [new]"@en ; net:issued "2024-03"^^xsd:gYearMonth ;
    net:organisation "Society" ; net:pubmed <https://pubmed.ncbi.nlm.nih.gov/123> ; net:doi <https://doi.org/10.1000/a(1)> ;
    net:webAddress <https://example.org/new> ; net:edition "2" .
  doc:old a owl:NamedIndividual , net:Guideline ; rdfs:label "Yesterday [old]"@en ; net:issued "2019"^^xsd:gYear ; net:supersededBy doc:new .
  doc:page a owl:NamedIndividual , net:WebPage ; rdfs:label "Page [page]"@en ; net:webAddress <https://example.org/page> .
}
d:recommendations {
  rec:R1 a owl:NamedIndividual , net:Recommendation ; rdfs:label "recommendation R1"@en ; net:therapy net:Alpha , net:Beta ; net:about net:Alpha , net:Beta ;
    net:combination net:CombinationTogether ; net:direction net:DirectionRecommended ; net:strength "A-1b" ; net:gist "Give both." ;
    net:population pop:p-1 ; net:source doc:new ; net:issued "2024-03"^^xsd:gYearMonth ; net:rowNumber "7" ;
    net:curation net:CurationPrimary ; net:readAt <https://example.org/new> .
  rec:R2 a owl:NamedIndividual , net:Recommendation ; rdfs:label "recommendation R2"@en ; net:therapy net:Alpha ;
    net:direction net:DirectionContraindicated ; net:population pop:p-2 ; net:source doc:old .
  rec:R3 a owl:NamedIndividual , net:Recommendation ; rdfs:label "recommendation R3"@en ; net:therapy net:Unlisted ;
    net:direction net:DirectionInsufficientEvidence ; net:population pop:p-9 .
}
d:approvals {
  app:A1 a owl:NamedIndividual , net:RegulatoryDecision ; rdfs:label "decision A1"@en ; net:therapy net:Alpha ; net:decision net:DecisionKindApproval ;
    net:decisionStatus net:DecisionActive ; net:authority "Agency" ; net:issued "2020-05-06"^^xsd:date ; net:population pop:p-1 ;
    net:pivotalTrial trial:T1 , trial:T2 ; net:source doc:page ; net:gist "Tumours." .
  app:A2 a owl:NamedIndividual , net:RegulatoryDecision ; rdfs:label "decision A2"@en ; net:therapy net:Beta ; net:decision net:DecisionKindApproval ;
    net:decisionStatus net:DecisionWithdrawn ; net:authority "Agency" ; net:issued "2021"^^xsd:gYear ; net:population pop:p-1 ; net:pivotalTrial trial:T1 .
}
d:trials {
  trial:T1 a owl:NamedIndividual , net:ClinicalTrial ; rdfs:label "trial ONE [T1]"@en ; net:acronym "ONE" ; net:source doc:page ;
    net:registration <https://clinicaltrials.gov/study/NCT00000001> .
  trial:T2 a owl:NamedIndividual , net:ClinicalTrial ; rdfs:label "trial TWO [T2]"@en ; net:acronym "TWO" ; net:source doc:page , doc:new .
}
d:comparisons {
  comp:C1 a owl:NamedIndividual , net:ArmComparison ; rdfs:label "comparison C1"@en ; net:trial trial:T1 ;
    net:experimental net:Alpha ; net:comparator net:Beta ;
    net:population pop:p-1 ; net:participants "116"^^xsd:decimal ; net:participantsExperimental "58"^^xsd:decimal ;
    net:primaryEndpoint "PFS" ; net:primaryOutcome net:PrimaryMissed ; net:source doc:page .
}
d:evidence {
  ev:E1 a owl:NamedIndividual , net:EvidenceItem ; rdfs:label "evidence E1"@en ; net:comparison comp:C1 ; net:endpoint net:EndpointPFS ; net:source doc:page ;
    net:effectMeasure net:MeasureHazardRatio ; net:effect "0.480"^^xsd:decimal ; net:effectLow "0.35"^^xsd:decimal ; net:effectHigh "0.67"^^xsd:decimal ;
    net:confidenceLevel "95"^^xsd:decimal ; net:pValue "<0.001" ; net:valueExperimental "11"^^xsd:decimal ; net:unit net:UnitMonths .
  ev:E2 a owl:NamedIndividual , net:EvidenceItem ; rdfs:label "evidence E2"@en ; net:comparison comp:C1 ; net:endpoint net:EndpointOS ; net:source doc:page ;
    net:reachedExperimental "not reached" ; net:valueExperimentalLow "30.10000000000000000001"^^xsd:decimal .
}
d:claims {
  claim:CL1 a owl:NamedIndividual , net:Claim ; rdfs:label "claim CL1"@en ; net:claimedBy doc:page ; net:gist "It cures." ;
    net:claimVerdict net:ClaimContradicted ;
    net:counterpart rec:R2 ; net:source doc:new ; net:unheardOf "x" , 5 .
}
d:populations {
  pop:p-1 a owl:NamedIndividual , net:Population ; rdfs:label "neoplasm: tumour; Ki-67 index > 3 and ≤ 20 %"@en ; net:scope "neoplasm=Tumour; ki67=(3..20]" ;
    net:alternative pop:p-1\\/1 .
  pop:p-1\\/1 a owl:NamedIndividual , net:PopulationAlternative ; rdfs:label "alternative 1 of population p-1"@en ;
    net:criterion pop:p-1\\/1\\/neoplasm-1 , pop:p-1\\/1\\/ki67-2 ; net:allows net:Tumour , net:Grade1 .
  pop:p-1\\/1\\/neoplasm-1 a owl:NamedIndividual , net:PopulationCriterion ; rdfs:label "neoplasm: tumour (criterion 1 of alternative 1 of population p-1)"@en ;
    net:restricts net:hasNeoplasm ; net:requires net:Tumour .
  pop:p-1\\/1\\/ki67-2 a owl:NamedIndividual , net:PopulationCriterion ;
    rdfs:label "Ki-67 index > 3 and ≤ 20 % (criterion 2 of alternative 1 of population p-1)"@en ;
    net:restricts net:ki67Percent ; net:minimum "3"^^xsd:decimal ; net:minimumIncluded false ; net:maximum "20"^^xsd:decimal ; net:maximumIncluded true .
  pop:p-2 a owl:NamedIndividual , net:Population ; rdfs:label "one or the other"@en ; net:alternative pop:p-2\\/1 , pop:p-2\\/2 .
  pop:p-2\\/1 a owl:NamedIndividual , net:PopulationAlternative ; rdfs:label "alternative 1 of population p-2"@en ; net:criterion pop:p-2\\/1\\/neoplasm-1 .
  pop:p-2\\/1\\/neoplasm-1 a owl:NamedIndividual , net:PopulationCriterion ; rdfs:label "neoplasm: tumour (criterion 1 of alternative 1 of population p-2)"@en ;
    net:restricts net:hasNeoplasm ; net:requires net:Tumour .
  pop:p-2\\/2 a owl:NamedIndividual , net:PopulationAlternative ; rdfs:label "alternative 2 of population p-2"@en .
}
g:relations { rec:R1 net:disagreesWith rec:R2 . pop:p-1 net:subPopulationOf pop:p-2 . }
g:meta { net:dataset a void:Dataset ; owl:versionInfo "2026-01-02" ; dcterms:title "NET-KG"@en ; dcterms:issued "2026-01-02"^^xsd:date ;
  dcterms:license <https://creativecommons.org/licenses/by/4.0/> ; dcterms:creator "NET-KG contributors" . }
"""
