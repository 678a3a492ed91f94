package webhooks

import (
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

func ruleIngress(d *v1alpha1.OllamaDeployment, spec *field.Path, _ Options) field.ErrorList {
	var errs field.ErrorList
	if ui := d.Spec.OpenWebUI; ui != nil && ui.Ingress != nil {
		errs = append(errs, validateIngress(ui.Ingress, spec.Child("openwebui", "ingress"))...)
	}
	if tabby := d.Spec.Tabby; tabby != nil && tabby.Ingress != nil {
		errs = append(errs, validateIngress(tabby.Ingress, spec.Child("tabby", "ingress"))...)
	}
	return errs
}

func validateIngress(ingress *v1alpha1.IngressSpec, path *field.Path) field.ErrorList {
	var errs field.ErrorList
	if ingress.IsEnabled() && ingress.Host == "" {
		errs = append(errs, field.Required(path.Child("host"),
			`must be set when the ingress is enabled, for example "chat.example.com"`))
	}
	if class := ingress.ClassName; class != nil && *class != "" {
		for _, message := range validation.IsDNS1123Subdomain(*class) {
			errs = append(errs, field.Invalid(path.Child("className"), *class, message))
		}
	}
	errs = append(errs, apivalidation.ValidateAnnotations(ingress.Annotations, path.Child("annotations"))...)
	return append(errs, validateTLS(ingress, path.Child("tls"))...)
}

// maxTLSHosts bounds a list of Kubernetes' own type, which has no bound.
const maxTLSHosts = 64

func validateTLS(ingress *v1alpha1.IngressSpec, path *field.Path) field.ErrorList {
	if ingress.TLS == nil {
		return nil
	}
	if n := len(ingress.TLS.Hosts); n > maxTLSHosts {
		return field.ErrorList{field.TooMany(path.Child("hosts"), n, maxTLSHosts)}
	}
	var errs field.ErrorList
	covered := len(ingress.TLS.Hosts) == 0 || ingress.Host == "" || !validHost(ingress.Host)
	for i, host := range ingress.TLS.Hosts {
		if message := explainHost(host); message != "" {
			errs = append(errs, field.Invalid(path.Child("hosts").Index(i), host, message))
		}
		covered = covered || covers(host, ingress.Host)
	}
	if !covered {
		errs = append(errs, field.Invalid(path.Child("hosts"), ingress.TLS.Hosts,
			"must cover the host "+ingress.Host+", itself or by a wildcard of one label").WithOrigin(ingress.Host))
	}
	if secret := ingress.TLS.SecretName; secret != "" {
		for _, message := range validation.IsDNS1123Subdomain(secret) {
			errs = append(errs, field.Invalid(path.Child("secretName"), secret, message))
		}
	}
	return errs
}

// covers tells whether a certificate for pattern serves host: the same name, or
// a wildcard in place of its first label.
func covers(pattern, host string) bool {
	if pattern == host {
		return true
	}
	parent, wildcard := strings.CutPrefix(pattern, "*.")
	_, rest, found := strings.Cut(host, ".")
	return wildcard && found && rest == parent
}
