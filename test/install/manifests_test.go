package install

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/geeper-io/llm-operator/test/cluster"
)

// kustomize builds a folder of config/.
func kustomize(t *testing.T, folder string) string {
	t.Helper()
	return tool(t, "tools", "kustomize", "build", filepath.Join("config", folder))
}

// tool runs a tool of one of the modules under hack/ in the project's top folder.
func tool(t *testing.T, module, name string, args ...string) string {
	t.Helper()
	root, err := cluster.Root()
	require.NoError(t, err)
	cmd := exec.Command("go", append([]string{"tool", "-modfile=hack/" + module + "/go.mod", name}, args...)...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		require.NoError(t, err, "%s %v: %s%s", name, args, out, exit.Stderr)
	}
	return string(out)
}
