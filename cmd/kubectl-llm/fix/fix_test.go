// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package fix

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/check"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/edit"
	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

const (
	head = "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack}\n"
	good = head + "spec: {ollama: {models: [\"llama2:7b\"]}}\n"
)

// fixers has a Fixer for each set of options; reading the schema takes long.
var fixers sync.Map

func newFixer(t testing.TB, opts validation.Options) Fixer {
	t.Helper()
	key := fmt.Sprint(opts)
	if f, found := fixers.Load(key); found {
		return f.(Fixer)
	}
	checker, err := check.New(opts)
	require.NoError(t, err)
	fixers.Store(key, New(checker))
	return New(checker)
}

// fixed returns the text after File, and what has changed.
func fixed(t testing.TB, text string) (out string, changes []string) {
	t.Helper()
	r := newFixer(t, validation.Options{}).File(manifest.File{Name: "a.yaml", Data: []byte(text)})
	for _, c := range r.Changes {
		for _, e := range c.Edits {
			changes = append(changes, fmt.Sprintf("%d:%d %s", c.Line, c.Column, e))
		}
	}
	return string(r.Data), changes
}

type fixCase struct {
	text, want string
	changes    []string
}

func testFix(t *testing.T, cases map[string]fixCase) {
	t.Helper()
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, changes := fixed(t, tc.text)
			assert.Equal(t, tc.want, out)
			assert.Equal(t, tc.changes, changes)
		})
	}
}

