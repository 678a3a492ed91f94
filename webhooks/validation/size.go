// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"bytes"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A size is how much there is of an object, or may be.
type size struct {
	// bytes are those of its JSON.
	bytes int
	// entries are those of its longest list.
	entries int
	// values are all texts, numbers, lists and objects in it.
	values int
}

// Sizes of objects. They are looked at before an object is decoded, so that nothing
// that is done for it afterwards can take long.
var (
	// mostGiven may be written: as many bytes as etcd stores by default, 1.5 MiB
	// (https://etcd.io/docs/v3.6/dev-guide/limit), and ten times the entries that the
	// rules allow for any list of our own.
	mostGiven = size{bytes: 3 << 19, entries: 1000, values: 50_000}
	// mostStored is what an update may keep of an object that is stored, from before
	// there were bounds or with larger ones: more was not admitted in time then.
	mostStored = size{bytes: 6 << 20, entries: 32_000, values: 500_000}
)

// CheckSize looks at the JSON of an object before it is decoded, and returns what is too
// much. On an update, where old is the JSON of the stored object, there may be as much
// as is stored. JSON with a mistake is left to the decoder.
func CheckSize(object, old []byte) *field.Error {
	most := mostGiven
	if len(old) > 0 && (len(object) > most.bytes || mayExceed(object, most)) {
		stored, _ := measure(old, mostStored)
		most = size{
			bytes:   max(most.bytes, min(stored.bytes, mostStored.bytes)),
			entries: max(most.entries, min(stored.entries, mostStored.entries)),
			values:  max(most.values, min(stored.values, mostStored.values)),
		}
	}
	if mayExceed(object, most) {
		if _, err := measure(object, most); err != nil {
			return err
		}
	}
	if len(object) > most.bytes {
		return tooMuch(field.ErrorTypeTooLong, nil, most.bytes, "must have at most %d bytes")
	}
	return nil
}

// mayExceed reports whether the JSON may hold more than the size. Every value but the
// first of all follows a comma or stands first in a list or an object.
func mayExceed(object []byte, most size) bool {
	commas := bytes.Count(object, []byte{','})
	return commas >= most.entries || commas+bytes.Count(object, []byte{'{'})+bytes.Count(object, []byte{'['}) >= most.values
}

// measure counts what is in a JSON object until it is more than most, which is the error.
func measure(object []byte, most size) (size, *field.Error) {
	found := size{bytes: len(object)}
	tokens := json.NewDecoder(bytes.NewReader(object))
	tokens.UseNumber()
	var open []level
	for {
		token, err := tokens.Token()
		if err != nil {
			return found, nil //nolint:nilerr // whoever decodes it says what is wrong with it
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
		case found.values > most.values:
			return found, tooMuch(field.ErrorTypeTooMany, nil, most.values, "must have at most %d values")
		case found.entries > most.entries:
			return found, tooMuch(field.ErrorTypeTooMany, open, most.entries, "must have at most %d entries")
		}
		if delim, opens := token.(json.Delim); opens {
			open = append(open, level{list: delim == '['})
		}
	}
}

// A level is a list or an object that is being counted.
type level struct {
	list bool
	// key is the last one of an object, and keyed whether its value comes next.
	key     string
	keyed   bool
	entries int
}

func (l level) takesKey() bool { return !l.list && !l.keyed }

// tooMuch is the error about the innermost list of those that are open, or about the
// object as a whole.
func tooMuch(kind field.ErrorType, open []level, most int, format string) *field.Error {
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
	return &field.Error{Type: kind, Field: name, BadValue: field.OmitValueType{}, Detail: fmt.Sprintf(format, most)}
}
