// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// A phrase ends the message of an error with a suggestion. It is written and read by the same format, so
// that the edits of an error are what its message says.
type phrase struct {
	format string
	// edits returns what the phrase suggests. The values are those of the verbs of the format.
	edits func(path string, values []string) []Edit
	// ends is compiled when it is needed: most processes never do.
	ends func() *regexp.Regexp
}

// verbs maps the verbs of formats to what they print.
var verbs = strings.NewReplacer("%q", `("(?:[^"\\]|\\.)*")`, "%s", `([^\s";]+)`, "%d", `(-?[0-9]+)`, "%#o", `(0[0-7]*)`)

func newPhrase(format string, edits func(path string, values []string) []Edit) *phrase {
	ends := func() *regexp.Regexp { return regexp.MustCompile(verbs.Replace(regexp.QuoteMeta(format)) + `$`) }
	p := &phrase{format, edits, sync.OnceValue(ends)}
	phrases = append(phrases, p)
	return p
}

// say returns the phrase with the values of its verbs.
func (p *phrase) say(values ...any) string { return fmt.Sprintf(p.format, values...) }

// phrases lists what newPhrase has made.
var phrases []*phrase

// The phrases.
var (
	sayMeant         = newPhrase("; did you mean %q?", func(path string, values []string) []Edit { return replace(path, values[0]) })
	sayMeantMode     = newPhrase("; did you mean %#o, which is %d?", func(path string, values []string) []Edit { return replace(path, json.Number(values[1])) })
	sayInQuotes      = newPhrase(InQuotes+"%q", func(path string, values []string) []Edit { return replace(path, values[0]) })
	sayWithoutQuotes = newPhrase("write it without quotes: %s", func(path string, values []string) []Edit { return replace(path, scalarOf(values[0])) })
	sayInList        = newPhrase(`; write it after "-"`, func(path string, _ []string) []Edit { return []Edit{{Op: Wrap, Path: path}} })
	sayImageAndTag   = newPhrase("; set image: %q and imageTag: %q", func(path string, values []string) []Edit {
		return append(replace(path, values[0]), Edit{Op: Add, Path: path, Key: "imageTag", Value: values[1]})
	})
	sayEmpty    = newPhrase("must not be empty; leave it out for the default", remove)
	sayLeaveOut = newPhrase("; leave it out to follow %s", remove)
	sayRemove   = newPhrase("; remove it", remove)
)

// InQuotes begins the message about a string that YAML reads as a number or a boolean. The quoted
// string follows.
const InQuotes = "write it in quotes: "

func replace(path string, value any) []Edit { return []Edit{{Op: Replace, Path: path, Value: value}} }

func remove(path string, _ []string) []Edit { return []Edit{{Op: Remove, Path: path}} }

// scalarOf returns the boolean, or else the number, with the text.
func scalarOf(text string) any {
	if value, err := strconv.ParseBool(text); err == nil && len(text) > 1 {
		return value
	}
	return json.Number(text)
}

// Edits returns the edits that the message of the error suggests; all of them are needed to correct it. It
// returns nil if there is no suggestion, or more than one.
func Edits(err *field.Error) []Edit {
	for _, p := range phrases {
		match := p.ends().FindStringSubmatch(err.Detail)
		if match == nil {
			continue
		}
		values := match[1:]
		for i, value := range values {
			if text, unquoteErr := strconv.Unquote(value); unquoteErr == nil {
				values[i] = text
			}
		}
		return ofKey(err, p.edits(err.Field, values))
	}
	return nil
}

// ofKey turns the replacement of a value into that of its key, if the error is about the key: names of
// resources, for example.
func ofKey(err *field.Error, edits []Edit) []Edit {
	key, isText := err.BadValue.(string)
	if !isText || len(edits) != 1 || edits[0].Op != Replace || !strings.HasSuffix(err.Field, "["+key+"]") {
		return edits
	}
	name, isText := edits[0].Value.(string)
	if !isText {
		return edits
	}
	return []Edit{{Op: Rename, Path: err.Field, Key: name}}
}
