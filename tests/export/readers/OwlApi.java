// Reads ontologies with the OWL API, from the files alone. Each line of its input names files, parted by tabs; each line of
// its output is a JSON list with one object a file: what the file holds, and what it has more and less than the first one, in
// functional-style syntax. Anonymous individuals all have one name, as each reading names them anew; plain literals are
// strings, as RDF 1.1 has it.

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeSet;
import org.semanticweb.owlapi.apibinding.OWLManager;
import org.semanticweb.owlapi.io.FileDocumentSource;
import org.semanticweb.owlapi.model.MissingImportHandlingStrategy;
import org.semanticweb.owlapi.model.OWLAnnotation;
import org.semanticweb.owlapi.model.OWLAnnotationValue;
import org.semanticweb.owlapi.model.OWLAxiom;
import org.semanticweb.owlapi.model.OWLLiteral;
import org.semanticweb.owlapi.model.OWLOntology;
import org.semanticweb.owlapi.model.OWLOntologyLoaderConfiguration;
import org.semanticweb.owlapi.model.OWLOntologyManager;

class OwlApi {
    public static void main(String[] args) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // the log must not run into the answers
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            StringJoiner answers = new StringJoiner(", ", "[", "]");
            Set<String> first = null;
            for (String name : line.split("\t")) {
                try {
                    OWLOntology ontology = read(new File(name));
                    Set<String> found = new TreeSet<>();
                    for (OWLAxiom axiom : ontology.getAxioms()) found.add(plain(axiom));
                    for (OWLAnnotation annotation : ontology.getAnnotations()) found.add(plain(annotation));
                    if (first == null) first = found;
                    answers.add("{\"axioms\": " + ontology.getAxiomCount() + ", \"annotations\": " + ontology.getAnnotations().size()
                        + ", \"format\": " + quoted(ontology.getOWLOntologyManager().getOntologyFormat(ontology).getKey())
                        + ", \"id\": " + quoted(ontology.getOntologyID().toString())
                        + ", \"imports\": " + ontology.getImportsDeclarations().size()
                        + ", \"more\": " + difference(found, first) + ", \"less\": " + difference(first, found) + "}");
                } catch (Exception error) {
                    answers.add("{\"error\": " + quoted(error.toString()) + "}");
                }
            }
            out.println(answers);
        }
    }

    static OWLOntology read(File file) throws Exception {
        OWLOntologyManager manager = OWLManager.createOWLOntologyManager();
        OWLOntologyLoaderConfiguration strict =
            new OWLOntologyLoaderConfiguration().setMissingImportHandlingStrategy(MissingImportHandlingStrategy.THROW_EXCEPTION);
        return manager.loadOntologyFromOntologyDocument(new FileDocumentSource(file), strict);
    }

    static String plain(OWLAxiom axiom) {
        return plain(axiom.getAnnotations(), axiom.getAxiomWithoutAnnotations().toString());
    }

    static String plain(OWLAnnotation annotation) {
        return plain(annotation.getAnnotations(), annotation.getProperty() + " " + value(annotation.getValue()));
    }

    static String value(OWLAnnotationValue value) { // some classes of literals print their address in memory
        if (!(value instanceof OWLLiteral)) return value.toString();
        OWLLiteral literal = (OWLLiteral) value;
        boolean plain = literal.isRDFPlainLiteral() || literal.getDatatype().isString();
        return quoted(literal.getLiteral()) + "@" + literal.getLang() + (plain ? "" : "^^" + literal.getDatatype());
    }

    static String plain(Iterable<OWLAnnotation> annotations, String text) {
        Set<String> sorted = new TreeSet<>();
        for (OWLAnnotation annotation : annotations) sorted.add(plain(annotation));
        return (sorted + text).replaceAll("_:genid\\w+", "_:x").replace("^^xsd:string", "");
    }

    static String difference(Set<String> one, Set<String> other) {
        StringJoiner texts = new StringJoiner(", ", "[", "]");
        for (String text : one) if (!other.contains(text)) texts.add(quoted(text));
        return texts.toString();
    }

    static String quoted(String text) {
        StringBuilder json = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c < 0x20 || c == '"' || c == '\\') json.append(String.format("\\u%04x", (int) c)); else json.append(c);
        }
        return json.append('"').toString();
    }
}