func TestEdits(t *testing.T) {
	t.Parallel()
	testFix(t, map[string]fixCase{
		"comments, quotes and order stay": {
			head + "spec:\n  # the server\n  ollama:\n    service: {type: 'clusterip'} # inside\n    models: # all of them\n      - \"llama2\" # old\n      - phi\n",
			head + "spec:\n  # the server\n  ollama:\n    service: {type: 'ClusterIP'} # inside\n    models: # all of them\n      - \"llama2:latest\" # old\n      - phi:latest\n",
			[]string{`7:21 spec.ollama.service.type becomes "ClusterIP"`, `9:9 spec.ollama.models[0] becomes "llama2:latest"`, `10:9 spec.ollama.models[1] becomes "phi:latest"`},
		},
		"unknown field, and what it reveals": {
			head + "spec:\n  olama: # server\n    modles: [llama2]\n    replcas: \"2\"\n",
			head + "spec:\n  ollama: # server\n    models: [llama2:latest]\n    replicas: 2\n",
			[]string{
				"5:3 spec.olama becomes ollama", "6:5 spec.ollama.modles becomes models", `6:14 spec.ollama.models[0] becomes "llama2:latest"`,
				"7:5 spec.ollama.replcas becomes replicas", "7:14 spec.ollama.replicas becomes 2",
			},
		},
		"values that need quotes": {
			head + "spec:\n  ollama: {models: [\"llama2:7b\"], imageTag: 1.10, resources: {limits: {cpu: 0.50, memory: 8gib}}}\n  openwebui: {imageTag: on, ingress: {host: \"https://*.example.com/\"}}\n",
			head + "spec:\n  ollama: {models: [\"llama2:7b\"], imageTag: \"1.10\", resources: {limits: {cpu: \"0.50\", memory: 8Gi}}}\n  openwebui: {imageTag: \"on\", ingress: {host: \"*.example.com\"}}\n",
			[]string{
				`5:45 spec.ollama.imageTag becomes "1.10"`, `5:77 spec.ollama.resources.limits[cpu] becomes "0.50"`, `5:91 spec.ollama.resources.limits[memory] becomes "8Gi"`,
				`6:25 spec.openwebui.imageTag becomes "on"`, `6:45 spec.openwebui.ingress.host becomes "*.example.com"`,
			},
		},
		"values without quotes, and a list": {
			head + "spec:\n  ollama: {models: \"llama2:7b\", replicas: '2'}\n  tabby: {enabled: \"false\"}\n",
			head + "spec:\n  ollama: {models: [\"llama2:7b\"], replicas: 2}\n  tabby: {enabled: false}\n",
			[]string{"5:20 spec.ollama.models becomes a list", "5:43 spec.ollama.replicas becomes 2", "6:20 spec.tabby.enabled becomes false"},
		},
		"image with a tag": {
			head + "spec:\n  ollama:\n    models: [\"llama2:7b\"]\n    image: ollama/ollama:0.12 # pinned\n  openwebui: {image: 'a:1', replicas: 1}\n",
			head + "spec:\n  ollama:\n    models: [\"llama2:7b\"]\n    image: ollama/ollama # pinned\n    imageTag: \"0.12\"\n  openwebui: {image: 'a', imageTag: '1', replicas: 1}\n",
			[]string{
				`7:12 spec.ollama.image becomes "ollama/ollama"`, `7:12 imageTag: "0.12" is added beside spec.ollama.image`,
				`8:22 spec.openwebui.image becomes "a"`, `8:22 imageTag: "1" is added beside spec.openwebui.image`,
			},
		},
		"image with a tag at the end of the file": {
			head + "spec:\n  ollama:\n    models: [\"llama2:7b\"]\n    image: ollama/ollama:0.12",
			head + "spec:\n  ollama:\n    models: [\"llama2:7b\"]\n    image: ollama/ollama\n    imageTag: \"0.12\"",
			[]string{`7:12 spec.ollama.image becomes "ollama/ollama"`, `7:12 imageTag: "0.12" is added beside spec.ollama.image`},
		},
		"empty values": {
			head + "spec:\n  ollama:\n    imageTag: '' # none\n    models: [\"llama2:7b\"]\n    settings: {keepAlive: \"\"}\n    source:\n      insecureRegistries:\n        - \"\" # no\n        - a:5000\n        - ''\n  openwebui: {imageTag: \"\", replicas: 1}\n  tabby: {enabled: true, imageTag: \"\"}\n",
			head + "spec:\n  ollama:\n    # none\n    models: [\"llama2:7b\"]\n    settings: {}\n    source:\n      insecureRegistries:\n        # no\n        - a:5000\n  openwebui: {replicas: 1}\n  tabby: {enabled: true}\n",
			[]string{
				"6:15 spec.ollama.imageTag is removed", "8:27 spec.ollama.settings.keepAlive is removed", "11:11 spec.ollama.source.insecureRegistries[0] is removed",
				"13:11 spec.ollama.source.insecureRegistries[2] is removed", "14:25 spec.openwebui.imageTag is removed", "15:36 spec.tabby.imageTag is removed",
			},
		},
		"quotes in quotes": {
			head + "spec: {ollama: {models: ['a:1'], service: {type: 'Cluster''IP'}}, openwebui: {service: {type: \"Node\\\"Port\"}}}\n",
			head + "spec: {ollama: {models: ['a:1'], service: {type: 'ClusterIP'}}, openwebui: {service: {type: \"NodePort\"}}}\n",
			[]string{`4:50 spec.ollama.service.type becomes "ClusterIP"`, `4:95 spec.openwebui.service.type becomes "NodePort"`},
		},
		"a correction beside one that is wrong, too": {
			head + "spec: {ollama: {models: [a], resources: {limits: {memory: 512Mi}, requests: {memory: 600m}}}}\n",
			head + "spec: {ollama: {models: [a:latest], resources: {limits: {memory: 512Mi}, requests: {memory: 600m}}}}\n",
			[]string{`4:26 spec.ollama.models[0] becomes "a:latest"`},
		},
		"networks": {
			head + "spec:\n  networkPolicy:\n    allowFrom:\n      - ipBlock: {cidr: 10.0.0.1/8, except: [10.1.0.1/16, '10.0.0.2']} # office\n    allowTo: [{ports: [{port: 443, protocol: tcp}], to: [{ipBlock: {cidr: \"2001:db8::1\"}}]}]\n" +
				"  ollama:\n    models: [\"llama2:7b\"]\n    service:\n      type: loadbalancer\n      loadBalancerSourceRanges:\n        - \"10.0.0.1/8\" # office\n        - 192.0.2.1\n        - ::ffff:198.51.100.0/120\n",
			head + "spec:\n  networkPolicy:\n    allowFrom:\n      - ipBlock: {cidr: 10.0.0.0/8, except: [10.1.0.0/16, '10.0.0.2/32']} # office\n    allowTo: [{ports: [{port: 443, protocol: TCP}], to: [{ipBlock: {cidr: \"2001:db8::1/128\"}}]}]\n" +
				"  ollama:\n    models: [\"llama2:7b\"]\n    service:\n      type: LoadBalancer\n      loadBalancerSourceRanges:\n        - \"10.0.0.0/8\" # office\n        - 192.0.2.1/32\n        - 198.51.100.0/24\n",
			[]string{
				`7:25 spec.networkPolicy.allowFrom[0].ipBlock.cidr becomes "10.0.0.0/8"`, `7:46 spec.networkPolicy.allowFrom[0].ipBlock.except[0] becomes "10.1.0.0/16"`,
				`7:59 spec.networkPolicy.allowFrom[0].ipBlock.except[1] becomes "10.0.0.2/32"`, `8:46 spec.networkPolicy.allowTo[0].ports[0].protocol becomes "TCP"`,
				`8:75 spec.networkPolicy.allowTo[0].to[0].ipBlock.cidr becomes "2001:db8::1/128"`, `12:13 spec.ollama.service.type becomes "LoadBalancer"`,
				`14:11 spec.ollama.service.loadBalancerSourceRanges[0] becomes "10.0.0.0/8"`, `15:11 spec.ollama.service.loadBalancerSourceRanges[1] becomes "192.0.2.1/32"`,
				`16:11 spec.ollama.service.loadBalancerSourceRanges[2] becomes "198.51.100.0/24"`,
			},
		},
		"routes, and a model of Open WebUI": {
			head + "spec:\n  ollama: {models: [\"llama2:7b\"]}\n  openwebui:\n    defaultModel: lama2:7b\n    route:\n      parentRefs: [{name: a, kind: \"gate way\", sectionName: \"\"}]\n      hostnames: [\"https://Chat.example.com/\"] # public\n  tabby: {route: {parentRefs: [{name: b}], hostnames: [\"*.example.com:443\"]}}\n",
			head + "spec:\n  ollama: {models: [\"llama2:7b\"]}\n  openwebui:\n    defaultModel: llama2:7b\n    route:\n      parentRefs: [{name: a, kind: \"Gateway\"}]\n      hostnames: [\"chat.example.com\"] # public\n  tabby: {route: {parentRefs: [{name: b}], hostnames: [\"*.example.com\"]}}\n",
			[]string{
				`7:19 spec.openwebui.defaultModel becomes "llama2:7b"`, `9:36 spec.openwebui.route.parentRefs[0].kind becomes "Gateway"`, `9:61 spec.openwebui.route.parentRefs[0].sectionName is removed`,
				`10:19 spec.openwebui.route.hostnames[0] becomes "chat.example.com"`, `11:56 spec.tabby.route.hostnames[0] becomes "*.example.com"`,
			},
		},
		"names of resources and modes": {
			head + "spec:\n  ollama:\n    models: [\"llama2:7b\"]\n    resources:\n      limits:\n        \"mem\": 8Gi # much\n    volumes: [{name: a, secret: {secretName: a, defaultMode: 644}}]\n",
			head + "spec:\n  ollama:\n    models: [\"llama2:7b\"]\n    resources:\n      limits:\n        \"memory\": 8Gi # much\n    volumes: [{name: a, secret: {secretName: a, defaultMode: 420}}]\n",
			[]string{"9:16 spec.ollama.resources.limits[mem] becomes memory", "10:62 spec.ollama.volumes[0].secret.defaultMode becomes 420"},
		},
	})
}

