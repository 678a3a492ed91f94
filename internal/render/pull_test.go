// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	errMissing = "Error: pull model manifest: file does not exist"
	errNewer   = "Error: pull model manifest: 412: The model you are attempting to pull requires a newer version of Ollama."
	errAway    = `Error: pull model manifest: Get "https://registry.ollama.ai/v2/": dial tcp: connect: connection refused`
)

// The process that pulls ends when all models of the list are available.
func TestPullModels(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		available []string
		late      string
		list      []string
		pulls     []string
		log       []string
	}{
		"pulls all models in order": {
			list:  []string{"llama2:7b", "mistral:7b"},
			pulls: []string{"llama2:7b", "mistral:7b"},
			log:   []string{"pulling llama2:7b", "mistral:7b is available"},
		},
		"does not pull what is available": {
			available: []string{"llama2:7b"},
			list:      []string{"llama2:7b"},
			log:       []string{"llama2:7b is already available"},
		},
		"waits for the server": {
			late:  "3",
			list:  []string{"llama2:7b"},
			pulls: []string{"llama2:7b"},
		},
		"pulls again after a failure": {
			list:  []string{"flaky:1b", "llama2:7b"},
			pulls: []string{"flaky:1b", "llama2:7b", "flaky:1b", "flaky:1b"},
			log:   []string{"flaky:1b: Error: unexpected EOF", "flaky:1b is available"},
		},
		"waits for a verification": {
			list:  []string{"verifying:1b"},
			pulls: []string{"verifying:1b"},
		},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			f := newFakeServer(t, shell, tc.available, tc.list...)
			f.write(t, "late", tc.late)
			out, err := f.command(t.Context(), "pull-models.sh", "--run").CombinedOutput()
			require.NoError(t, err, string(out))
			assert.Equal(t, tc.pulls, lines(f.read(t, "pulls")))
			assert.ElementsMatch(t, tc.list, lines(f.read(t, "available")))
			assert.ElementsMatch(t, tc.list, lines(f.state(t, "there")))
			assert.Empty(t, f.state(t, "errors"))
			for _, text := range tc.log {
				assert.Contains(t, string(out), "pull-models: "+text+"\n")
			}
			assert.NotContains(t, f.read(t, "calls"), "call 1 \n", "a call without OLLAMA_HOST")
			assert.Contains(t, f.read(t, "calls"), " 127.0.0.1:11434\n")
		})
	}
}

// Models are pulled from a mirror, have their own names in the end, and are pulled anew when the mirror changes.
func TestPullModelsFromElsewhere(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		sources string
		list    []string
		pulls   []string
	}{
		"of a mirror": {
			sources: "llama2:7b\tmirror/library/llama2:7b\tllama2:7b\t\n",
			list:    []string{"llama2:7b", "hf.co/a/b:c"},
			pulls:   []string{"mirror/library/llama2:7b", "hf.co/a/b:c"},
		},
		"of a mirror without TLS": {
			sources: "mistral:7b\tplain/library/mistral:7b\tmistral:7b\t--insecure\n",
			list:    []string{"mistral:7b"},
			pulls:   []string{"plain/library/mistral:7b"},
		},
		"of a registry without TLS": {
			sources: strings.Repeat("plain:5000/a/b:c\t", 3) + "--insecure\n",
			list:    []string{"plain:5000/a/b:c"},
			pulls:   []string{"plain:5000/a/b:c"},
		},
		"of none of these": {
			sources: "other:7b\tmirror/library/other:7b\tother:7b\t\n",
			list:    []string{"llama2:7b"},
			pulls:   []string{"llama2:7b"},
		},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			f := newFakeServer(t, shell, nil, tc.list...)
			f.write(t, "sources", tc.sources)
			out, err := f.command(t.Context(), "pull-models.sh", "--run").CombinedOutput()
			require.NoError(t, err, string(out))
			assert.Equal(t, tc.pulls, lines(f.read(t, "pulls")))
			assert.ElementsMatch(t, tc.list, lines(f.read(t, "available")))
			assert.ElementsMatch(t, tc.list, lines(f.state(t, "there")))
		})
	}
	eachShell(t, "of another mirror", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "llama2:7b")
		f.write(t, "sources", "llama2:7b\thang/library/llama2:7b\tllama2:7b\t\n")
		cmd := f.command(t.Context(), "pull-models.sh", "--run")
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool { return f.read(t, "hanging") != "" }, time.Minute, 10*time.Millisecond)
		f.write(t, "sources", "llama2:7b\tmirror/library/llama2:7b\tllama2:7b\t\n")
		require.NoError(t, cmd.Wait())
		assert.Equal(t, []string{"hang/library/llama2:7b", "mirror/library/llama2:7b"}, lines(f.read(t, "pulls")))
		assert.Equal(t, []string{"llama2:7b"}, lines(f.read(t, "available")))
	})
}

