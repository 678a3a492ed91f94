package webhooks

import (
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation/field"
)

// members are the JSON names of what is set in a Kubernetes union, a pointer to a
// struct of pointers of which one is to be set.
func members(union any) []string {
	value := reflect.ValueOf(union).Elem()
	var set []string
	for i := range value.NumField() {
		if f := value.Field(i); f.Kind() == reflect.Pointer && !f.IsNil() {
			name, _, _ := strings.Cut(value.Type().Field(i).Tag.Get("json"), ",")
			set = append(set, name)
		}
	}
	return set
}

// atMostOne refuses a union with several members set.
func atMostOne(union any, at *field.Path) field.ErrorList {
	if set := members(union); len(set) > 1 {
		return field.ErrorList{field.Forbidden(at, "must have one source, not "+strings.Join(set, " and "))}
	}
	return nil
}
