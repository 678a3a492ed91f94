package commands

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/cmd/kubectl-llm/manifest"
)

const flat = `apiVersion: llm.geeper.io/v1alpha1
kind: OllamaDeployment
metadata: {name: stack}
spec:
  ollama:
    models: ["llama2:7b"]
    servicePort: 80
`

func write(t *testing.T, path, text string) string {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// Several files are one stream of as many documents, each with the name of its file.
func TestMigrateKeepsFilesApart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml": strings.TrimSuffix(flat, "\n"),
		"b.yaml": "---\n" + flat,
		"c.json": "{\n\t\"kind\": \"A\"}",
		"d.yaml": "\ufeffkind: B\n...\n",
		"e.yaml": flat + "---\r\n" + strings.ReplaceAll(flat, "\n", "\r\n"),
	} {
		write(t, filepath.Join(dir, name), text)
	}
	code, out, stderr := run(t, "kind: C", "migrate", "-f", dir, "-f", "-")
	require.Zero(t, code, stderr)
	objects, unreadable := manifest.Parse(manifest.File{Data: []byte(out)})
	assert.Empty(t, unreadable)
	var kinds []string
	for _, o := range objects {
		kinds = append(kinds, o.Kind)
	}
	assert.Equal(t, []string{"OllamaDeployment", "OllamaDeployment", "A", "B", "OllamaDeployment", "OllamaDeployment", "C"}, kinds)
	assert.NotContains(t, out, "servicePort")
	var names []string
	for _, match := range regexp.MustCompile(`(?m)^---\n# Source: (.*)$`).FindAllStringSubmatch(out, -1) {
		names = append(names, filepath.Base(match[1]))
	}
	assert.Equal(t, []string{"a.yaml", "b.yaml", "c.json", "d.yaml", "e.yaml", "-"}, names)

	code, out, _ = run(t, "", "migrate", filepath.Join(dir, "c.json"))
	assert.Zero(t, code)
	assert.True(t, out == "{\n\t\"kind\": \"A\"}", "one file comes to the letter: %q", out) //nolint:testifylint // equal as JSON is not enough
}

// What is printed of several files has all of their objects, as they were.
func TestMigratePrintsEveryObject(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"JSON lines":          {"{\"kind\": \"A\"}\n{\"kind\": \"B\"}\n", []string{`{"kind":"A"}`, `{"kind":"B"}`}},
		"JSON on one line":    {"\t{\"kind\": \"A\"}{\n\t\"kind\": \"B\\t\"}", []string{`{"kind":"A"}`, `{"kind":"B\t"}`}},
		"tab in flow mapping": {"{kind: A, x: \"a\tb\"}\n", []string{`{"kind":"A","x":"a\tb"}`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := write(t, filepath.Join(t.TempDir(), "a.yaml"), tc.text)
			code, out, stderr := run(t, "kind: Z", "migrate", "-f", path, "-f", "-")
			require.Zero(t, code, stderr)
			objects, unreadable := manifest.Parse(manifest.File{Data: []byte(out)})
			assert.Empty(t, unreadable)
			var got []string
			for _, o := range objects {
				got = append(got, string(o.JSON))
			}
			assert.Equal(t, append(tc.want, `{"kind":"Z"}`), got)
		})
	}
}

// The last line of a file without an end gets one in a stream, which a text can have in it.
func TestMigrateOfAFileThatCannotBeInAStream(t *testing.T) {
	t.Parallel()
	path := write(t, filepath.Join(t.TempDir(), "a.yaml"), "kind: A\ntext: |\n  a")
	code, out, stderr := run(t, "kind: Z", "migrate", "-f", path, "-f", "-")
	assert.Equal(t, 1, code)
	assert.Equal(t, "---\n# Source: -\nkind: Z\n", out)
	assert.Equal(t, "error: "+path+": would not mean the same in one stream with other files; migrate it alone\n", stderr)
}

// A file that cannot be migrated does not hold up the others.
func TestMigrateOfSomeFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	bad := write(t, filepath.Join(dir, "a.yaml"), "a: [\n")
	good := write(t, filepath.Join(dir, "b.yaml"), flat)
	code, _, stderr := run(t, "", "migrate", "--write", dir)
	assert.Equal(t, ExitUsage, code)
	assert.Equal(t, good+" rewritten\nerror: "+bad+":1:1: did not find expected node content\n", stderr)
}

func TestMigrateWritesBehindALink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "real"), 0o700))
	target := write(t, filepath.Join(dir, "real", "a.yaml"), flat)
	link := filepath.Join(dir, "link.yaml")
	require.NoError(t, os.Symlink(filepath.Join("real", "a.yaml"), link))
	code, _, stderr := run(t, "", "migrate", "--write", link)
	require.Zero(t, code, stderr)
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink, "the link stays one")
	data, err := os.ReadFile(target)
	require.NoError(t, err)
	assert.Contains(t, string(data), "service:\n      port: 80\n")
	left, err := os.ReadDir(filepath.Dir(target))
	require.NoError(t, err)
	assert.Len(t, left, 1)
}

// A disk without room for what is new loses nothing of what is there. It runs where the
// system lets a user mount a disk of one's own.
func TestMigrateOnAFullDisk(t *testing.T) {
	t.Parallel()
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("there is no unshare")
	}
	// Two pages, of which the file has both; rewritten, it needs a third.
	text := flat + strings.Repeat("#", 2*os.Getpagesize()-len(flat)-1) + "\n"
	dir := t.TempDir()
	source := write(t, filepath.Join(t.TempDir(), "a.yaml"), text)
	const script = `mount -t tmpfs -o size="$1" tmpfs "$2" || exit 77
cp "$3" "$2/a.yaml" || exit 77
"$4" migrate --write "$2/a.yaml"; echo "exit $?"
cmp "$3" "$2/a.yaml" && ls -A "$2"`
	mode := "-rm"
	if os.Geteuid() == 0 {
		mode = "-m"
	}
	size := strconv.Itoa(2 * os.Getpagesize())
	cmd := program(t, unshare, mode, "sh", "-c", script, "sh", size, dir, source, os.Args[0])
	out, _ := cmd.CombinedOutput()
	if cmd.ProcessState.ExitCode() == 77 || strings.Contains(string(out), "unshare") {
		t.Skip("no disk can be mounted: " + string(out))
	}
	assert.Contains(t, string(out), "no space left on device\nexit 1\na.yaml\n")
}
