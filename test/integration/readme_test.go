package integration

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

var (
	block  = regexp.MustCompile("(?s)```(\\w+)\n(.*?)```")
	target = regexp.MustCompile("(?m)(?:^|`)make ([a-z0-9-]+)")
	link   = regexp.MustCompile(`\]\(([a-z][^):]*)\)`)
)

// The README is true: its object and its commands give what it says they give.
func TestReadme(t *testing.T) {
	t.Parallel()
	root, err := cluster.Root()
	require.NoError(t, err)
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)

	k := newKubectl(t)
	folder := t.TempDir()
	for _, match := range block.FindAllStringSubmatch(string(text), -1) {
		switch kind, body := match[1], match[2]; kind {
		case "yaml":
			require.NoError(t, os.WriteFile(filepath.Join(folder, "my-models.yaml"), []byte(body), 0o600))
		case "console":
			runConsole(t, k, folder, body)
		case "sh": // its make targets are looked at below
		default:
			t.Errorf("a block of %s is not tested", kind)
		}
	}
	for _, match := range target.FindAllStringSubmatch(string(text), -1) {
		out, err := exec.Command("make", "-C", root, "--dry-run", match[1]).CombinedOutput()
		require.NoError(t, err, "make %s: %s", match[1], out)
	}
	for _, match := range link.FindAllStringSubmatch(string(text), -1) {
		_, err := os.Stat(filepath.Join(root, match[1]))
		require.NoError(t, err, "a link of the README")
	}
}

// runConsole runs the lines that start with "$" and compares what they print,
// warnings aside, with the lines that follow them.
func runConsole(t *testing.T, k kubectl, folder, session string) {
	t.Helper()
	for _, step := range strings.Split("\n"+session, "\n$ ")[1:] {
		command, want, _ := strings.Cut(step, "\n")
		require.True(t, strings.HasPrefix(command, "kubectl "), command)
		cmd := exec.Command("/bin/sh", "-c", command+` 2>&1 | grep -v ^Warning:`)
		cmd.Dir = folder
		context := filepath.Join(t.TempDir(), "kubeconfig")
		data, err := os.ReadFile(shared.Kubeconfig)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(context, data, 0o600))
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(shared.Kubectl)+":"+os.Getenv("PATH"), "KUBECONFIG="+context)
		setNamespace(t, k, context)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Equal(t, strings.TrimSpace(want), strings.TrimSpace(string(out)), command)
	}
}

// setNamespace makes the test's namespace that of the kubeconfig.
func setNamespace(t *testing.T, k kubectl, kubeconfig string) {
	t.Helper()
	out, err := exec.Command(shared.Kubectl, "--kubeconfig", kubeconfig, "config", "set-context", "--current", "--namespace", k.namespace).CombinedOutput()
	require.NoError(t, err, string(out))
}
