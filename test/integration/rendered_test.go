package integration

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/render"
	"github.com/geeper-io/llm-operator/webhooks"
)

// What Validate accepts is rendered into children that the API server accepts.
func TestAcceptedObjectsRenderToValidChildren(t *testing.T) {
	t.Parallel()
	k := newKubectl(t)
	api, err := client.New(shared.Config, client.Options{})
	require.NoError(t, err)
	accepted := 0
	for seed := range uint64(150) {
		g := generator{rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // a test that can be repeated
		d := g.object(k.namespace, fmt.Sprintf("any-%d", seed))
		d.Default()
		if _, errs := webhooks.Validate(d, nil, webhooks.Options{}); len(errs) > 0 {
			continue
		}
		accepted++
		d.UID = "00000000-0000-0000-0000-000000000000"
		for _, child := range render.Objects(d) {
			err := api.Apply(t.Context(), child.Config, client.DryRunAll, client.FieldOwner(v1alpha1.ManagedBy))
			if err != nil {
				text, _ := yaml.Marshal(d)
				require.NoError(t, err, "%s of\n%s", child.Kind.Kind, text)
			}
		}
	}
	require.Greater(t, accepted, 30, "hardly any object is accepted")
}

// A generator draws objects whose fields are plausible each, so that many of them
// are accepted, and at the edges of what is.
type generator struct{ *rand.Rand }

func pick[T any](g generator, values ...T) T { return values[g.IntN(len(values))] }

// maybe is a drawn value, or unset.
func maybe[T any](g generator, values ...T) *T {
	if g.IntN(2) == 0 {
		return nil
	}
	return new(pick(g, values...))
}

func (g generator) object(namespace, name string) *v1alpha1.OllamaDeployment {
	d := &v1alpha1.OllamaDeployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
	d.Spec.Ollama = v1alpha1.OllamaSpec{
		Replicas: maybe(g, int32(1), 2, 10), Image: maybe(g, "ollama/ollama", "localhost:5000/a/b-c", "ghcr.io/a__b/c"),
		ImageTag: maybe(g, "latest", "0.12.6-rocm", "_A.b-C"), Resources: g.resources(), Service: g.service(),
		Models: []v1alpha1.OllamaModel{pick(g, v1alpha1.OllamaModel("llama2:7b"), "_x.y-Z:_q", "hf.co/a/B.c:Q4_K_M", "localhost:5000/a/codellama:13b")},
	}
	if g.IntN(2) == 0 {
		d.Spec.Ollama.Models = append(d.Spec.Ollama.Models, "nomic-embed-text:latest")
	}
	if g.IntN(3) > 0 {
		d.Spec.OpenWebUI = &v1alpha1.OpenWebUISpec{
			Enabled: new(true), Replicas: maybe(g, int32(1), 5), Resources: g.resources(), Service: g.service(), Ingress: g.ingress(),
		}
	}
	if g.IntN(3) > 0 {
		d.Spec.Tabby = g.tabby()
	}
	return d
}

func (g generator) tabby() *v1alpha1.TabbySpec {
	tabby := &v1alpha1.TabbySpec{
		Enabled: new(true), Replicas: maybe(g, int32(1), 5), Resources: g.resources(), Service: g.service(), Ingress: g.ingress(),
		OllamaServiceName: maybe(g, "other", "other.namespace.svc.cluster.local"), OllamaServicePort: maybe(g, int32(1), 65535),
		EnvVars: pick(g, nil, []corev1.EnvVar{
			{Name: "A.b-c_D", Value: "x $(B) y"},
			{Name: "B", ValueFrom: &corev1.EnvVarSource{FieldRef: &corev1.ObjectFieldSelector{FieldPath: "metadata.name"}}},
			{Name: "C", ValueFrom: &corev1.EnvVarSource{ConfigMapKeyRef: &corev1.ConfigMapKeySelector{
				LocalObjectReference: corev1.LocalObjectReference{Name: "c"}, Key: "k", Optional: new(true),
			}}},
		}),
	}
	if g.IntN(2) == 0 {
		tabby.Volumes = []corev1.Volume{
			{Name: "a", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
			{Name: "b"},
			{Name: "c", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "c"}}},
		}
		tabby.VolumeMounts = []corev1.VolumeMount{
			{Name: pick(g, "a", "b", "c"), MountPath: pick(g, "/x", "/data/repositories", "/x/../y")},
			{Name: "a", MountPath: "/z", SubPath: pick(g, "", "p/q"), ReadOnly: true},
		}
	}
	return tabby
}

func (g generator) service() *v1alpha1.ServiceSpec {
	return &v1alpha1.ServiceSpec{
		Type: maybe(g, corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer),
		Port: maybe(g, int32(1), 80, 65535),
	}
}

func (g generator) ingress() *v1alpha1.IngressSpec {
	ingress := &v1alpha1.IngressSpec{
		Enabled: maybe(g, true, false), Host: pick(g, "chat.example.com", "*.example.com", "a"), ClassName: maybe(g, "nginx", "a.b"),
		Annotations: pick(g, nil, map[string]string{"a.b/c": "", "nginx.ingress.kubernetes.io/proxy-body-size": "0"}),
	}
	if g.IntN(3) == 0 {
		ingress.TLS = &networkingv1.IngressTLS{Hosts: pick(g, nil, []string{ingress.Host}, []string{ingress.Host, "other.example.com"}), SecretName: pick(g, "", "tls.a")}
	}
	return ingress
}

func (g generator) resources() *v1alpha1.ResourceRequirements {
	if g.IntN(3) == 0 {
		return nil
	}
	r := &v1alpha1.ResourceRequirements{Limits: corev1.ResourceList{}, Requests: corev1.ResourceList{}}
	amounts := map[corev1.ResourceName][]string{
		corev1.ResourceCPU: {"1m", "500m", "2"}, corev1.ResourceMemory: {"1", "1Gi", "0.5Gi"}, corev1.ResourceStorage: {"1Gi", "1"},
		corev1.ResourceEphemeralStorage: {"1Gi"}, "hugepages-2Mi": {"2Mi", "4Mi"}, "nvidia.com/gpu": {"1", "2"}, "example.com/a.b_c-D": {"1"},
	}
	for _, name := range []corev1.ResourceName{
		corev1.ResourceCPU, corev1.ResourceMemory, corev1.ResourceStorage, corev1.ResourceEphemeralStorage, "hugepages-2Mi", "nvidia.com/gpu", "example.com/a.b_c-D",
	} {
		amount := resource.MustParse(pick(g, amounts[name]...))
		switch g.IntN(4) {
		case 0:
			r.Requests[name], r.Limits[name] = amount, amount
		case 1:
			r.Limits[name] = amount
		case 2:
			if name == corev1.ResourceCPU || name == corev1.ResourceMemory || name == corev1.ResourceStorage {
				r.Requests[name] = amount
			}
		}
	}
	return r
}