func TestFiles(t *testing.T) {
	t.Parallel()
	bad, corrected := strings.Replace(good, "llama2:7b", "llama2", 1), strings.Replace(good, "llama2:7b", "llama2:latest", 1)
	const change = `spec.ollama.models[0] becomes "llama2:latest"`
	testFix(t, map[string]fixCase{
		"valid":                    {text: good, want: good},
		"other kinds":              {text: "kind: A\nspec: {ollama: {models: [llama2]}}\n", want: "kind: A\nspec: {ollama: {models: [llama2]}}\n"},
		"several documents":        {"# a\n" + bad + "---\nkind: B\n... # end\n--- # c\n" + bad, "# a\n" + corrected + "---\nkind: B\n... # end\n--- # c\n" + corrected, []string{"5:26 " + change, "13:26 " + change}},
		"line breaks of Windows":   {strings.ReplaceAll(bad, "\n", "\r\n"), strings.ReplaceAll(corrected, "\n", "\r\n"), []string{"4:26 " + change}},
		"new line, of Windows too": {strings.ReplaceAll(head+"spec:\n  ollama:\n    image: a:1\n    models: [\"b:1\"]\n", "\n", "\r\n"), strings.ReplaceAll(head+"spec:\n  ollama:\n    image: a\n    imageTag: \"1\"\n    models: [\"b:1\"]\n", "\n", "\r\n"), []string{`6:12 spec.ollama.image becomes "a"`, `6:12 imageTag: "1" is added beside spec.ollama.image`}},
		"letters of several bytes": {head + "spec: {ollama: {envVars: [{name: A, value: \"日本語\"}], models: [\"llama2\"]}}\n", head + "spec: {ollama: {envVars: [{name: A, value: \"日本語\"}], models: [\"llama2:latest\"]}}\n", []string{"4:62 " + change}},
		"JSON that is not YAML": {
			"{\"apiVersion\":\"llm.geeper.io\\/v1alpha1\",\"kind\":\"OllamaDeployment\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"a\":\"\u2028\\ud83d\\ude00\u007f\"}},\n\"spec\":{\"olama\":{\"imageTag\":\"\",\"models\":[\"llama2\"]}}}",
			"{\"apiVersion\":\"llm.geeper.io\\/v1alpha1\",\"kind\":\"OllamaDeployment\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"a\":\"\u2028\\ud83d\\ude00\u007f\"}},\n\"spec\":{\"ollama\":{\"models\":[\"llama2:latest\"]}}}",
			[]string{"2:9 spec.olama becomes ollama", "2:29 spec.ollama.imageTag is removed", `2:42 spec.ollama.models[0] becomes "llama2:latest"`},
		},
		"JSON with tabs": {
			"{\n\t\"apiVersion\": \"llm.geeper.io/v1alpha1\", \"kind\": \"OllamaDeployment\", \"metadata\": {\"name\": \"a\"},\n\t\"spec\": {\"ollama\": {\"modles\": [\"llama2\"], \"image\": \"a:b\", \"resources\": {\"limits\": {\"memory\": 512}}}}}\n{\"kind\": \"B\"}",
			"{\n\t\"apiVersion\": \"llm.geeper.io/v1alpha1\", \"kind\": \"OllamaDeployment\", \"metadata\": {\"name\": \"a\"},\n\t\"spec\": {\"ollama\": {\"models\": [\"llama2:latest\"], \"image\": \"a\", \"imageTag\": \"b\", \"resources\": {\"limits\": {\"memory\": \"512Mi\"}}}}}\n{\"kind\": \"B\"}",
			[]string{
				"3:22 spec.ollama.modles becomes models", `3:33 spec.ollama.models[0] becomes "llama2:latest"`, `3:53 spec.ollama.image becomes "a"`,
				`3:53 imageTag: "b" is added beside spec.ollama.image`, `3:95 spec.ollama.resources.limits[memory] becomes "512Mi"`,
			},
		},
		"items of a List": {
			"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: a}, spec: {ollama: {models: [llama2]}}}\n- kind: A\n",
			"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: llm.geeper.io/v1alpha1, kind: OllamaDeployment, metadata: {name: a}, spec: {ollama: {models: [llama2:latest]}}}\n- kind: A\n",
			[]string{"4:110 " + change},
		},
		"no kind": {
			"apiVersion: llm.geeper.io/v1alpha1 # the group\n" + strings.TrimPrefix(good, "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\n"),
			"apiVersion: llm.geeper.io/v1alpha1 # the group\n" + strings.TrimPrefix(good, "apiVersion: llm.geeper.io/v1alpha1\n"),
			[]string{`1:1 kind: "OllamaDeployment" is added beside apiVersion`},
		},
		"mapping of two fields": {
			head + "spec: {ollama: {models: [\"a:1\"]}, openwebui: &web {imageTag: \":1\"}, tabby: *web}\n",
			head + "spec: {ollama: {models: [\"a:1\"]}, openwebui: &web {imageTag: \"1\"}, tabby: *web}\n",
			[]string{`4:62 spec.openwebui.imageTag becomes "1"`, `4:62 spec.tabby.imageTag becomes "1"`},
		},
		"merged mapping": {
			head + "spec:\n  <<: &base\n    ollama: {models: [llama2]}\n  tabby: {enabled: false}\n",
			head + "spec:\n  <<: &base\n    ollama: {models: [llama2:latest]}\n  tabby: {enabled: false}\n",
			[]string{"6:23 " + change},
		},
		"misspelled kind and group": {
			strings.Replace(bad, "OllamaDeployment", "Ollama", 1) + "---\n" + strings.Replace(good, "geeper", "geper", 1) + "---\n" + strings.TrimPrefix(good, "apiVersion: llm.geeper.io/v1alpha1\n"),
			corrected + "---\n" + good + "---\nkind: OllamaDeployment\napiVersion: llm.geeper.io/v1alpha1\n" + strings.TrimPrefix(good, "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\n"),
			[]string{`2:7 kind becomes "OllamaDeployment"`, "4:26 " + change, `6:13 apiVersion becomes "llm.geeper.io/v1alpha1"`, `11:1 apiVersion: "llm.geeper.io/v1alpha1" is added beside kind`},
		},
		"a document that cannot be parsed": {bad + "---\na: [\n", corrected + "---\na: [\n", []string{"4:26 " + change}},
	})
}

