// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func (r *repairs) text(v any, path *field.Path) any {
	if s, ok := v.(string); ok {
		return s
	}
	text, ok := scalar(v)
	if !ok {
		return r.wrong(path, v, "must be a string, not "+kindOf(v))
	}
	r.wrong(path, v, sayInQuotes.say(text))
	return text
}

func (r *repairs) boolean(v any, path *field.Path) any {
	if b, ok := v.(bool); ok {
		return b
	}
	if text, ok := v.(string); ok && (text == "true" || text == "false") {
		r.wrong(path, v, sayWithoutQuotes.say(text))
		return text == "true"
	}
	return r.wrong(path, v, "must be true or false")
}

func (r *repairs) integer(v any, bits int, path *field.Path) any {
	text, quoted := v.(string)
	if number, ok := v.(json.Number); ok {
		text = number.String()
	}
	n, whole := wholeNumber(text)
	switch {
	case !whole:
		return r.wrong(path, v, "must be an integer")
	case n.BitLen() >= bits:
		return r.wrong(path, v, fmt.Sprintf("must be a %d-bit integer", bits))
	case quoted:
		r.wrong(path, v, sayWithoutQuotes.say(n))
	}
	return json.Number(n.String())
}

// numberOrText repairs a value that is a 32-bit integer or a string.
func (r *repairs) numberOrText(v any, path *field.Path) any {
	switch v.(type) {
	case string:
		return v
	case json.Number:
		return r.integer(v, 32, path)
	default:
		return r.wrong(path, v, "must be a number or a string, not "+kindOf(v))
	}
}

// wholeNumber parses an integer as the API server does, which also accepts 2.0 and 2e0. It returns
// false for other text.
func wholeNumber(text string) (*big.Int, bool) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return big.NewInt(n), true
	}
	if !json.Valid([]byte(text)) {
		return nil, false // ParseFloat would accept it, for example "inf"
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, false
	}
	n, accuracy := big.NewFloat(f).Int(nil)
	return n, accuracy == big.Exact
}

// quantity repairs a quantity. The schema accepts strings and integers.
func (r *repairs) quantity(v any, path *field.Path) any {
	if text, ok := v.(string); ok {
		if hasLongExponent([]byte(text)) {
			r.note(field.Invalid(path, cut(text), quantityGrammar))
			return nil
		}
		if _, err := resource.ParseQuantity(text); err != nil {
			r.note(field.Invalid(path, text, explainQuantity(text)))
			return nil
		}
		return text
	}
	number, ok := v.(json.Number)
	if !ok || hasLongExponent([]byte(number)) {
		return r.wrong(path, v, explainQuantity(""))
	}
	if n, whole := wholeNumber(number.String()); whole {
		return n.String()
	}
	if _, err := resource.ParseQuantity(number.String()); err != nil {
		return r.wrong(path, v, explainQuantity(""))
	}
	r.wrong(path, v, sayInQuotes.say(number.String()))
	return number.String()
}

// scalar returns the text of a number or a boolean.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	default:
		return "", false
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case nil:
		return "null"
	default:
		return "a number"
	}
}

// explainQuantity returns the message about an invalid quantity, with a suggestion if there is one.
func explainQuantity(text string) string {
	bare := strings.TrimSuffix(strings.TrimSuffix(strings.ReplaceAll(text, " ", ""), "B"), "b")
	if end := strings.LastIndexAny(bare, "0123456789."); end >= 0 && !hasLongExponent([]byte(bare)) {
		number, unit := bare[:end+1], bare[end+1:]
		for _, meant := range []string{unit, strings.ToUpper(unit), firstUpper(unit)} {
			if _, err := resource.ParseQuantity(number + meant); err == nil {
				return quantityGrammar + didYouMean(number+meant)
			}
		}
	}
	return quantityGrammar
}

const quantityGrammar = `must be a quantity such as "500m", "2" or "8Gi"`

// firstUpper capitalizes a unit, as in "Gi".
func firstUpper(unit string) string {
	if unit == "" {
		return ""
	}
	return strings.ToUpper(unit[:1]) + strings.ToLower(unit[1:])
}
