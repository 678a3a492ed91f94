// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"time"

	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

const (
	// paceWindow is the time that an estimate averages over, if it has paceSamples samples.
	paceWindow  = time.Minute
	paceSamples = 3
	// An estimate needs that many percent in that much time: progress is in whole percent and
	// written at most every five seconds.
	paceMinPercent = 2
	paceMinTime    = 5 * time.Second
	// paceMaxLeft is the longest remaining time that is worth printing.
	paceMaxLeft = 7 * 24 * time.Hour
)

// A Pace estimates how fast models are pulled, from successive statuses. Its zero value is ready for
// use, and a nil Pace estimates nothing.
type Pace struct {
	samples map[v1alpha1.OllamaModel][]sample
}

// A sample is the progress of a pull at the time when it was first seen.
type sample struct {
	at      time.Time
	percent int
}

// Observe records the progress of the models that are pulled.
func (p *Pace) Observe(d *v1alpha1.OllamaDeployment, now time.Time) {
	next := map[v1alpha1.OllamaModel][]sample{}
	for _, m := range Models(d) {
		n, known := percent(m)
		if m.Phase != v1alpha1.ModelPulling || !known {
			continue
		}
		next[m.Name] = extend(p.samples[m.Name], sample{now, n})
	}
	p.samples = next
}

// extend appends a sample, and drops those that are too old. A pull that starts again has no history.
func extend(samples []sample, s sample) []sample {
	if len(samples) > 0 {
		switch last := samples[len(samples)-1]; {
		case s.percent == last.percent:
			return samples
		case s.percent < last.percent:
			samples = nil
		}
	}
	samples = append(samples, s)
	for len(samples) > paceSamples && s.at.Sub(samples[1].at) >= paceWindow {
		samples = samples[1:]
	}
	return samples
}

// estimate returns the estimate of a model's pull. It falls while progress is overdue.
func (p *Pace) estimate(m v1alpha1.ModelStatus, now time.Time) estimate {
	if p == nil || len(p.samples[m.Name]) < 2 {
		return estimate{}
	}
	samples := p.samples[m.Name]
	first, last := samples[0], samples[len(samples)-1]
	percent, elapsed := last.percent-first.percent, last.at.Sub(first.at)
	if percent < paceMinPercent || elapsed < paceMinTime {
		return estimate{}
	}
	interval := elapsed / time.Duration(percent)
	elapsed = max(elapsed, now.Sub(first.at)-max(interval, paceMinTime))
	perSecond := float64(percent) / elapsed.Seconds()
	seconds := float64(100-last.percent) / perSecond
	if seconds > paceMaxLeft.Seconds() {
		return estimate{}
	}
	e := estimate{left: time.Duration(seconds * float64(time.Second)).Round(time.Second)}
	if m.Size != nil {
		e.bytesPerSecond = m.Size.AsApproximateFloat64() * perSecond / 100
	}
	return e
}

// An estimate of a pull is zero if there is none.
type estimate struct {
	// bytesPerSecond is 0 if the size is not known.
	bytesPerSecond float64
	left           time.Duration
}

func (e estimate) rate() string {
	if e.bytesPerSecond <= 0 {
		return ""
	}
	return HumanBytes(e.bytesPerSecond) + "/s"
}

func (e estimate) remaining() string {
	if e.left <= 0 {
		return ""
	}
	return duration.HumanDuration(e.left)
}
