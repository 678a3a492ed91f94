// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"bytes"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A size measures or limits the JSON of an object.
type size struct {
	// bytes counts those of the JSON.
	bytes int
	// entries counts those of the longest list.
	entries int
	// values counts scalars, lists and objects.
	values int
}

// Limits for objects. They are checked before an object is decoded, so that handling it cannot take
// long.
var (
	// maxNew limits new objects: the default limit of etcd, 1.5 MiB
	// (https://etcd.io/docs/v3.6/dev-guide/limit), and ten times as many entries as the rules
	// allow in lists.
	maxNew = size{bytes: 3 << 19, entries: 1000, values: 50_000}
	// maxStored limits updates of objects that were stored with higher limits or
	// without any. Larger objects were not admitted in time.
	maxStored = size{bytes: 6 << 20, entries: 32_000, values: 500_000}
)

// CheckSize returns an error if the JSON of an object exceeds a limit. It does not decode the object.
// On an update, where old is the JSON of the stored object, the size of that is allowed, too. Invalid
// JSON is left to the decoder.
func CheckSize(object, old []byte) *field.Error {
	limit := maxNew
	if len(old) > 0 && (len(object) > limit.bytes || mayExceed(object, limit)) {
		stored, _ := measure(old, maxStored)
		limit = size{
			bytes:   max(limit.bytes, min(stored.bytes, maxStored.bytes)),
			entries: max(limit.entries, min(stored.entries, maxStored.entries)),
			values:  max(limit.values, min(stored.values, maxStored.values)),
		}
	}
	if mayExceed(object, limit) {
		if _, err := measure(object, limit); err != nil {
			return err
		}
	}
	if len(object) > limit.bytes {
		return limitError(field.ErrorTypeTooLong, nil, limit.bytes, "must have at most %d bytes")
	}
	return nil
}

// mayExceed reports whether the JSON may exceed the limit of entries or values. It is a fast estimate:
// every value except the first one follows a comma or an opening brace or bracket.
func mayExceed(object []byte, limit size) bool {
	commas := bytes.Count(object, []byte{','})
	return commas >= limit.entries || commas+bytes.Count(object, []byte{'{'})+bytes.Count(object, []byte{'['}) >= limit.values
}

// measure returns the size of a JSON object. It stops with an error when the limit is exceeded.
func measure(object []byte, limit size) (size, *field.Error) {
	found := size{bytes: len(object)}
	tokens := json.NewDecoder(bytes.NewReader(object))
	tokens.UseNumber()
	var open []level
	for {
		token, err := tokens.Token()
		if err != nil {
			return found, nil //nolint:nilerr // decoding reports the error
		}
		if token == json.Delim('}') || token == json.Delim(']') {
			open = open[:len(open)-1]
			continue
		}
		if last := len(open) - 1; last >= 0 && open[last].takesKey() {
			open[last].key, open[last].keyed = token.(string), true
			continue
		}
		found.values++
		if last := len(open) - 1; last >= 0 {
			open[last].entries++
			open[last].keyed = false
			if open[last].list {
				found.entries = max(found.entries, open[last].entries)
			}
		}
		switch {
		case found.values > limit.values:
			return found, limitError(field.ErrorTypeTooMany, nil, limit.values, "must have at most %d values")
		case found.entries > limit.entries:
			return found, limitError(field.ErrorTypeTooMany, open, limit.entries, "must have at most %d entries")
		}
		if delim, opens := token.(json.Delim); opens {
			open = append(open, level{list: delim == '['})
		}
	}
}

// A level is a list or an object that is being counted.
type level struct {
	list bool
	// key names the last key of an object; keyed reports whether its value comes next.
	key     string
	keyed   bool
	entries int
}

func (l level) takesKey() bool { return !l.list && !l.keyed }

// limitError returns an error about the innermost open list, or about the whole object if none is
// open.
func limitError(kind field.ErrorType, open []level, limit int, format string) *field.Error {
	var path *field.Path
	for i, l := range open {
		switch {
		case i == len(open)-1: // the list itself
		case l.list:
			path = path.Index(l.entries - 1)
		case path == nil:
			path = field.NewPath(l.key)
		default:
			path = path.Child(l.key)
		}
	}
	name := path.String()
	if path == nil {
		name = "object"
	}
	return &field.Error{Type: kind, Field: name, BadValue: field.OmitValueType{}, Detail: fmt.Sprintf(format, limit)}
}