// What could change more than the error is left to the user.
func TestLeftAlone(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"the right field is there, too":       head + "spec: {ollama: {modles: [\"a:1\"], models: [\"b:1\"]}}\n",
		"the tag is set, too":                 head + "spec: {ollama: {models: [\"b:1\"], image: \"a:1\", imageTag: \"2\"}}\n",
		"the correction is a duplicate":       head + "spec: {ollama: {models: [a, \"a:latest\"]}}\n",
		"the correction of a network, too":    head + "spec: {ollama: {models: [\"a:1\"], service: {type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.1/8, 10.0.0.0/8]}}}\n",
		"the correction is no model of it":    head + "spec: {ollama: {models: [\"a:1\"]}, openwebui: {defaultModel: b}}\n",
		"the correction needs another field":  head + "spec: {ollama: {models: [\"a:1\"], resources: {requests: {gpu: 1}}}}\n",
		"the anchor is used elsewhere":        head + "spec: {ollama: {models: [\"a:1\"], imageTag: &tag \":1\", envVars: [{name: A, value: *tag}]}}\n",
		"a tag":                               head + "spec: {ollama: {models: [!!str a]}}\n",
		"a list without brackets":             head + "spec:\n  ollama:\n    models: a:1, b:1\n",
		"an object that is used elsewhere":    "apiVersion: llm.geeper.io/v1alpha1\nkind: OllamaDeployment\nmetadata: {name: stack, annotations: &web {imageTag: \":1\"}}\nspec: {ollama: {models: [\"a:1\"]}, openwebui: *web}\n",
		"a correction that is wrong, too":     head + "spec: {ollama: {models: [\"a:1\"], resources: {limits: {memory: 512Mi}, requests: {memory: 600m}}}}\n",
		"text over several lines":             head + "spec:\n  ollama:\n    models:\n    - |\n      a\n",
		"a value that is an object":           head + "spec:\n  ollama:\n    models: [\"a:1\"]\n    envVars:\n      name: A\n",
		"no suggestion":                       head + "spec: {ollama: {models: [\"a b:1\"], replicas: 99}}\n",
		"a warning":                           head + "spec: {ollama: {models: [\"a:1\"], servicePort: 80}}\n",
		"a field on the line of the marker":   "--- {}\n--- # x\nkind: A\n",
		"a document in which nothing is read": "# nothing\n---\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, changes := fixed(t, text)
			assert.Equal(t, text, out)
			assert.Empty(t, changes)
		})
	}
}

