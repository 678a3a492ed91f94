// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"reflect"
	"runtime"
	"testing"

	"github.com/go-logr/logr"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	"k8s.io/apimachinery/pkg/api/meta/testrestmapper"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kruntime "k8s.io/apimachinery/pkg/runtime"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// BenchmarkCache measures the memory that the manager's cache needs for the objects of many stacks: a child, a pod,
// an OllamaDeployment, and an autoscaler that scales something else.
func BenchmarkCache(b *testing.B) {
	const stacks = 500
	ctrl.SetLogger(logr.Discard())
	d, children, pods := liveStack(b)
	foreign := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{
		Namespace: "n", Name: "stack-frontend", ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}},
	}, Spec: autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: "frontend"}}}
	templates := map[string][]client.Object{"child": children, "object": {d}, "autoscaler": {foreign}}
	for _, pod := range pods {
		templates["pod"] = append(templates["pod"], pod)
	}
	for _, name := range []string{"child", "pod", "object", "autoscaler"} {
		b.Run(name, func(b *testing.B) {
			heapOf(b, templates[name], 1) // makes what all caches share
			var perObject float64
			for b.Loop() {
				perObject = float64(heapOf(b, templates[name], stacks)) / float64(stacks*len(templates[name]))
			}
			b.ReportMetric(perObject, "B/"+name)
		})
	}
}

// heapOf returns the heap that a cache needs with this many copies of the templates.
func heapOf(b *testing.B, templates []client.Object, stacks int) uint64 {
	b.Helper()
	scheme := newScheme(b)
	mapper := testrestmapper.TestOnlyStaticRESTMapper(scheme)
	before := liveHeap()
	all := startCache(b, scheme, mapper, func(kind kruntime.Object) (out []kruntime.Object) {
		for t, template := range templates {
			if reflect.TypeOf(template) == reflect.TypeOf(kind) {
				for i := range stacks {
					out = append(out, renamed(template, t, i))
				}
			}
		}
		return out
	})
	after := liveHeap()
	runtime.KeepAlive(all)
	return after - before
}

// liveHeap returns how much memory of the heap is in use.
func liveHeap() uint64 {
	for range 2 { // the second empties the pools
		runtime.GC()
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
