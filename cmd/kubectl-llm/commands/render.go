package commands

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/terminal"
	"github.com/geeper-io/llm-operator/internal/render"
)

func newRender(streams genericiooptions.IOStreams) *cobra.Command {
	var in input
	cmd := &cobra.Command{
		Use:   "render [-f] FILE...",
		Short: "Show what the operator would make of objects",
		Long: "Print the Deployments, Services and other objects that the operator applies for OllamaDeployments, as YAML.\n" +
			"They are what the cluster gets, but for two things that only a cluster can give: owner references, and the\n" +
			"contents of Secrets, which are drawn at random once. A name that is to be made from generateName ends in xxxxx.",
		Example: `  # Look at the pods' specs before anything runs
  kubectl llm render -f models.yaml

  # See what a change would change
  diff <(kubectl llm render -f old.yaml) <(kubectl llm render -f new.yaml)`,
		Args: args(cobra.ArbitraryArgs),
		RunE: func(_ *cobra.Command, arguments []string) error {
			objects, err := in.admitted(arguments, streams)
			if err != nil {
				return err
			}
			for _, o := range objects {
				if err := writeChildren(streams.Out, check.Named(o.Result.Object)); err != nil {
					return fmt.Errorf("printing: %w", err)
				}
			}
			return nil
		},
	}
	in.bind(cmd)
	in.bindOptions(cmd)
	return cmd
}

// writeChildren prints what the operator makes of a defaulted object, in the order in
// which it is made.
func writeChildren(w io.Writer, d *v1alpha1.OllamaDeployment) error {
	for _, secret := range render.Secrets(d) {
		object := corev1.Secret{
			TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
			ObjectMeta: metav1.ObjectMeta{Name: secret.Name, Labels: secret.Labels},
			Type:       corev1.SecretTypeOpaque,
		}
		if err := writeChild(w, d, object, fmt.Sprintf("# The value of %s is drawn at random, once.\n", secret.Key)); err != nil {
			return err
		}
	}
	for _, object := range render.Objects(d) {
		if err := writeChild(w, d, object.Config, ""); err != nil {
			return err
		}
	}
	return nil
}

func writeChild(w io.Writer, d *v1alpha1.OllamaDeployment, child any, comment string) error {
	data, err := json.Marshal(child)
	if err != nil {
		return err
	}
	object := unstructured.Unstructured{}
	if err := json.Unmarshal(data, &object.Object); err != nil {
		return err
	}
	object.SetOwnerReferences(nil)
	object.SetNamespace(d.Namespace)
	data, err = json.Marshal(object.Object)
	if err != nil {
		return err
	}
	text, err := terminal.YAML(data)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "---\n%s%s", comment, text)
	return err
}
