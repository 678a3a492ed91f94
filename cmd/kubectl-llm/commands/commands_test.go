package commands

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/report"
	"github.com/geeper-io/llm-operator/test/fixtures"
	"github.com/geeper-io/llm-operator/test/golden"
)

// run runs a command line as a user's shell does.
func run(t *testing.T, stdin string, arguments ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	code = Run(arguments, genericiooptions.IOStreams{In: strings.NewReader(stdin), Out: &out, ErrOut: &errOut})
	return code, out.String(), errOut.String()
}

const refused = "testdata/refused.yaml"

// asProgram makes the test's binary kubectl-llm itself, for tests that send signals.
const asProgram = "KUBECTL_LLM_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Run(os.Args[1:], genericiooptions.IOStreams{In: os.Stdin, Out: os.Stdout, ErrOut: os.Stderr}))
	}
	os.Exit(m.Run())
}

// program is kubectl-llm as a process of its own.
func program(t *testing.T, name string, arguments ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, arguments...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, format := range report.Formats {
		t.Run(format.Name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, "", "validate", refused, "testdata/broken.yaml", "-o", format.Name)
			assert.Equal(t, ExitUsage, code, "one file cannot be read")
			assert.Empty(t, stderr)
			golden.Equal(t, filepath.Join("testdata", "formats", format.Name+".txt"), out)
		})
	}
}

func TestSARIFIsValid(t *testing.T) {
	t.Parallel()
	for _, file := range []string{refused, fixtures.SamplePath("minimal"), "testdata/broken.yaml"} {
		_, out, _ := run(t, "", "validate", file, "-o", "sarif")
		parsed, err := sarif.FromString(out)
		require.NoError(t, err)
		require.NoError(t, parsed.Validate(), file)
	}
}

func TestExitStatus(t *testing.T) {
	t.Parallel()
	quiet := `{"apiVersion": "llm.geeper.io/v1alpha1", "kind": "OllamaDeployment", "metadata": {"name": "a"},
		"spec": {"ollama": {"models": ["llama2:7b"], "imageTag": "1", "resources": {"limits": {"memory": "8Gi"}}}}}`
	const nothing = "error: no OllamaDeployment is given; --allow-empty allows that\n"
	for name, tc := range map[string]struct {
		stdin  string
		args   []string
		code   int
		out    string
		stderr string
	}{
		"accepted":                      {quiet, []string{"validate", "-f", "-"}, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"accepted and strict":           {quiet, []string{"validate", "-f", "-", "--warnings-as-errors"}, 0, "1 object checked: 0 errors, 0 warnings\n", ""},
		"nothing of ours":               {"kind: A\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings; 1 of other kinds passed over\n", nothing},
		"an empty list":                 {"apiVersion: v1\nkind: List\nitems: []\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings\n", nothing},
		"a list of no kind":             {"- a\n- b\n", []string{"validate", "-f", "-"}, 2, "0 objects checked: 0 errors, 0 warnings; 1 of other kinds passed over\n", nothing},
		"an empty folder":               {"", []string{"validate", "-f", t.TempDir()}, 2, "0 objects checked: 0 errors, 0 warnings\n", nothing},
		"nothing at all":                {"# nothing\n---\n", []string{"validate", "-", "-o", "junit"}, 2, "", nothing},
		"nothing, allowed":              {"kind: A\n", []string{"validate", "-f", "-", "--allow-empty"}, 0, "0 objects checked: 0 errors, 0 warnings; 1 of other kinds passed over\n", ""},
		"default of nothing, allowed":   {"", []string{"default", "-", "--allow-empty"}, 0, "", ""},
		"migrate of an empty folder":    {"", []string{"migrate", t.TempDir()}, 2, "", "error: no file is given; --allow-empty allows that\n"},
		"migrate of nothing of ours":    {"kind: A\n", []string{"migrate", "-"}, 0, "kind: A\n", ""},
		"migrate of what is unreadable": {"a: [", []string{"migrate", "-"}, 2, "", "error: -:1:1: did not find expected node content\n"},
		"default of what is unreadable": {"a: [", []string{"default", "-"}, 2, "", "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n"},
		"items twice":                   {"kind: List\nitems: [{kind: A}]\nitems: []\n", []string{"validate", "-"}, 2, "-:3:1: error: items stand here twice; the first ones are lost\n0 objects checked: 1 error, 0 warnings\n", ""},
		"a spec twice":                  {strings.TrimSuffix(quiet, "}") + `,"spec":{"ollama":{"models":["a:1"],"imageTag":"1","resources":{"limits":{"memory":"8Gi"}}}}}`, []string{"validate", "-"}, 1, "-:2:110: error: spec: stands here twice; the first one is lost\n1 object checked: 1 error, 0 warnings\n", ""},
		"a device":                      {"", []string{"validate", os.DevNull}, 2, "", "error: /dev/null: is no regular file; give its contents as standard input (-f -)\n"},
		"an argument with escapes":      {"", []string{"\x1b[2J\u202e"}, 2, "", "error: unknown command \"\\x1b[2J\\u202e\"\n"},
		"a file with escapes":           {"", []string{"validate", "\x1b[2J"}, 2, "", "error: \\x1b[2J: no such file or directory\n"},
		"refused":                       {strings.Replace(quiet, "llama2:7b", "llama2", 1), []string{"validate", "-"}, 1, "-:2:34: error: spec.ollama.models[0]: Invalid value: \"llama2\": has no tag; write it as \"model:tag\"; did you mean \"llama2:latest\"?\n1 object checked: 1 error, 0 warnings\n", ""},
		"warned":                        {strings.Replace(quiet, "\"1\"", "\"latest\"", 1), []string{"validate", "-"}, 0, "", ""},
		"warned and strict":             {strings.Replace(quiet, "\"1\"", "\"latest\"", 1), []string{"validate", "-", "--warnings-as-errors"}, 1, "", ""},
		"unreadable":                    {"a: [", []string{"validate", "-"}, 2, "-:1:1: error: did not find expected node content\n0 objects checked: 1 error, 0 warnings\n", ""},
		"no file":                       {"", []string{"validate"}, 2, "", "error: no files are given; name some with -f, or - for the standard input\n"},
		"a file that is not":            {"", []string{"validate", "none.yaml"}, 2, "", "error: none.yaml: no such file or directory\n"},
		"an unknown flag":               {"", []string{"validate", "--nope"}, 2, "", "error: unknown flag: --nope\n"},
		"an unknown format":             {"", []string{"validate", "-", "-o", "xml"}, 2, "", "error: unknown output format \"xml\", must be one of [\"text\" \"json\" \"sarif\" \"github\" \"junit\"]\n"},
		"an unknown command":            {"", []string{"valdate"}, 2, "", "error: unknown command \"valdate\"; did you mean \"validate\"?\n"},
		"default of nothing":            {"kind: A\n", []string{"default", "-"}, 2, "", nothing},
		"default of a mistake":          {"", []string{"default", refused}, 1, "", ""},
		"render of a mistake":           {"", []string{"render", refused}, 1, "", ""},
		"too many arguments":            {"", []string{"status", "a", "b"}, 2, "", "error: accepts 1 arg(s), received 2; see \"kubectl llm status --help\"\n"},
		"no cluster":                    {"", []string{"status", "a", "--kubeconfig", "none"}, 1, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, tc.stdin, tc.args...)
			assert.Equal(t, tc.code, code, stderr)
			if tc.out != "" {
				assert.Equal(t, tc.out, out)
			}
			if tc.stderr != "" {
				assert.Equal(t, tc.stderr, stderr)
			}
			if code == 0 {
				assert.Empty(t, stderr)
			}
		})
	}
}

