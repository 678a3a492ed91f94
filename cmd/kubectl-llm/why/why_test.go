// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package why

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"sigs.k8s.io/yaml"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// now is ten minutes after the managers' last changes.
var now = time.Date(2026, 1, 2, 3, 14, 5, 0, time.UTC)

func schema(t testing.TB) *structuralschema.Structural {
	t.Helper()
	s, err := check.Structural()
	require.NoError(t, err)
	return s
}

// newTestExplainer returns an Explainer of the object, in YAML, with all defaults.
func newTestExplainer(t testing.TB, object string) *Explainer {
	t.Helper()
	data, err := yaml.YAMLToJSON([]byte(object))
	require.NoError(t, err)
	d, _, err := validation.Decode(data)
	require.NoError(t, err)
	d.Default()
	data, err = json.Marshal(d)
	require.NoError(t, err)
	e, err := New(data, schema(t))
	require.NoError(t, err)
	return e
}

// one returns the explanation of one field.
func one(t *testing.T, e *Explainer, field string) Field {
	t.Helper()
	fields, err := e.Explain(field)
	require.NoError(t, err)
	require.Len(t, fields, 1)
	return fields[0]
}

// managedBy returns an entry of the managed fields in YAML.
func managedBy(manager, operation, fields string) string {
	return `{manager: ` + manager + `, operation: ` + operation + `, apiVersion: llm.geeper.io/v1alpha1, time: "2026-01-02T03:04:05Z", fieldsType: FieldsV1, fieldsV1: ` + fields + `}`
}

// object returns an object with managed fields and the manifest of kubectl apply, in YAML.
func object(spec, manifest string, entries ...string) string {
	text := "metadata:\n  name: stack\n  managedFields: [" + strings.Join(entries, ", ") + "]\n"
	if manifest != "" {
		text += "  annotations: {kubectl.kubernetes.io/last-applied-configuration: '" + manifest + "'}\n"
	}
	return text + "spec: " + spec + "\n"
}

const (
	annotation = `"f:metadata": {"f:annotations": {"f:kubectl.kubernetes.io/last-applied-configuration": {}}}`
	replicas   = `"f:spec": {"f:ollama": {"f:replicas": {}}}`
	flatPort   = `"f:spec": {"f:ollama": {"f:servicePort": {}}}`
	nestedPort = `"f:spec": {"f:ollama": {"f:service": {"f:port": {}}}}`
	modelName  = `"f:spec": {"f:tabby": {"f:modelName": {}}}`
)

