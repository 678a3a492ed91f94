// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

// Package prometheus runs the queries of the alerts and of the dashboard with the engine of Prometheus, over what was
// scraped from an operator.
package prometheus