// The hook returns before the models are pulled, and leaves nothing open.
func TestPullModelsInTheBackground(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"without arguments":          nil,
		"with those of earlier pods": {"mistral:7b", "-rf"},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			f := newFakeServer(t, shell, nil, "stalled:1b", "llama2:7b")
			out, err := f.command(t.Context(), "pull-models.sh", args...).CombinedOutput()
			require.NoError(t, err)
			assert.Empty(t, string(out))
			f.eventually(t, "log", "stalled:1b: no progress for 25 seconds\n")
			f.eventually(t, "log", "llama2:7b is available\n")
			assert.NotContains(t, f.read(t, "pulls"), "mistral:7b")
		})
	}
}

// A model that cannot be pulled delays no other, and is tried again; the reason is kept.
func TestPullModelsFails(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		model, file string
		kind, text  string
	}{
		"the model does not exist":         {model: "missing:1b", kind: "refused", text: errMissing},
		"the model is for a later version": {model: "newer:1b", kind: "refused", text: errNewer},
		"the registry limits the rate":     {model: "limited:1b", kind: "failed", text: "Error: pull model manifest: 429: Too Many Requests"},
		"the pull makes no progress":       {model: "stalled:1b", kind: "failed", text: "no progress for 25 seconds"},
		"the pull ends without the model":  {model: "cut:1b", kind: "failed", text: "the pull ended without a result"},
		"the error is endless":             {model: "endless:1b", kind: "failed", text: "Error: " + strings.Repeat("x", 493)},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			f := newFakeServer(t, shell, nil, tc.model, "llama2:7b")
			require.NoError(t, f.command(t.Context(), "pull-models.sh").Run())
			require.Eventually(t, func() bool { return strings.Count(f.read(t, "pulls"), tc.model) > 1 }, 20*time.Second, 10*time.Millisecond)
			assert.Equal(t, tc.model+"\t"+tc.kind+"\t"+tc.text+"\n", f.state(t, "errors"))
			assert.Equal(t, []string{"llama2:7b"}, lines(f.state(t, "there")))
			assert.Contains(t, f.read(t, "log"), "pull-models: "+tc.model+": "+tc.text+"\n")
			assert.Equal(t, 1, strings.Count(f.read(t, "pulls"), "llama2:7b"))
		})
	}
}

// A command that does not respond is ended, and tried again.
func TestPullModelsServerHangs(t *testing.T) {
	t.Parallel()
	eachShell(t, "without the program timeout", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "llama2:7b")
		f.write(t, "silent", "")
		cmd := f.command(t.Context(), "pull-models.sh")
		cmd.Env[0] = "PATH=" + withoutTimeout(t, f)
		require.NoError(t, cmd.Run())
		f.eventually(t, "hanging", "\n")
		f.remove(t, "silent")
		f.eventually(t, "log", "llama2:7b is available\n")
	})
}

// withoutTimeout returns a PATH with the programs that the scripts use, except timeout.
func withoutTimeout(t *testing.T, f fakeServer) string {
	t.Helper()
	bin := filepath.Join(f.dir, "bin")
	_ = os.Remove(filepath.Join(bin, "timeout")) // only busybox has it there
	for _, name := range []string{"cat", "grep", "head", "ln", "mkdir", "mkfifo", "mv", "readlink", "rm", "tr", "setsid"} {
		installProgram(t, bin, name, name)
	}
	return bin
}

