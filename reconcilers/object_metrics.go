// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// The metrics of each object have the names that kube-state-metrics would give them, and their values come from the
// cache.
var (
	infoDesc               = objectDesc("info", "Always 1, with the optional components that are enabled.", "openwebui", "tabby")
	generationDesc         = objectDesc("metadata_generation", "Generation of the spec.")
	observedGenerationDesc = objectDesc("status_observed_generation", "Generation of the spec that the status was computed from.")
	pausedDesc             = objectDesc("spec_paused", "1 if the object is paused, else 0.")
	replicasDesc           = objectDesc("status_replicas", "Number of desired pods of all enabled components.")
	readyReplicasDesc      = objectDesc("status_replicas_ready", "Number of ready pods of all enabled components.")
	phaseDesc              = objectDesc("status_phase", "1 for the phase that the object is in, 0 for the others.", "phase")
	conditionDesc          = objectDesc("status_condition", "1 for the status that a condition has, 0 for the others. Conditions that an object does not have are left out.", "condition", "status")
	objectModelsDesc       = objectDesc("status_models", "Number of listed models, by phase.", "phase")

	modelsDesc = prometheus.NewDesc("llm_operator_models",
		"Number of listed models of all OllamaDeployments, by phase.", []string{"phase"}, nil)
)

// objectDesc describes a metric of each object.
func objectDesc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("llm_operator_ollamadeployment_"+name, help, append([]string{"namespace", "name"}, labels...), nil)
}

// objects has the metrics of the manager's objects.
var objects = &objectsCollector{}

func init() { metrics.Registry.MustRegister(objects) }

// An objectsCollector knows the state of the cached objects, whose events it handles: reading all objects for each
// scrape would decode them, and need the memory of all. Only the leader has metrics of them: all replicas of the manager
// have the objects, and a sum would count them several times.
type objectsCollector struct {
	mutex sync.Mutex
	// elected is closed once this replica is the leader. It is nil until the collector handles events.
	elected <-chan struct{}
	states  map[client.ObjectKey]objectState
}

// Describe implements prometheus.Collector.
func (*objectsCollector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		infoDesc, generationDesc, observedGenerationDesc, pausedDesc, replicasDesc, readyReplicasDesc, phaseDesc,
		conditionDesc, objectModelsDesc, modelsDesc,
	} {
		descriptions <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *objectsCollector) Collect(metrics chan<- prometheus.Metric) {
	all, isLeader := c.snapshot()
	if !isLeader {
		return
	}
	var sum modelCounts
	for _, one := range all {
		one.collect(metrics)
		for i, count := range one.models {
			sum[i] += count
		}
	}
	for i, count := range sum {
		metrics <- gauge(modelsDesc, float64(count), string(modelPhases[i]))
	}
}

// A namedState is the state of the object of that name.
type namedState struct {
	client.ObjectKey
	objectState
}

// snapshot returns the states of all objects, and whether this replica is the leader. Events do not wait for a scrape.
func (c *objectsCollector) snapshot() (all []namedState, isLeader bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	select {
	case <-c.elected:
	default:
		return nil, false
	}
	all = make([]namedState, 0, len(c.states))
	for key, state := range c.states {
		all = append(all, namedState{key, state})
	}
	return all, true
}

func gauge(desc *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
}

// start has the collector collect once the channel is closed.
func (c *objectsCollector) start(elected <-chan struct{}) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.elected, c.states = elected, map[client.ObjectKey]objectState{}
}

// OnAdd implements cache.ResourceEventHandler.
func (c *objectsCollector) OnAdd(object any, _ bool) {
	added, ok := object.(client.Object)
	if !ok {
		return
	}
	d, ok := unpacked(added).(*v1alpha1.OllamaDeployment)
	if !ok {
		return
	}
	state := stateOf(d)
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.states[client.ObjectKeyFromObject(added)] = state
}

// OnUpdate implements cache.ResourceEventHandler.
func (c *objectsCollector) OnUpdate(_, object any) { c.OnAdd(object, false) }

// OnDelete implements cache.ResourceEventHandler.
func (c *objectsCollector) OnDelete(object any) {
	key, err := cache.DeletionHandlingObjectToName(object)
	if err != nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	delete(c.states, key.AsNamespacedName())
}