// What managers, the manifest and defaults say about the source of a value.
func TestSources(t *testing.T) {
	t.Parallel()
	const (
		plain = `{ollama: {models: ["llama2:7b"]}, tabby: {enabled: true}}`
		flat  = `{ollama: {models: ["llama2:7b"], servicePort: 80}}`
	)
	for name, tc := range map[string]struct {
		object, field string
		source        Source
		uncertain     bool
		managers      int
	}{
		"static default":                           {object(plain, ""), "ollama.replicas", SourceDefault, false, 0},
		"derived default":                          {object(plain, ""), "tabby.modelName", SourceDerived, false, 0},
		"unset":                                    {object(plain, ""), "openwebui.replicas", SourceUnset, false, 0},
		"value that is recorded nowhere":           {object(`{ollama: {models: ["llama2:7b"], replicas: 2}}`, ""), "ollama.replicas", SourceUnknown, false, 0},
		"default that a server-side apply sets":    {object(plain, "", managedBy("team", "Apply", `{`+replicas+`}`)), "ollama.replicas", SourceUser, false, 1},
		"default that an update may have set":      {object(plain, "", managedBy("helm", "Update", `{`+replicas+`}`)), "ollama.replicas", SourceDefault, true, 1},
		"default that is not in the schema":        {object(plain, "", managedBy("helm", "Update", `{`+nestedPort+`}`)), "ollama.service.port", SourceUser, false, 1},
		"other value by an update":                 {object(`{ollama: {models: ["llama2:7b"], replicas: 2}}`, "", managedBy("helm", "Update", `{`+replicas+`}`)), "ollama.replicas", SourceUser, false, 1},
		"default that a scale sets":                {object(plain, "", strings.Replace(managedBy("kubectl", "Update", `{`+replicas+`}`), "{", "{subresource: scale, ", 1)), "ollama.replicas", SourceUser, false, 1},
		"default that is not in the manifest":      {object(plain, `{"spec":{"ollama":{}}}`, managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`, `+replicas+`}`)), "ollama.replicas", SourceDefault, false, 1},
		"default that another than the applier":    {object(plain, `{"spec":{"ollama":{}}}`, managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`}`), managedBy("helm", "Update", `{`+replicas+`}`)), "ollama.replicas", SourceDefault, true, 1},
		"default after an edit":                    {object(plain, `{"metadata":{"uid":"1"},"spec":{"ollama":{"replicas":1}}}`, managedBy("kubectl-edit", "Update", `{`+annotation+`, `+replicas+`}`)), "ollama.replicas", SourceDefault, true, 1},
		"default in the manifest":                  {object(plain, `{"spec":{"ollama":{"replicas":1}}}`, managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`, `+replicas+`}`)), "ollama.replicas", SourceUser, false, 1},
		"derived value in the manifest":            {object(plain, `{"spec":{"tabby":{"modelName":"llama2:7b"}}}`, managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`}`)), "tabby.modelName", SourceUser, false, 1},
		"manifest that an edit has overwritten":    {object(plain, `{"metadata":{"uid":"1"},"spec":{"tabby":{"modelName":"llama2:7b"}}}`, managedBy("kubectl-edit", "Update", `{`+annotation+`}`)), "tabby.modelName", SourceDerived, false, 0},
		"manifest of nobody":                       {object(plain, `{"spec":{"tabby":{"modelName":"llama2:7b"}}}`), "tabby.modelName", SourceUser, false, 0},
		"manifest that is no JSON":                 {object(plain, `no`, managedBy("helm", "Update", `{`+annotation+`}`)), "tabby.modelName", SourceDerived, false, 0},
		"derived value that a manager sets":        {object(plain, "", managedBy("helm", "Update", `{`+modelName+`}`)), "tabby.modelName", SourceUser, false, 1},
		"managed fields that cannot be decoded":    {object(plain, "", managedBy("helm", "Update", `{"f:spec": [1]}`)), "ollama.replicas", SourceDefault, false, 0},
		"managed fields of the status":             {object(plain, "", strings.Replace(managedBy("kubectl", "Update", `{`+replicas+`}`), "{", "{subresource: status, ", 1)), "ollama.replicas", SourceDefault, false, 0},
		"list that is owned as a whole":            {object(plain, "", managedBy("helm", "Update", `{"f:spec": {"f:ollama": {"f:models": {}}}}`)), "ollama.models", SourceUser, false, 1},
		"entry of a list that is owned as a whole": {object(plain, "", managedBy("helm", "Update", `{"f:spec": {"f:ollama": {"f:models": {}}}}`)), "ollama.models[0]", SourceUser, false, 1},
		"empty struct that a manager owns":         {object(plain, "", managedBy("helm", "Update", `{"f:spec": {"f:ollama": {"f:resources": {}}}}`)), "ollama.resources.requests.memory", SourceDerived, false, 0},
		"entry of a list by its key":               {object(`{ollama: {models: ["llama2:7b"], envVars: [{name: A, value: a}, {name: B, value: b}]}}`, "", managedBy("helm", "Update", `{"f:spec": {"f:ollama": {"f:envVars": {'k:{"name":"B"}': {".": {}, "f:name": {}, "f:value": {}}}}}}`)), "ollama.envVars[B].value", SourceUser, false, 1},
		"entry of a list of another key":           {object(`{ollama: {models: ["llama2:7b"], envVars: [{name: A, value: a}, {name: B, value: b}]}}`, "", managedBy("helm", "Update", `{"f:spec": {"f:ollama": {"f:envVars": {'k:{"name":"B"}': {".": {}, "f:name": {}, "f:value": {}}}}}}`)), "ollama.envVars[A].value", SourceUnknown, false, 0},
		"entry of a set":                           {object(`{ollama: {models: ["llama2:7b"], source: {insecureRegistries: ["a.example.com", "b.example.com"]}}}`, "", managedBy("helm", "Update", `{"f:spec": {"f:ollama": {"f:source": {"f:insecureRegistries": {'v:"b.example.com"': {}}}}}}`)), "ollama.source.insecureRegistries[b.example.com]", SourceUser, false, 1},
		"entry of the manifest at another index":   {object(`{ollama: {models: ["llama2:7b"], envVars: [{name: A, value: a}, {name: B, value: b}]}}`, `{"spec":{"ollama":{"envVars":[{"name":"B","value":"b"}]}}}`), "ollama.envVars[B].value", SourceUser, false, 0},

		"deprecated field":                         {object(flat, "", managedBy("helm", "Update", `{`+flatPort+`}`)), "ollama.servicePort", SourceUser, false, 1},
		"replacement of a deprecated field":        {object(flat, "", managedBy("helm", "Update", `{`+flatPort+`}`)), "ollama.service.port", SourceDeprecated, false, 0},
		"deprecated field that follows":            {object(flat, "", managedBy("helm", "Update", `{`+nestedPort+`}`)), "ollama.servicePort", SourceDeprecated, false, 0},
		"deprecated field of an older manifest":    {object(flat, `{"spec":{"ollama":{"servicePort":81}}}`, managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`, `+flatPort+`}`), managedBy("helm", "Update", `{`+nestedPort+`}`)), "ollama.servicePort", SourceDeprecated, false, 1},
		"deprecated field that one sets earlier":   {object(flat, "", strings.Replace(managedBy("team", "Apply", `{`+flatPort+`}`), "2026", "2025", 1), managedBy("helm", "Update", `{`+nestedPort+`}`)), "ollama.servicePort", SourceUser, true, 1},
		"deprecated field that is in the manifest": {object(flat, `{"spec":{"ollama":{"servicePort":80}}}`, strings.Replace(managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`, `+flatPort+`}`), "2026", "2025", 1), managedBy("helm", "Update", `{`+nestedPort+`}`)), "ollama.servicePort", SourceUser, false, 1},
		"replacement that another sets later":      {object(flat, "", strings.Replace(managedBy("team", "Apply", `{`+flatPort+`}`), "2026", "2025", 1), managedBy("helm", "Update", `{`+nestedPort+`}`)), "ollama.service.port", SourceUser, false, 1},
		"both that one manifest sets":              {object(flat, "", managedBy("team", "Apply", `{"f:spec": {"f:ollama": {"f:servicePort": {}, "f:service": {"f:port": {}}}}}`)), "ollama.servicePort", SourceUser, false, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := one(t, newTestExplainer(t, tc.object), tc.field)
			assert.Equal(t, tc.source, f.Source)
			assert.Equal(t, tc.uncertain, f.Uncertain)
			assert.Len(t, f.Managers, tc.managers)
		})
	}
}

