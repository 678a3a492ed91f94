// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"context"
	"fmt"
	"regexp"

	"github.com/prometheus/prometheus/storage"
)

// Sizes of the picture in pixels: a cell of the grid, the heading above it, and what is between panels.
const (
	cellWidth     = 60
	cellHeight    = 32
	headingHeight = 44
	gap           = 4
	titleHeight   = 26
	gridColumns   = 24
)

// A drawnPanel is a panel with what its queries have returned.
type drawnPanel struct {
	Panel
	view    *View
	results [][]Series
}

// Draw draws the panels of a dashboard where they are in Grafana, with what their queries return, as SVG.
func Draw(ctx context.Context, d *Dashboard, view *View, data storage.Queryable) ([]byte, error) {
	s, bottom := &svg{}, 0
	for _, panel := range d.Panels {
		bottom = max(bottom, panel.GridPos.Y+panel.GridPos.H)
	}
	w, h := float64(gridColumns*cellWidth), float64(headingHeight+bottom*cellHeight+gap)
	s.rect(box{0, 0, w, h}, pageColor)
	s.heading(d, view)
	for _, panel := range d.Panels {
		title, err := Expand(panel.Title, view.Variables)
		if err != nil {
			return nil, err
		}
		at := panel.GridPos
		b := box{float64(at.X * cellWidth), float64(headingHeight + at.Y*cellHeight), float64(at.W * cellWidth), float64(at.H * cellHeight)}.inset(gap)
		if panel.IsRow() {
			s.text(b.x+4, b.y+b.h-5, title, style{size: 15, color: textColor, bold: true})
			continue
		}
		drawn := &drawnPanel{Panel: panel, view: view}
		if err := drawn.query(ctx, data); err != nil {
			return nil, err
		}
		s.frame(b)
		s.text(b.x+10, b.y+19, fit(title, 13, b.w-20), style{size: 13, color: textColor, bold: true})
		s.content(drawn, box{b.x + 10, b.y + titleHeight, b.w - 20, b.h - titleHeight - 6})
	}
	return s.document(w, h), nil
}

// query runs the queries of the panel.
func (p *drawnPanel) query(ctx context.Context, data storage.Queryable) error {
	for _, target := range p.Targets {
		all, err := p.view.Query(ctx, data, target)
		if err != nil {
			return err
		}
		for i := range all {
			if all[i].Legend, err = p.renamed(all[i].Legend); err != nil {
				return err
			}
		}
		p.results = append(p.results, all)
	}
	return nil
}

// renamed returns the name of a series after the transformations.
func (p *drawnPanel) renamed(name string) (string, error) {
	for _, transformation := range p.Transformations {
		if transformation.Options.Regex == "" {
			continue
		}
		pattern, err := regexp.Compile(transformation.Options.Regex)
		if err != nil {
			return "", fmt.Errorf("panel %s: %w", p.Title, err)
		}
		name = pattern.ReplaceAllString(name, transformation.Options.RenamePattern)
	}
	return name, nil
}

// color returns the color of the series of an index.
func (p *drawnPanel) color(series Series, index int) string {
	for _, override := range p.FieldConfig.Overrides {
		if override.Matcher.Options == series.Legend {
			return colorOf(override.Properties[0].Value.FixedColor)
		}
	}
	return palette[index%len(palette)]
}

// heading draws the title of the dashboard and the values of its variables.
func (s *svg) heading(d *Dashboard, view *View) {
	s.text(12, 28, d.Title, style{size: 19, color: textColor, bold: true})
	x := 24 + width(d.Title, 24) // bold
	for _, variable := range d.Templating.List {
		value, found := view.Variables[variable.Name]
		if !found {
			continue // the data source
		}
		s.text(x, 28, variable.Label, style{size: 12, color: faintColor})
		x += width(variable.Label, 12) + 8
		b := box{x, 11, width(value, 12) + 20, 24}
		s.frame(b)
		s.text(b.x+10, 28, value, style{size: 12, color: textColor})
		x += b.w + 18
	}
	s.text(gridColumns*cellWidth-12, 28, fmt.Sprintf("%s to %s UTC", view.Start.UTC().Format("2006-01-02 15:04:05"), view.End.UTC().Format("15:04:05")),
		style{size: 12, color: faintColor, anchor: "end"})
}

// content draws the content of a panel.
func (s *svg) content(p *drawnPanel, b box) {
	switch p.Type {
	case "stat":
		s.stat(p, b)
	case "table":
		s.table(p, b)
	case "state-timeline":
		s.timeline(p, b)
	default:
		s.timeSeries(p, b)
	}
}

// series returns the series of all queries.
func (p *drawnPanel) series() (all []Series) {
	for _, series := range p.results {
		all = append(all, series...)
	}
	return all
}

// x returns the position of a time in milliseconds.
func (p *drawnPanel) x(at int64, b box) float64 {
	start, end := p.view.Start.UnixMilli(), p.view.End.UnixMilli()
	return b.x + b.w*float64(at-start)/float64(end-start)
}