// errorsOf returns the errors of the file, and those of them that suggest edits.
func errorsOf(t testing.TB, f Fixer, data []byte) (all, suggesting []string) {
	t.Helper()
	objects, _ := manifest.Parse(manifest.File{Name: "a.yaml", Data: data})
	for _, o := range objects {
		for _, finding := range f.checker.Check(o).Findings {
			if finding.Level != check.Error {
				continue
			}
			all = append(all, kindOf(0, finding).rule+" "+kindOf(0, finding).path)
			if len(finding.Edits) > 0 {
				suggesting = append(suggesting, finding.Path)
			}
		}
	}
	return all, suggesting
}

// unfixed has the errors with a suggestion that stay, by rule case, with the reason.
var unfixed = map[string][]string{
	"twenty errors in one object":        {"spec.ollama.image"},                            // imageTag is set, too
	"invalid Tabby model":                {"spec.tabby.modelName"},                         // the suggestion is not one of the models
	"invalid resource names":             {"spec.ollama.resources.requests[gpu]"},          // would need a limit
	"volume sources with invalid fields": {"spec.tabby.volumes[11].azureDisk.cachingMode"}, // would reveal another error
	"invalid networks of load balancers": { // the suggestion is in the list already
		"spec.ollama.service.loadBalancerSourceRanges[0]", "spec.ollama.service.loadBalancerSourceRanges[2]", "spec.ollama.service.loadBalancerSourceRanges[9]",
	},
	"invalid peers of network policies":                     {"spec.networkPolicy.allowFrom[2].ipBlock.except[0]"}, // the suggestion is not within the network
	"routes with invalid names":                             {"spec.openwebui.route.hostnames[0]"},                 // the suggestion is in the list already
	"Secrets of the operator for the servers of Open WebUI": {"spec.openwebui.defaultModel"},                       // the suggestion is not one of the models
}

