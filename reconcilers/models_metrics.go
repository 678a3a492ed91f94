// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

var modelsDesc = prometheus.NewDesc("llm_operator_models",
	"Number of listed models of all OllamaDeployments, by phase.", []string{"phase"}, nil)

// modelPhases are the phases of models that are counted.
var modelPhases = [...]v1alpha1.ModelPhase{v1alpha1.ModelPending, v1alpha1.ModelPulling, v1alpha1.ModelPulled, v1alpha1.ModelFailed}

// modelCounts counts models, in the order of modelPhases.
type modelCounts [len(modelPhases)]int32

// A modelsCollector counts the models in the status of the cached objects, whose events it handles: reading all
// objects at a time would need the memory of all. Only the leader does: all replicas of the manager have the
// objects, and a sum would count them several times.
type modelsCollector struct {
	// elected is closed once this replica is the leader.
	elected <-chan struct{}

	mutex  sync.Mutex
	counts map[client.ObjectKey]modelCounts
}

// Describe implements prometheus.Collector.
func (*modelsCollector) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- modelsDesc }

// Collect implements prometheus.Collector.
func (c *modelsCollector) Collect(metrics chan<- prometheus.Metric) {
	select {
	case <-c.elected:
	default:
		return
	}
	for i, count := range c.total() {
		metrics <- prometheus.MustNewConstMetric(modelsDesc, prometheus.GaugeValue, float64(count), string(modelPhases[i]))
	}
}

// total returns the models of all objects.
func (c *modelsCollector) total() (sum modelCounts) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for _, counts := range c.counts {
		for i, count := range counts {
			sum[i] += count
		}
	}
	return sum
}

// OnAdd implements cache.ResourceEventHandler.
func (c *modelsCollector) OnAdd(object any, _ bool) {
	added, ok := object.(client.Object)
	if !ok {
		return
	}
	var counts modelCounts
	for _, m := range statusOf(unpacked(added)).Models {
		for i, phase := range modelPhases {
			if m.Phase == phase {
				counts[i]++
			}
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.counts == nil {
		c.counts = map[client.ObjectKey]modelCounts{}
	}
	c.counts[client.ObjectKeyFromObject(added)] = counts
}

// OnUpdate implements cache.ResourceEventHandler.
func (c *modelsCollector) OnUpdate(_, object any) { c.OnAdd(object, false) }

// OnDelete implements cache.ResourceEventHandler.
func (c *modelsCollector) OnDelete(object any) {
	key, err := cache.DeletionHandlingObjectToName(object)
	if err != nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.counts, key.AsNamespacedName())
}