// What values would be without them.
func TestRemovals(t *testing.T) {
	t.Parallel()
	const full = `{
		ollama: {models: ["llama2:7b", "codellama:13b"], replicas: 2, servicePort: 80, resources: {limits: {cpu: 2}, requests: {memory: 7Gi}}, envVars: [{name: A, value: a}]},
		tabby: {enabled: true, modelName: "llama2:7b"}}`
	e := newTestExplainer(t, object(full, "", managedBy("team", "Apply",
		`{"f:spec": {"f:ollama": {"f:servicePort": {}, "f:replicas": {}, "f:resources": {"f:requests": {"f:memory": {}}}}, "f:tabby": {"f:modelName": {}}}}`)))
	for field, want := range map[string]Removal{
		"ollama.replicas":                   {Result: ResultValue, Value: int64(1)},
		"ollama.resources.requests[memory]": {Result: ResultValue, Value: "10Gi"},
		"ollama.resources.limits.cpu":       {Result: ResultUnset, Changes: []Change{{"spec.ollama.resources.requests[cpu]", "500m"}}},
		"tabby.modelName":                   {Result: ResultValue, Value: "codellama:13b"},
		"tabby.ollamaServicePort":           {Result: ResultValue, Value: int64(80)},
		"ollama.servicePort":                {Result: ResultUnset, Changes: []Change{{"spec.ollama.service.port", int64(11434)}, {"spec.tabby.ollamaServicePort", int64(11434)}}},
		"ollama.service.port":               {Result: ResultValue, Value: int64(80)},
		"ollama.models":                     {Result: ResultRefused, Errors: []string{"spec.ollama.models: Required value: must be set"}},
		"ollama.models[1]":                  {Result: ResultUnset},
		"ollama.envVars[A].value":           {Result: ResultUnset},
		"ollama.envVars[A].name":            {Result: ResultRefused, Errors: []string{"spec.ollama.envVars[0].name: Required value: must be set"}},
	} {
		t.Run(field, func(t *testing.T) {
			t.Parallel()
			got := one(t, e, field).IfRemoved
			if len(want.Errors) > 0 { // other errors may follow
				got.Errors = got.Errors[:1]
			}
			assert.Equal(t, &want, got)
		})
	}
}