// checkFixed asserts that each change leaves fewer errors and no new ones, and that nothing more is to do. It returns the
// errors with a suggestion that stay.
func checkFixed(t testing.TB, f Fixer, data []byte) []string {
	t.Helper()
	t.Helper()
	before, _ := errorsOf(t, f, data)
	r := f.File(manifest.File{Name: "a.yaml", Data: data})
	after, suggesting := errorsOf(t, f, r.Data)
	if len(r.Changes) == 0 {
		require.Equal(t, string(data), string(r.Data))
		return suggesting
	}
	require.Less(t, len(after), len(before), "%s", r.Data)
	for _, c := range r.Changes { // all errors that were there and are corrected are gone, even if they are corrected together
		if i := slices.Index(before, kindOf(0, c).rule+" "+kindOf(0, c).path); i >= 0 {
			before = slices.Delete(before, i, i+1)
		}
	}
	for _, text := range before {
		if i := slices.Index(after, text); i >= 0 {
			after = slices.Delete(after, i, i+1)
		}
	}
	require.Empty(t, after, "new errors")
	again := f.File(manifest.File{Name: "a.yaml", Data: r.Data})
	require.Equal(t, string(r.Data), string(again.Data))
	require.ElementsMatch(t, comments(data), comments(r.Data))
	return suggesting
}

