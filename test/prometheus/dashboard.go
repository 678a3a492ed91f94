// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"encoding/json"
	"fmt"
	"os"
)

// A Dashboard is what this package needs of a dashboard of Grafana.
type Dashboard struct {
	UID        string
	Title      string
	Templating struct{ List []Variable }
	Panels     []Panel
}

// A Variable is a variable of a dashboard. Its query is of the form label_values(selector, label), unless its type is
// "datasource".
type Variable struct {
	Name  string
	Label string
	Type  string
	Query string
}

// A Panel is a panel of a dashboard, or the heading of a row of panels.
type Panel struct {
	ID              int
	Type            string
	Title           string
	Description     string
	GridPos         Position
	Links           []Link
	FieldConfig     FieldConfig
	Targets         []Target
	Transformations []Transformation
}

// A Position is the place of a panel in a grid of 24 columns.
type Position struct{ X, Y, W, H int }

// A Link is a link to another page.
type Link struct{ Title, URL string }

// A FieldConfig says how values are shown.
type FieldConfig struct {
	Defaults  Defaults
	Overrides []Override
}

// An Override has properties of the series of a name, such as its color.
type Override struct {
	Matcher    struct{ Options string }
	Properties []struct{ Value struct{ FixedColor string } }
}

// Defaults say how all values are shown.
type Defaults struct {
	Unit       string
	NoValue    string
	Custom     struct{ Stacking struct{ Mode string } }
	Mappings   []Mapping
	Thresholds struct{ Steps []Threshold }
}

// A Mapping has texts and colors of values.
type Mapping struct {
	Options map[string]struct{ Text, Color string }
}

// A Threshold is the color of values that are at least Value; nil means all.
type Threshold struct {
	Color string
	Value *float64
}

// A Target is a query of a panel.
type Target struct {
	RefID        string
	Expr         string
	LegendFormat string
	// Instant is whether only the last value is shown.
	Instant bool
}

// A Transformation changes results: it removes columns, or replaces what the regular expression matches in names of series.
type Transformation struct {
	ID      string
	Options struct {
		ExcludeByName        map[string]bool
		Regex, RenamePattern string
	}
}

// ReadDashboard reads a dashboard in the JSON of Grafana.
func ReadDashboard(file string) (*Dashboard, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	d := &Dashboard{}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("reading %s: %w", file, err)
	}
	return d, nil
}

// IsRow reports whether the panel is the heading of a row.
func (p *Panel) IsRow() bool { return p.Type == "row" }
