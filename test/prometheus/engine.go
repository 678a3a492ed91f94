// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"context"
	"time"

	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/storage"
)

// lookback is how long a sample counts, as in Prometheus by default.
const lookback = 5 * time.Minute

// newEngine returns an engine with the settings of a Prometheus without flags.
func newEngine() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{
		MaxSamples: 50_000_000, Timeout: time.Minute, LookbackDelta: lookback, EnableAtModifier: true, EnableNegativeOffset: true,
	})
}

// Instant evaluates a query at a time.
func Instant(ctx context.Context, data storage.Queryable, query string, at time.Time) (promql.Vector, error) {
	engine := newEngine()
	defer engine.Close()
	prepared, err := engine.NewInstantQuery(ctx, data, nil, query, at)
	if err != nil {
		return nil, err
	}
	defer prepared.Close()
	result, err := prepared.Exec(ctx).Vector()
	return append(promql.Vector(nil), result...), err
}

// Matrix evaluates a query at all steps from start to end.
func Matrix(ctx context.Context, data storage.Queryable, query string, start, end time.Time, step time.Duration) (promql.Matrix, error) {
	engine := newEngine()
	defer engine.Close()
	prepared, err := engine.NewRangeQuery(ctx, data, nil, query, start, end, step)
	if err != nil {
		return nil, err
	}
	result, err := prepared.Exec(ctx).Matrix() // is not closed, because that takes back the points
	return result, err
}