// comments returns the comments of the file's objects, in any order.
func comments(data []byte) []string {
	objects, _ := manifest.Parse(manifest.File{Name: "a.yaml", Data: data})
	var out []string
	for _, o := range objects {
		out = append(out, fixtures.Comments(o.Node())...)
	}
	return out
}

// In every refused case of the rules, the errors that suggest a correction are corrected, but for those that are listed.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, tc := range fixtures.Rules(t) {
		t.Run(tc.Name, func(t *testing.T) {
			t.Parallel()
			f := newFixer(t, validation.Options{AllowHostPath: tc.AllowHostPath, AllowServiceAccounts: tc.AllowServiceAccounts, AllowPrivilegedPods: tc.AllowPrivilegedPods})
			assert.Equal(t, unfixed[tc.Name], checkFixed(t, f, []byte(tc.Object("stack"))))
		})
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(fixtures.Path("refused.yaml"))
	require.NoError(t, err)
	assert.Empty(t, checkFixed(t, newFixer(t, validation.Options{}), data))
}

// The fix of a finding corrects it alone, and its replacements are those of the text.
func TestSuggest(t *testing.T) {
	t.Parallel()
	f := newFixer(t, validation.Options{})
	text := good + "---\n" + head + "spec:\n  ollama:\n    modles: [é, llama2]\n    image: \"a:b\"\n---\n" + strings.Replace(good, "llama2:7b", "phi", 1)
	file := manifest.File{Name: "a.yaml", Data: []byte(text)}
	var findings []check.Finding
	for document := range manifest.Documents(file.Data) {
		objects, parseErr := manifest.ParseDocument(file.Name, document)
		require.Nil(t, parseErr)
		require.Len(t, objects, 1)
		found := f.checker.Check(objects[0]).Findings
		f.Suggest(file, document, found)
		findings = append(findings, found...)
	}
	var got []string
	for _, finding := range findings {
		for _, one := range finding.Fixes {
			got = append(got, fmt.Sprint(finding.Line, ":", finding.Column, " ", one.Description, " ", one.Replacements))
			apply(t, file, one)
		}
	}
	assert.Equal(t, []string{
		`12:12 spec.ollama.image becomes "a"; imageTag: "b" is added beside spec.ollama.image [{12 12 12 17 "a"} {13 1 13 1     imageTag: "b"` + "\n}]",
		`17:26 spec.ollama.models[0] becomes "phi:latest" [{17 26 17 31 "phi:latest"}]`,
	}, got)
}

// apply applies the fix, after which the file has fewer errors.
func apply(t *testing.T, file manifest.File, fix check.Fix) {
	t.Helper()
	t.Helper()
	lines := strings.SplitAfter(string(file.Data), "\n")
	offset := func(line, column int) int {
		return len(strings.Join(lines[:line-1], "")) + len(string([]rune(lines[line-1])[:column-1]))
	}
	edits := make([]edit.Edit, 0, len(fix.Replacements))
	for _, r := range fix.Replacements {
		edits = append(edits, edit.Edit{Start: offset(r.Line, r.Column), End: offset(r.EndLine, r.EndColumn), Text: r.Text})
	}
	f := newFixer(t, validation.Options{})
	before, _ := errorsOf(t, f, file.Data)
	after, _ := errorsOf(t, f, edit.Apply(file.Data, edits))
	assert.Less(t, len(after), len(before))
}

// Whatever the file is, each change leaves fewer errors, each comment stays, and fixing again changes nothing.
func FuzzFile(f *testing.F) {
	for _, tc := range fixtures.Rules(f) {
		if len(tc.Errors) > 0 && len(tc.Spec) < 2000 {
			f.Add(tc.Object("stack"))
		}
	}
	f.Add(head + "spec: # a\n  ollama:\n    models: # b\n    - llama2 # c\n    imageTag: '' # d\n    # e\n    image: a:1 # f\n")
	fixer := newFixer(f, validation.Options{})
	f.Fuzz(func(t *testing.T, text string) {
		checkFixed(t, fixer, []byte(text))
	})
}