// What is logged of a pull is little, and so is what is kept of it.
func TestPullModelsProgress(t *testing.T) {
	t.Parallel()
	eachShell(t, "a line after five percent", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "large:1b")
		out, err := f.command(t.Context(), "pull-models.sh", "--run").CombinedOutput()
		require.NoError(t, err)
		assert.Contains(t, string(out), "pull-models: large:1b: pulling dde5aa3fc5ff: ")
		assert.Less(t, strings.Count(string(out), "\n"), 40)
		assert.NotRegexp(t, `[^ -~\n]`, string(out), "characters of terminals")
	})
	// The frames of 150 MB with one shell, and of 15 MB with the others.
	frames := map[string]string{"dash": "1000000", "bash": "100000", "busybox": "100000"}
	eachShell(t, "of many megabytes", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "loud:"+frames[shell])
		cmd := f.command(t.Context(), "pull-models.sh", "--run")
		state := inMemory(t)
		cmd.Env = append(cmd.Env, "PULL_STATE="+state)
		limitMemory(cmd, 32<<10)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err)
		assert.Contains(t, string(out), "is available\n")
		assert.Less(t, len(out), 100_000)
		summaries, err := filepath.Glob(filepath.Join(state, "*", "error"))
		require.NoError(t, err)
		assert.Len(t, summaries, 1, "what summarizes the output writes this when it has read all:\n%s", out)
	})
}

// limitMemory limits the memory of each process of a command, in KiB. What the processes have used cannot be asked
// for afterwards: it includes that of the test, which they were forked from.
func limitMemory(cmd *exec.Cmd, kibibytes int) {
	cmd.Args = append([]string{"/bin/sh", "-c", fmt.Sprintf(`ulimit -v %d && exec "$@"`, kibibytes), "sh", cmd.Path}, cmd.Args[1:]...)
	cmd.Path = "/bin/sh"
}

// inMemory returns a directory on a file system in memory, if there is one.
func inMemory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "pull-models-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	return dir
}

// A model that was available once is not pulled again, because the operator deletes those that were
// removed from the list, of which the pod learns later.
func TestPullModelsOnce(t *testing.T) {
	t.Parallel()
	eachShell(t, "in the life of a container", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, []string{"mistral:7b"}, "llama2:7b", "mistral:7b")
		require.NoError(t, f.command(t.Context(), "pull-models.sh", "--run").Run())
		f.write(t, "available", "")
		f.write(t, "list", "llama2:7b\nmistral:7b\nphi3:3b\n")
		require.NoError(t, f.command(t.Context(), "pull-models.sh", "--run").Run())
		assert.Equal(t, []string{"llama2:7b", "phi3:3b"}, lines(f.read(t, "pulls")))
	})
}

// The list is read again for each pass, and a change ends the pause between two passes.
func TestPullModelsListChanges(t *testing.T) {
	t.Parallel()
	eachShell(t, "while the registry refuses a model", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "missing:1b")
		cmd := f.command(t.Context(), "pull-models.sh", "--run")
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool { return strings.Count(f.read(t, "pulls"), "missing") > 6 }, 20*time.Second, 10*time.Millisecond)
		before := strings.Count(f.read(t, "sleeps"), "\n")
		f.write(t, "list", "llama2:7b\n")
		require.NoError(t, cmd.Wait())
		assert.Less(t, strings.Count(f.read(t, "sleeps"), "\n"), before+20, "the pause would be of 60 steps")
		assert.Equal(t, []string{"llama2:7b"}, lines(f.read(t, "available")))
	})
	eachShell(t, "while a model is pulled that is removed from the list", func(t *testing.T, shell string) {
		t.Helper()
		f := newFakeServer(t, shell, nil, "stalled:1b")
		cmd := f.command(t.Context(), "pull-models.sh", "--run")
		cmd.Env = append(cmd.Env, "PULL_STALL=100000")
		require.NoError(t, cmd.Start())
		f.eventually(t, "pulls", "stalled:1b")
		f.write(t, "list", "llama2:7b\n")
		require.NoError(t, cmd.Wait())
		assert.Equal(t, []string{"stalled:1b", "llama2:7b"}, lines(f.read(t, "pulls")))
	})
}
