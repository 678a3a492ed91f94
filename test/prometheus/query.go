// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"fmt"
	"regexp"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql/parser"
)

var (
	variableName = regexp.MustCompile(`\$(\w+)`)
	labelName    = regexp.MustCompile(`{{(\w+)}}`)
	labelValues  = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
)

// Expand replaces the variables of a text, as Grafana does. It fails if one has no value.
func Expand(text string, values map[string]string) (string, error) {
	var err error
	expanded := variableName.ReplaceAllStringFunc(text, func(name string) string {
		value, found := values[name[1:]]
		if !found {
			err = fmt.Errorf("the variable %s has no value", name)
		}
		return value
	})
	return expanded, err
}

// RateInterval returns the value of $__rate_interval: at least four scrapes, so that there are always two.
//
// Source: Grafana, packages/grafana-prometheus/src/datasource.ts.
func RateInterval(step, scrapeInterval time.Duration) string {
	return model.Duration(max(step+scrapeInterval, 4*scrapeInterval)).String()
}

// LabelValues returns the selector and the label of the query of a variable.
func LabelValues(query string) (selector, label string, err error) {
	parts := labelValues.FindStringSubmatch(query)
	if parts == nil {
		return "", "", fmt.Errorf("%q is not of the form label_values(selector, label)", query)
	}
	return parts[1], parts[2], nil
}

// Metrics returns the names of the metrics that a query selects. It fails if the query is not valid, or selects by something
// else than a name.
func Metrics(query string) ([]string, error) {
	expr, err := parser.NewParser(parser.Options{}).ParseExpr(query)
	if err != nil {
		return nil, fmt.Errorf("query %s: %w", query, err)
	}
	var names []string
	parser.Inspect(expr, func(node parser.Node, _ []parser.Node) error {
		selector, ok := node.(*parser.VectorSelector)
		if !ok {
			return nil
		}
		if selector.Name == "" {
			err = fmt.Errorf("query %s: %s has no name of a metric", query, selector)
		}
		names = append(names, selector.Name)
		return nil
	})
	return names, err
}

// legend returns the name of a series.
func legend(format string, of labels.Labels) string {
	return labelName.ReplaceAllStringFunc(format, func(name string) string { return of.Get(name[2 : len(name)-2]) })
}
