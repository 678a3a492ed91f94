// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/workqueue"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// A recorder notes what is enqueued.
type recorder struct {
	workqueue.TypedRateLimitingInterface[reconcile.Request]
	names []string
}

func (r *recorder) AddAfter(request reconcile.Request, _ time.Duration) {
	r.names = append(r.names, request.Namespace+"/"+request.Name)
}

// An autoscaler enqueues the object that it scales; unrelated targets enqueue nothing.
func TestTargets(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		target autoscalingv2.CrossVersionObjectReference
		want   []string
	}{
		"a child":                {autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "my-stack-ollama"}, []string{"ns/my-stack"}},
		"a later version":        {autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v2", Kind: "Deployment", Name: "a-openwebui"}, []string{"ns/a"}},
		"the object":             {autoscalingv2.CrossVersionObjectReference{APIVersion: "llm.geeper.io/v1alpha1", Kind: "OllamaDeployment", Name: "stack"}, []string{"ns/stack"}},
		"the alias":              {autoscalingv2.CrossVersionObjectReference{APIVersion: "llm.geeper.io/v1alpha1", Kind: "Deployment", Name: "a-ollama"}, nil},
		"another Deployment":     {autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "web"}, nil},
		"no component":           {autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "my-web"}, nil},
		"another kind":           {autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "StatefulSet", Name: "a-ollama"}, nil},
		"no version that is one": {autoscalingv2.CrossVersionObjectReference{APIVersion: "a/b/c", Kind: "Deployment", Name: "a-ollama"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			autoscaler := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: "x"}}
			autoscaler.Spec.ScaleTargetRef = tc.target
			q := &recorder{}
			enqueueTarget(q, autoscaler)
			assert.Equal(t, tc.want, q.names)
		})
	}
}