// A removal from the manifest of kubectl apply removes the replacement of a deprecated field, too.
func TestRemovalsFromManifest(t *testing.T) {
	t.Parallel()
	const spec = `{ollama: {models: ["llama2:7b"], servicePort: 80}}`
	e := newTestExplainer(t, object(spec, `{"spec":{"ollama":{"models":["llama2:7b"],"servicePort":80}}}`, managedBy("kubectl-client-side-apply", "Update", `{`+annotation+`, `+flatPort+`}`)))
	assert.Equal(t, []Change{{"spec.ollama.service.port", int64(11434)}}, one(t, e, "ollama.servicePort").IfRemoved.Changes)
	e = newTestExplainer(t, object(spec, "", managedBy("helm", "Update", `{`+flatPort+`}`)))
	assert.Empty(t, one(t, e, "ollama.servicePort").IfRemoved.Changes, "a patch only removes what it names")
	e = newTestExplainer(t, object(spec, "", managedBy("team", "Apply", `{`+flatPort+`}`), managedBy("helm", "Update", `{`+nestedPort+`}`)))
	assert.Empty(t, one(t, e, "ollama.servicePort").IfRemoved.Changes, "another manager owns the replacement")
}

// A default that is removed is set again, and everything that a file has is set by the user.
func TestSamples(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		for _, file := range []string{fixtures.SamplePath(sample), fixtures.ReferencePath(sample)} {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			written, err := yaml.YAMLToJSON(data)
			require.NoError(t, err)
			stored, err := json.Marshal(fixtures.Defaulted(fixtures.Read(t, file)))
			require.NoError(t, err)
			stored, err = jsonpatch.MergePatch(stored, written) // preserves how quantities are written
			require.NoError(t, err)
			e, err := NewWritten(written, stored, schema(t))
			require.NoError(t, err)
			fields, err := e.Explain("")
			require.NoError(t, err)
			for _, f := range fields {
				at, err := e.find(f.Path)
				require.NoError(t, err)
				_, isWritten := walk(e.written, at.owned)
				assert.Equal(t, isWritten, f.Source == SourceUser, "%s: %s", file, f.Path)
				if !isWritten {
					assert.Contains(t, []Source{SourceDefault, SourceDerived, SourceDeprecated}, f.Source, "%s: %s", file, f.Path)
					assert.Equal(t, &Removal{Result: ResultValue, Value: f.Value}, f.IfRemoved, "%s: %s", file, f.Path)
				}
			}
		}
	}
}

