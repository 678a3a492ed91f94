// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"math"
	"strconv"

	"github.com/prometheus/prometheus/model/labels"
)

// stat draws the last value of each query, in the color of its threshold.
func (s *svg) stat(p *drawnPanel, b box) {
	var values []Series
	for i, series := range p.results {
		if len(series) == 0 && p.FieldConfig.Defaults.NoValue != "" {
			series = []Series{{Legend: p.Targets[i].LegendFormat}}
		}
		values = append(values, series...)
	}
	columns := max(1, int(math.Ceil(math.Sqrt(float64(len(values))))))
	rows := (len(values) + columns - 1) / columns
	for i, one := range values {
		cell := box{b.x + b.w*float64(i%columns)/float64(columns), b.y + b.h*float64(i/columns)/float64(rows), b.w / float64(columns), b.h / float64(rows)}
		middle := cell.x + cell.w/2
		text, color := p.FieldConfig.Defaults.NoValue, p.threshold(0)
		if len(one.Points) > 0 {
			text, color = format(p.FieldConfig.Defaults.Unit, one.Last()), p.threshold(one.Last())
		}
		s.text(middle, cell.y+cell.h/2+4, text, style{size: 26, color: color, anchor: "middle", bold: true})
		s.text(middle, cell.y+cell.h/2+22, fit(one.Legend, 11, cell.w), style{size: 11, color: faintColor, anchor: "middle"})
	}
}

// threshold returns the color of a value.
func (p *drawnPanel) threshold(value float64) string {
	color := textColor
	for _, step := range p.FieldConfig.Defaults.Thresholds.Steps {
		if step.Value == nil || value >= *step.Value {
			color = colorOf(step.Color)
		}
	}
	return color
}

// table draws a row for each series, with its labels and, unless a transformation removes it, its value.
func (s *svg) table(p *drawnPanel, b box) {
	const rowHeight, size = 22, 12
	all := p.series()
	if len(all) == 0 {
		return
	}
	var columns []string
	all[0].Labels.Range(func(l labels.Label) { columns = append(columns, l.Name) })
	if !p.excludes("Value") {
		columns = append(columns, "Value")
	}
	column := func(i int) float64 { return b.x + b.w*float64(i)/float64(len(columns)) }
	limit := b.w/float64(len(columns)) - 10
	for i, name := range columns {
		s.text(column(i), b.y+14, name, style{size: size, color: faintColor, bold: true})
	}
	for row, series := range all {
		y := b.y + rowHeight*float64(row+1)
		if y+rowHeight > b.y+b.h {
			return // as many rows as there is space for: Grafana scrolls
		}
		s.line(b.x, y, b.x+b.w, y, gridColor)
		for i, name := range columns {
			text := series.Labels.Get(name)
			if name == "Value" {
				text = format(p.FieldConfig.Defaults.Unit, series.Last())
			}
			s.text(column(i), y+15, fit(text, size, limit), style{size: size, color: textColor})
		}
	}
}

// excludes reports whether a transformation removes a column.
func (p *drawnPanel) excludes(column string) bool {
	for _, transformation := range p.Transformations {
		if transformation.Options.ExcludeByName[column] {
			return true
		}
	}
	return false
}

// timeline draws a bar for each series, in the colors of its values.
func (s *svg) timeline(p *drawnPanel, b box) {
	all := p.series()
	names := 0.0
	for _, series := range all {
		names = max(names, width(series.Legend, 11))
	}
	names = min(names+10, b.w/3)
	plot := box{b.x + names, b.y + 4, b.w - names, b.h - axisHeight - 4}
	s.timeAxis(p, plot)
	height := plot.h / float64(max(1, len(all)))
	for row, series := range all {
		bar := box{plot.x, plot.y + height*float64(row) + 2, plot.w, height - 4}
		s.text(bar.x-8, bar.y+bar.h/2+4, fit(series.Legend, 11, names-8), style{size: 11, color: textColor, anchor: "end"})
		s.states(p, series, bar)
	}
}

// states draws the values of a series: a value holds until there is another one.
func (s *svg) states(p *drawnPanel, series Series, bar box) {
	for i := 0; i < len(series.Points); {
		next := i + 1
		for next < len(series.Points) && series.Points[next].F == series.Points[i].F {
			next++
		}
		until := series.Points[next-1].T + p.view.Step.Milliseconds()
		if next < len(series.Points) {
			until = series.Points[next].T
		}
		from, to := p.x(series.Points[i].T, bar), min(p.x(until, bar), bar.x+bar.w)
		text, color := p.mapping(series.Points[i].F)
		s.rect(box{from, bar.y, to - from, bar.h}, color)
		if to-from > width(text, smallText)+8 {
			s.text((from+to)/2, bar.y+bar.h/2+4, text, style{size: smallText, color: textColor, anchor: "middle"})
		}
		i = next
	}
}

// mapping returns the text and the color of a value.
func (p *drawnPanel) mapping(value float64) (text, color string) {
	text, color = strconv.FormatFloat(value, 'g', -1, 64), borderColor
	for _, mapping := range p.FieldConfig.Defaults.Mappings {
		if option, found := mapping.Options[text]; found {
			return option.Text, colorOf(option.Color)
		}
	}
	return text, color
}
