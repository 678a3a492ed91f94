// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package validation

import (
	"math/rand/v2"
	"reflect"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// fill sets what value points to at random, to strings and numbers at the bounds of Kubernetes. It sets
// mostly one member of a union, which is a struct of pointers.
func (g generator) fill(value any) { g.fillValue(reflect.ValueOf(value).Elem(), "") }

func (g generator) fillValue(v reflect.Value, name string) {
	switch v.Interface().(type) {
	case resource.Quantity:
		v.Set(reflect.ValueOf(resource.MustParse(pick(g, "1", "1", "1Gi", "1Gi", "1Mi", "1m", "1k", "0", "-1", "2", "0.5", "1500m"))))
		return
	case metav1.ObjectMeta:
		return // the CRD's schema has no fields of metadata
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(g.text(name))
	case reflect.Bool:
		v.SetBool(g.IntN(2) == 0)
	case reflect.Int32, reflect.Int64:
		v.SetInt(pick(g, int64(1), 1, 1, 1, 1, 1, 0, 0, 420, 511, 512, 1000, 644, -1, 255, 256, 600, 3600, 1<<31-1, -1<<31))
	case reflect.Pointer:
		if g.IntN(2) == 0 {
			v.Set(reflect.New(v.Type().Elem()))
			g.fillValue(v.Elem(), name)
		}
	case reflect.Slice:
		for range g.IntN(3) {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
			g.fillValue(v.Index(v.Len()-1), name)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range g.IntN(3) {
			key, element := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			g.fillValue(key, name+" key")
			g.fillValue(element, name)
			v.SetMapIndex(key, element)
		}
	case reflect.Struct:
		g.fillStruct(v, name)
	}
}

func (g generator) fillStruct(v reflect.Value, name string) {
	if isUnion(v.Type()) {
		members := 1
		if g.IntN(20) == 0 {
			members = 2 * g.IntN(2)
		}
		for range members {
			i := g.IntN(v.NumField())
			v.Field(i).Set(reflect.New(v.Field(i).Type().Elem()))
			g.fillValue(v.Field(i).Elem(), jsonName(v.Type().Field(i)))
		}
		return
	}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous {
			g.fillValue(v.Field(i), name)
			continue
		}
		g.fillValue(v.Field(i), jsonName(f))
	}
}

// isUnion reports whether all fields of the struct are pointers to structs.
func isUnion(t reflect.Type) bool {
	for i := range t.NumField() {
		if t.Field(i).Type.Kind() != reflect.Pointer || t.Field(i).Type.Elem().Kind() != reflect.Struct {
			return false
		}
	}
	return t.NumField() > 1
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// texts has values of strings by the name of the field.
var texts = map[string][]string{
	"fieldPath": {
		"metadata.name", "metadata.namespace", "metadata.uid", "metadata.labels", "metadata.annotations", "metadata.labels['a']",
		"metadata.annotations['A.b/c']", "metadata.labels['']", "metadata.labels[a]", "spec.nodeName", "spec.host", "spec.serviceAccountName",
		"status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs", "status.phase", "spec.schedulerName", "metadata.name['a']", "x",
	},
	"resource":                  {"limits.cpu", "requests.memory", "limits.ephemeral-storage", "requests.hugepages-2Mi", "limits.hugepages-", "limits.storage", "cpu"},
	"apiVersion":                {"v1", "v1", "", "v2"},
	"iqn":                       {"iqn.2001-04.com.example:storage", "eui.0123456789abcdef", "naa.0123456789abcdef0123456789abcdef", "iqn.x", "a"},
	"initiatorName":             {"iqn.2001-04.com.example:storage", "eui.x", "naa.0123456789abcdef0123456789abcdef", "a"},
	"targetPortal":              {"10.0.0.1:3260", strings.Repeat("a", 63)},
	"kind":                      {"PersistentVolumeClaim", "VolumeSnapshot", "Managed", "Shared", "Dedicated"},
	"diskURI":                   {"/subscriptions/a", "https://a"},
	"cachingMode":               {"None", "ReadOnly", "ReadWrite", "readonly"},
	"type":                      {"", "RuntimeDefault", "Localhost", "Unconfined", "Directory", "DirectoryOrCreate", "File", "Socket", "CharDevice", "directory"},
	"accessModes":               {"ReadWriteOnce", "ReadWriteMany", "ReadOnlyMany", "ReadWriteOncePod", "RWO"},
	"volumeMode":                {"Filesystem", "Block", "filesystem"},
	"operator":                  {"In", "NotIn", "Exists", "DoesNotExist", "Equals", "Equal", "Exists", "Gt"},
	"effect":                    {"NoSchedule", "NoExecute", "NoExecute", "PreferNoSchedule", "", "noschedule"},
	"topologyKey":               {"kubernetes.io/hostname", "a", "a b"},
	"values":                    {"a", "a", "a b", "", "1", "-1"},
	"whenUnsatisfiable":         {"DoNotSchedule", "ScheduleAnyway", "ScheduleAnyway", "Maybe"},
	"nodeAffinityPolicy":        {"Honor", "Ignore", "a"},
	"nodeTaintsPolicy":          {"Honor", "Ignore"},
	"fsGroupChangePolicy":       {"Always", "OnRootMismatch", "a"},
	"supplementalGroupsPolicy":  {"Merge", "Strict", "a"},
	"seLinuxChangePolicy":       {"MountOption", "Recursive", "a"},
	"localhostProfile":          {"a", "a/b.json", "/a", "../a", " a", "a ", strings.Repeat("a", 4095), strings.Repeat("a", 4096)},
	"resourceClaimName":         {"a", "A"},
	"resourceClaimTemplateName": {"a", "A"},
	"path":                      {"a", "a/b", "/a", "/a", "..a"},
	"requests key":              {"storage", "storage", "cpu"},
	"pullPolicy":                {"Always", "IfNotPresent", "Never", "", "always"},
	"signerName":                {"example.com/a", "a/b", "example.com", "example.com/a.b", "kubernetes.io/kube-apiserver-serving"},
	"name":                      {"a", "a", "a", "a.b", "example.com:a:b", ":a"},
	"options key":               {"a", "example.com/x", "a.kubernetes.io/x", "k8s.io/x"},
	"registry":                  {"a:1", "a:1,b:2"},
	"volumeName":                {"a", "b"},
	"server":                    {"a", "10.0.0.1"},
	"bindMountOptions":          {"noexec", "nodev", "nosuid", "ro"},

	"mountPropagation":  {"None", "HostToContainer", "Bidirectional", "none"},
	"recursiveReadOnly": {"Disabled", "Enabled", "IfPossible", "x"},
}

// text returns a string for the field of the name, or sometimes any other.
func (g generator) text(name string) string {
	if known, found := texts[name]; found && g.IntN(16) > 0 {
		return pick(g, known...)
	}
	if g.IntN(3) > 0 {
		return "a"
	}
	return pick(g, "a", "b", "/a", "/a", "a.b", "a/b", "a..b", "", "A", "..", "../a", "a/../b", "..data", "a_b",
		"-", "a b", "a=b", "é", "example.com/a", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("a", 254))
}

// A generator generates random objects.
type generator struct{ *rand.Rand }

// pick returns a random value.
func pick[T any](g generator, values ...T) T { return values[g.IntN(len(values))] }

// maybe returns a random value, or nil.
func maybe[T any](g generator, values ...T) *T {
	if g.IntN(2) == 0 {
		return nil
	}
	return new(pick(g, values...))
}

// rarely returns odd in one of sixteen cases, and usual otherwise.
func rarely[T any](g generator, usual, odd T) T {
	if g.IntN(16) == 0 {
		return odd
	}
	return usual
}