// Fields can be written in many ways, and misspelled ones are explained.
func TestFields(t *testing.T) {
	t.Parallel()
	e := newTestExplainer(t, object(`{
		ollama: {models: ["llama2:7b"], resources: {limits: {nvidia.com/gpu: "1"}}, envVars: [{name: A, value: a}, {name: B.C, value: b}],
			pod: {nodeSelector: {kubernetes.io/arch: amd64}, imagePullSecrets: [{name: registry}]}}}`, ""))
	for field, want := range map[string]string{
		"spec.ollama.replicas":                         "spec.ollama.replicas",
		".spec.ollama.replicas":                        "spec.ollama.replicas",
		"ollama.replicas":                              "spec.ollama.replicas",
		".ollama.replicas":                             "spec.ollama.replicas",
		"ollama.models[0]":                             "spec.ollama.models[0]",
		"ollama.models[llama2:7b]":                     "spec.ollama.models[0]",
		`ollama.models["llama2:7b"]`:                   "spec.ollama.models[0]",
		"ollama.resources.limits.nvidia.com/gpu":       "spec.ollama.resources.limits[nvidia.com/gpu]",
		"ollama.resources.limits[nvidia.com/gpu]":      "spec.ollama.resources.limits[nvidia.com/gpu]",
		`ollama.resources.limits['nvidia.com/gpu']`:    "spec.ollama.resources.limits[nvidia.com/gpu]",
		"ollama.resources.requests.cpu":                "spec.ollama.resources.requests[cpu]",
		"ollama.envVars[1].value":                      "spec.ollama.envVars[1].value",
		"ollama.envVars[B.C].value":                    "spec.ollama.envVars[1].value",
		"ollama.envVars[name=B.C].value":               "spec.ollama.envVars[1].value",
		`ollama.envVars[name="B.C"].value`:             "spec.ollama.envVars[1].value",
		"ollama.pod.imagePullSecrets[registry].name":   "spec.ollama.pod.imagePullSecrets[0].name",
		"ollama.pod.nodeSelector.kubernetes.io/arch":   "spec.ollama.pod.nodeSelector[kubernetes.io/arch]",
		"ollama.pod.nodeSelector[kubernetes.io/other]": "spec.ollama.pod.nodeSelector[kubernetes.io/other]",
		"openwebui": "spec.openwebui",
	} {
		assert.Equal(t, want, one(t, e, field).Path, field)
	}
	for field, want := range map[string]string{
		"ollama.replica":            `spec.ollama has no field "replica"; did you mean "spec.ollama.replicas"?`,
		"Tabby":                     `spec has no field "Tabby"; did you mean "spec.tabby"?`,
		"x":                         `spec has no field "x", must be one of ["`,
		"ollama.replicas.x":         `spec.ollama.replicas has no fields, but got "x"`,
		"ollama.replicas[0]":        `spec.ollama.replicas has no fields, but got "0"`,
		"metadata.name":             "metadata.name: must be a field of the spec",
		"ollama.models.0":           `spec.ollama.models is a list: "0" must be an index or a name in brackets, as in spec.ollama.models[0]`,
		"ollama.models[1]":          "spec.ollama.models[1] does not exist, the list has 1 entries",
		"ollama.models[-1]":         "spec.ollama.models[-1] does not exist, the list has 1 entries",
		"ollama.models[llama2:7]":   `spec.ollama.models[llama2:7] does not exist; did you mean "spec.ollama.models[llama2:7b]"?`,
		"ollama.envVars[name=Z]":    "spec.ollama.envVars[name=Z] does not exist, the list has 2 entries",
		"ollama.envVars[value=a]":   "spec.ollama.envVars[value=a] does not exist, the list has 2 entries",
		"ollama.models[0":           `spec.ollama.models: the bracket "[0" is not closed`,
		`ollama.models["a]`:         `spec.ollama.models: the bracket "[\"a]" is not closed`,
		"openwebui.envVars[A].name": "spec.openwebui.envVars[A] does not exist, the list has 0 entries",
		"ollama..replicas":          `spec.ollama has no field "", must be one of`,
	} {
		_, err := e.Explain(field)
		require.ErrorContains(t, err, want, field)
	}
}

