package reconcilers

import (
	"testing"

	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Replicas are an autoscaler's when somebody other than kubectl has set them
// through the scale subresource.
func TestIsAutoscaled(t *testing.T) {
	t.Parallel()
	const replicas = `{"f:spec":{"f:replicas":{}}}`
	for name, tc := range map[string]struct {
		entry metav1.ManagedFieldsEntry
		want  bool
	}{
		"HorizontalPodAutoscaler": {metav1.ManagedFieldsEntry{Manager: "kube-controller-manager", Subresource: "scale", FieldsV1: metav1.NewFieldsV1(replicas)}, true},
		"kubectl scale":           {metav1.ManagedFieldsEntry{Manager: "kubectl", Subresource: "scale", FieldsV1: metav1.NewFieldsV1(replicas)}, false},
		"kubectl edit":            {metav1.ManagedFieldsEntry{Manager: "kubectl-edit", FieldsV1: metav1.NewFieldsV1(replicas)}, false},
		"another's spec":          {metav1.ManagedFieldsEntry{Manager: "other", FieldsV1: metav1.NewFieldsV1(replicas)}, false},
		"a status":                {metav1.ManagedFieldsEntry{Manager: "other", Subresource: "status", FieldsV1: metav1.NewFieldsV1(`{"f:status":{"f:replicas":{}}}`)}, false},
		"nothing":                 {metav1.ManagedFieldsEntry{Manager: "other", Subresource: "scale"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			live := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{tc.entry}}}
			assert.Equal(t, tc.want, isAutoscaled(live))
		})
	}
}
