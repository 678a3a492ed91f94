package webhooks

import (
	"fmt"
	"regexp"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// listIndex is the place of an entry in a list, which moves when entries before
// it come and go.
var listIndex = regexp.MustCompile(`\[[0-9]+\]`)

// ratchet parts errors into those that the update brings and, as
// warnings, those that the stored object has as well: the same finding about the
// same value. The stored object is defaulted first, so that a default that came
// after it is not taken for the user's change.
func ratchet(errs field.ErrorList, old *v1alpha1.OllamaDeployment, opts Options) (field.ErrorList, []Warning) {
	if len(errs) == 0 {
		return nil, nil
	}
	stored := old.DeepCopy()
	stored.Default(nil)
	known := map[string]int{}
	for _, err := range specErrors(stored, opts) {
		known[findingKey(err)]++
	}
	var fresh field.ErrorList
	var tolerated []Warning
	for _, err := range errs {
		key := findingKey(err)
		if known[key] == 0 {
			fresh = append(fresh, err)
			continue
		}
		known[key]--
		tolerated = append(tolerated, Warning{err.Field, err.ErrorBody() + " (tolerated, because the stored object has it too)"})
	}
	return fresh, tolerated
}

func findingKey(err *field.Error) string {
	return fmt.Sprintf("%s\x00%s\x00%v\x00%s", err.Type, listIndex.ReplaceAllString(err.Field, "[]"), err.BadValue, err.Detail)
}
