package terminal

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// Plain returns what others wrote on one line, with spaces for line breaks and tabs,
// and with escapes such as \x1b and \u202e for what shows nothing itself: control
// characters, those that turn the direction of writing, and all others of Unicode's
// categories C. Printers call it, once, for all that is not theirs.
func Plain(text string) string {
	return plain(text, "")
}

// Lines is Plain for a text that may have line breaks and tabs.
func Lines(text string) string {
	return plain(text, "\n\t")
}

func plain(text, kept string) string {
	var out strings.Builder
	for _, r := range text {
		switch {
		case shows(r) || strings.ContainsRune(kept, r):
			out.WriteRune(r)
		case unicode.IsSpace(r):
			out.WriteByte(' ')
		default:
			out.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		}
	}
	return out.String()
}

// shows reports whether the character is one that can be seen, or a space.
func shows(r rune) bool { return unicode.IsGraphic(r) }

// JSON returns the JSON with the same values and escapes for what Plain escapes.
func JSON(text []byte) []byte {
	return escape(text, hidden, func(r rune) string {
		if high, low := utf16.EncodeRune(r); high != unicode.ReplacementChar {
			return fmt.Sprintf(`\u%04x\u%04x`, high, low)
		}
		return fmt.Sprintf(`\u%04x`, r)
	})
}

// YAML returns JSON as YAML, with escapes for what Plain escapes.
func YAML(data []byte) ([]byte, error) {
	// YAML's reader takes no control characters, and no pair of escapes for a rune.
	text, err := yaml.JSONToYAML(escape(data, func(r rune) bool { return r >= 0x7f && unicode.IsControl(r) }, func(r rune) string { return fmt.Sprintf(`\u%04x`, r) }))
	if err != nil || !bytes.ContainsFunc(text, hidden) {
		return text, err
	}
	var document yamlv3.Node
	if err := yamlv3.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	quoteHidden(&document)
	var out bytes.Buffer
	encoder := yamlv3.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return nil, err
	}
	return escape(out.Bytes(), hidden, func(r rune) string { return fmt.Sprintf(`\U%08X`, r) }), nil
}

// quoteHidden puts double quotes around texts that need escapes, which no others have.
func quoteHidden(node *yamlv3.Node) {
	if strings.ContainsFunc(node.Value, hidden) {
		node.Style = yamlv3.DoubleQuotedStyle
	}
	for _, below := range node.Content {
		quoteHidden(below)
	}
}

func hidden(r rune) bool { return !shows(r) && r != '\n' && r != '\t' }

func escape(text []byte, which func(rune) bool, with func(rune) string) []byte {
	if !bytes.ContainsFunc(text, which) {
		return text
	}
	var out bytes.Buffer
	for _, r := range string(text) {
		if which(r) {
			out.WriteString(with(r))
		} else {
			out.WriteRune(r)
		}
	}
	return out.Bytes()
}
