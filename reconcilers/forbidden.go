package reconcilers

import (
	"fmt"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// notAllowed is what of the component's spec admission refuses as the operator is
// run, and what may be stored all the same: while the webhooks were away, or before
// the operator was run so. It is nil if there is nothing.
func (o Options) notAllowed(d *v1alpha1.OllamaDeployment, component v1alpha1.Component) error {
	if component != v1alpha1.ComponentTabby || d.Spec.Tabby == nil || o.AllowHostPath {
		return nil
	}
	for i := range d.Spec.Tabby.Volumes {
		if d.Spec.Tabby.Volumes[i].HostPath != nil {
			return &notAllowedError{fmt.Sprintf("spec.tabby.volumes[%d].hostPath", i), "--allow-host-path"}
		}
	}
	return nil
}
