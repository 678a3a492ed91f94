// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	"k8s.io/utils/lru"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/test/fixtures"
)

// Of a new object only that is read of which applying it would not tell in time that it is somebody else's. What is
// somebody else's is met by applying, and stays as it is, with all that would mount it.
func TestNewObject(t *testing.T) {
	t.Parallel()
	ofStorage := `{metadata: {name: stack}, spec: {ollama: {models: ["codellama:7b"], resources: {requests: {storage: 1Gi}}}, tabby: {enabled: true}}}`
	foreign := func(object client.Object) client.Object {
		object.SetNamespace("n")
		return object
	}
	for name, tc := range map[string]struct {
		foreign client.Object
		// reads are those of the first reconcile, and missing is a Service that is never made.
		reads   []string
		missing string
	}{
		"nothing is there": {nil, []string{"*v1.PersistentVolumeClaim stack-ollama", "*v1.Secret stack-tabby"}, ""},
		"a ConfigMap is somebody else's": {
			foreign(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "stack-tabby", ResourceVersion: "7"}, Data: map[string]string{"config.toml": "evil"}}),
			[]string{"*v1.PersistentVolumeClaim stack-ollama", "*v1.Secret stack-tabby"},
			"stack-tabby",
		},
		"a claim is somebody else's": {
			foreign(&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "stack-ollama", ResourceVersion: "7"}}),
			[]string{"*v1.PersistentVolumeClaim stack-ollama", "*v1.Secret stack-tabby"},
			"stack-ollama",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := fixtures.Defaulted(fixtures.Parse(t, ofStorage))
			d.ObjectMeta = metav1.ObjectMeta{Namespace: "n", Name: "stack", UID: "u", Generation: 1}
			builder := fakeCluster(t).WithObjects(d).WithStatusSubresource(d)
			if tc.foreign != nil {
				builder.WithObjects(tc.foreign)
			}
			live := builder.Build()
			var reads []string
			r := &Reconciler{
				Models: allModels{}, Recorder: events.NewFakeRecorder(100), Now: metav1.Now, owners: lru.New(maxOwners),
				// The cache does not have what is somebody else's.
				Client: interceptor.NewClient(live, interceptor.Funcs{Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
					if tc.foreign != nil && fmt.Sprintf("%T", object) == fmt.Sprintf("%T", tc.foreign) && key.Name == tc.foreign.GetName() {
						key.Name = "missing"
					}
					return c.Get(ctx, key, object, opts...)
				}}),
				APIReader: interceptor.NewClient(live, interceptor.Funcs{Get: func(ctx context.Context, c client.WithWatch, key client.ObjectKey, object client.Object, opts ...client.GetOption) error {
					reads = append(reads, fmt.Sprintf("%T %s", object, key.Name))
					return c.Get(ctx, key, object, opts...)
				}}),
			}
			for i := range 3 {
				require.NoError(t, live.Get(t.Context(), client.ObjectKeyFromObject(d), d))
				d.UID, d.Generation = "u", 1
				_, _ = r.Reconcile(t.Context(), d) // a conflict is an error the first time
				if i == 0 {
					assert.Equal(t, tc.reads, reads)
				}
			}
			for _, service := range []string{"stack-ollama", "stack-tabby"} {
				err := live.Get(t.Context(), client.ObjectKey{Namespace: "n", Name: service}, &corev1.Service{})
				assert.Equal(t, service == tc.missing, err != nil, "%s: %v", service, err)
			}
			if tc.foreign == nil {
				return
			}
			after := tc.foreign.DeepCopyObject().(client.Object) //nolint:forcetypeassert // a copy has the type
			require.NoError(t, live.Get(t.Context(), client.ObjectKeyFromObject(after), after))
			assert.Empty(t, after.GetOwnerReferences())
			require.NoError(t, live.Get(t.Context(), client.ObjectKeyFromObject(d), d))
			assert.Contains(t, fmt.Sprint(d.Status.Conditions), v1alpha1.ReasonNameConflict)
		})
	}
}
