import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.validation.*;
import org.hl7.fhir.common.hapi.validation.support.*;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import java.nio.file.*;
import java.util.*;

/** Validates FHIR R5 resources against the specification: prints one line a finding, and one line a value set with the size of its expansion. */
public class FhirValidate {
    public static void main(String[] files) throws Exception {
        FhirContext context = FhirContext.forR5();
        PrePopulatedValidationSupport ours = new PrePopulatedValidationSupport(context);
        Map<String, String> texts = new TreeMap<>();
        for (String file : files) {
            String text = Files.readString(Path.of(file));
            texts.put(file, text);
            ours.addResource(context.newJsonParser().parseResource(text));
        }
        IValidationSupport support = new ValidationSupportChain(
            new DefaultProfileValidationSupport(context), new CommonCodeSystemsTerminologyService(context),
            new InMemoryTerminologyServerValidationSupport(context), ours);
        FhirValidator validator = context.newValidator().registerValidatorModule(new FhirInstanceValidator(support));
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            for (SingleValidationMessage message : validator.validateWithResult(entry.getValue()).getMessages())
                System.out.println("FINDING\t" + Path.of(entry.getKey()).getFileName() + "\t" + message.getSeverity() + "\t" + message.getLocationString() + "\t" + message.getMessage());
            IBaseResource resource = context.newJsonParser().parseResource(entry.getValue());
            if (resource instanceof org.hl7.fhir.r5.model.ValueSet set) {
                IValidationSupport.ValueSetExpansionOutcome outcome = support.expandValueSet(new ca.uhn.fhir.context.support.ValidationSupportContext(support), null, set);
                int count = outcome == null || outcome.getValueSet() == null ? -1 : ((org.hl7.fhir.r5.model.ValueSet) outcome.getValueSet()).getExpansion().getContains().size();
                System.out.println("EXPANSION\t" + set.getId() + "\t" + count + "\t" + (outcome == null ? "" : outcome.getError()));
            }
        }
    }
}