// The object comes back as it was written, with what was left out.
func TestDefault(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		for name, file := range map[string]string{sample: fixtures.SamplePath(sample), sample + "-reference": fixtures.ReferencePath(sample)} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				data, err := os.ReadFile(file)
				require.NoError(t, err)
				code, out, stderr := run(t, string(data), "default", "-")
				assert.Zero(t, code, stderr)
				golden.Equal(t, filepath.Join("testdata", "default", name+".yaml"), out)
				_, diff, _ := run(t, string(data), "default", "-", "--diff")
				golden.Equal(t, filepath.Join("testdata", "default", name+".diff"), diff)
				_, asJSON, _ := run(t, string(data), "default", "-", "-o", "json")
				code, _, stderr = run(t, asJSON, "validate", "-")
				assert.Zero(t, code, stderr)
			})
		}
	}
}

// Old and new spelling are the same object with the same defaults.
func TestDefaultOfMigrated(t *testing.T) {
	t.Parallel()
	for _, sample := range fixtures.Samples() {
		code, migrated, stderr := run(t, "", "migrate", fixtures.ReferencePath(sample))
		require.Zero(t, code, stderr)
		_, want, _ := run(t, "", "default", fixtures.SamplePath(sample))
		_, got, _ := run(t, migrated, "default", "-")
		assert.Equal(t, want, got)
		_, findings, _ := run(t, migrated, "validate", "-")
		assert.NotContains(t, findings, "deprecated")
	}
}

func TestMigrateWrites(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "a.yaml")
	data, err := os.ReadFile(fixtures.ReferencePath("full"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, data, 0o640)) //nolint:gosec // the mode is looked at below
	code, out, stderr := run(t, "", "migrate", "-f", dir, "--write")
	assert.Zero(t, code)
	assert.Empty(t, out)
	assert.Equal(t, path+" rewritten\n", stderr)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o640), info.Mode().Perm())
	_, _, stderr = run(t, "", "migrate", "-f", dir, "--write")
	assert.Empty(t, stderr, "nothing is left to write")
}

func TestRender(t *testing.T) {
	t.Parallel()
	for _, sample := range []string{"full", "tabby"} {
		t.Run(sample, func(t *testing.T) {
			t.Parallel()
			code, out, stderr := run(t, "", "render", fixtures.SamplePath(sample))
			assert.Zero(t, code, stderr)
			assert.NotContains(t, out, "ownerReferences")
			golden.Equal(t, filepath.Join("testdata", "render", sample+".yaml"), out)
		})
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	code, out, _ := run(t, "", "version")
	assert.Zero(t, code)
	assert.Contains(t, out, "llm.geeper.io/v1alpha1\n")
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, out, _ := run(t, "", "completion", shell)
		assert.Zero(t, code)
		assert.NotEmpty(t, out)
	}
	_, out, _ := run(t, "", "__complete", "validate", "-o", "")
	assert.Contains(t, out, "sarif\n")
}

// Every command tells what it does, with an example.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, cmd := range New(genericiooptions.NewTestIOStreamsDiscard()).Commands() {
		assert.NotEmpty(t, cmd.Short, cmd.Name())
		if cmd.Name() != "version" {
			assert.NotEmpty(t, cmd.Long, cmd.Name())
			assert.NotEmpty(t, cmd.Example, cmd.Name())
		}
	}
}
