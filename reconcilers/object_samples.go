// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"
)

// A sample is a gauge that is made for one scrape. Its labels must be in order; samples share them, because a scrape
// has 25 samples of each object.
type sample struct {
	desc   *prometheus.Desc
	labels []*dto.LabelPair
	gauge  dto.Gauge
}

// Desc implements prometheus.Metric.
func (s *sample) Desc() *prometheus.Desc { return s.desc }

// Write implements prometheus.Metric.
func (s *sample) Write(out *dto.Metric) error {
	out.Label, out.Gauge = s.labels, &s.gauge
	return nil
}

// Labels that all objects share.
var (
	openWebUILabels, tabbyLabels = boolLabels("openwebui"), boolLabels("tabby")
	phaseLabels                  = labelsOf("phase", phases[:])
	modelPhaseLabels             = labelsOf("phase", modelPhases[:])
	conditionLabels              = labelsOf("condition", conditionTypes[:])
	statusLabels                 = labelsOf("status", conditionStatusLabels[:])
)

func label[T ~string](name string, value T) *dto.LabelPair {
	return &dto.LabelPair{Name: &name, Value: new(string(value))}
}

func labelsOf[T ~string](name string, values []T) (all []*dto.LabelPair) {
	for _, value := range values {
		all = append(all, label(name, value))
	}
	return all
}

func boolLabels(name string) map[bool]*dto.LabelPair {
	return map[bool]*dto.LabelPair{false: label(name, "false"), true: label(name, "true")}
}

// collect sends the metrics of the object.
func (s *namedState) collect(metrics chan<- prometheus.Metric) {
	name, namespace := label("name", s.Name), label("namespace", s.Namespace)
	send := func(desc *prometheus.Desc, value float64, labels ...*dto.LabelPair) {
		metrics <- &sample{desc, labels, dto.Gauge{Value: &value}}
	}
	send(infoDesc, 1, name, namespace, openWebUILabels[s.openWebUI], tabbyLabels[s.tabby])
	send(generationDesc, float64(s.generation), name, namespace)
	send(observedGenerationDesc, float64(s.observedGeneration), name, namespace)
	send(pausedDesc, oneIf(s.paused), name, namespace)
	send(replicasDesc, float64(s.replicas), name, namespace)
	send(readyReplicasDesc, float64(s.readyReplicas), name, namespace)
	for i, phase := range phaseLabels {
		send(phaseDesc, oneIf(s.phase == index(i)), name, namespace, phase)
	}
	for i, condition := range conditionLabels {
		for j, status := range statusLabels {
			if s.conditions[i] != unknown {
				send(conditionDesc, oneIf(s.conditions[i] == index(j)), condition, name, namespace, status)
			}
		}
	}
	for i, phase := range modelPhaseLabels {
		send(objectModelsDesc, float64(s.models[i]), name, namespace, phase)
	}
}

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