// All fields that have a default or are derived from can be explained.
func TestFieldsOfDefaults(t *testing.T) {
	t.Parallel()
	e := newTestExplainer(t, fixtures.Defaults(t).Object)
	for path, row := range e.defaults {
		for _, field := range append([]string{path}, row.From...) {
			if field == "metadata.name" {
				continue
			}
			fields, err := e.Explain(field)
			require.NoError(t, err, field)
			assert.True(t, strings.HasPrefix(fields[0].Path, field[:strings.LastIndexAny(field, ".[")]), field)
		}
	}
}

// All defaults of the reference are explained as such, and set again if they are removed.
func TestDefaults(t *testing.T) {
	t.Parallel()
	table := fixtures.Defaults(t)
	e := newTestExplainer(t, table.Object)
	for _, row := range table.Defaults {
		f := one(t, e, row.Field)
		if row.Default == nil {
			assert.Equal(t, SourceUnset, f.Source, row.Field)
			continue
		}
		want := SourceDefault
		if len(e.defaults[row.Field].From) > 0 {
			want = SourceDerived
		}
		assert.Equal(t, want, f.Source, row.Field)
		assert.Equal(t, &Removal{Result: ResultValue, Value: f.Value}, f.IfRemoved, row.Field)
	}
}

// The defaults that the API server sets are known: whoever creates an object owns them.
func TestDefaultsOfSchema(t *testing.T) {
	t.Parallel()
	e := newTestExplainer(t, fixtures.Defaults(t).Object)
	for path, row := range e.defaults {
		at := *e.schema
		for name := range strings.SplitSeq(path, ".") {
			at = at.Properties[name]
		}
		assert.Equal(t, row.InSchema, at.Default.Object != nil, path)
	}
}

// Explaining never panics, whatever the field.
func FuzzExplain(f *testing.F) {
	for _, field := range []string{"", "spec", ".", "ollama.models[0]", "ollama.envVars[name=A].value", "a[", "[]", `["`, "ollama.resources.limits.nvidia.com/gpu"} {
		f.Add(field)
	}
	e := newTestExplainer(f, object(`{ollama: {models: ["llama2:7b"], envVars: [{name: A, value: a}]}}`, ""))
	f.Fuzz(func(t *testing.T, field string) {
		fields, err := e.Explain(field)
		if err == nil {
			assert.NotEmpty(t, fields)
		}
	})
}

// Explanations for terminals. Names of managers and values are untrusted.
func TestWrite(t *testing.T) {
	t.Parallel()
	e := newTestExplainer(t, object(`{
		ollama: {models: ["llama2:7b", "codellama:13b", "all-minilm:22m"], replicas: 2, servicePort: 80, envVars: [{name: A, value: "a\x1b[31m\n"}]},
		tabby: {enabled: true}}`, "",
		managedBy(`"team\x1b[31m"`, "Apply", `{"f:spec": {"f:ollama": {"f:models": {}, "f:replicas": {}, "f:servicePort": {}}, "f:tabby": {"f:enabled": {}}}}`),
		strings.Replace(managedBy("kubectl", "Update", `{`+replicas+`}`), "{", "{subresource: scale, ", 1),
		managedBy("helm", "Update", `{"f:spec": {"f:tabby": {"f:replicas": {}}}}`)))
	var out strings.Builder
	for _, field := range []string{"", "ollama.models", "ollama.replicas", "ollama.service.port", "ollama.servicePort", "tabby.replicas", "tabby.modelName", "tabby.envVars", "ollama.envVars[A].value"} {
		fields, err := e.Explain(field)
		require.NoError(t, err)
		out.WriteString("$ why " + field + "\n")
		require.NoError(t, Write(&out, fields, now))
	}
	golden.Equal(t, filepath.Join("testdata", "why.txt"), out.String())
}
