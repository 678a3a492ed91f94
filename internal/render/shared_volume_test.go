// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A sharedVolume is used by several containers, each of a pod.
type sharedVolume struct {
	data string
	pods []fakeServer
}

func newSharedVolume(t *testing.T, shell string, pods int, list ...string) sharedVolume {
	t.Helper()
	v := sharedVolume{data: t.TempDir()}
	for i := range pods {
		f := newFakeServer(t, shell, nil, list...)
		v.pods = append(v.pods, f)
		for _, name := range []string{"available", "pulls"} {
			if i > 0 {
				_ = os.Remove(filepath.Join(f.dir, name)) // it may not exist
				require.NoError(t, os.Symlink(filepath.Join(v.pods[0].dir, name), filepath.Join(f.dir, name)))
			}
		}
	}
	require.NoError(t, os.Mkdir(filepath.Join(v.data, "blobs"), 0o700))
	return v
}

// command returns a command that pulls in a pod. A reservation is void after a long time.
func (v sharedVolume) command(t *testing.T, pod int, env ...string) *exec.Cmd {
	t.Helper()
	cmd := v.pods[pod].command(t.Context(), "pull-models.sh", "--run")
	cmd.Env = append(cmd.Env, "OLLAMA_MODELS="+v.data, "PULL_SHARED=1", "HOSTNAME=pod-"+strconv.Itoa(pod), "PULL_STALL=100000", "PULL_STALE=2000")
	cmd.Env = append(cmd.Env, env...)
	return cmd
}

func (v sharedVolume) reservation() string { return filepath.Join(v.data, ".llm-operator-pull") }

// reserve makes the reservation of a pod that is not one of the volume's.
func (v sharedVolume) reserve(t *testing.T) {
	t.Helper()
	require.NoError(t, os.MkdirAll(v.reservation(), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(v.reservation(), "holder"), []byte("other-1-1 7\n"), 0o600))
}

func (v sharedVolume) pulls(t *testing.T) []string {
	t.Helper()
	return lines(v.pods[0].read(t, "pulls"))
}

// Of the pods that share a volume one pulls, and the others wait.
func TestSharedVolume(t *testing.T) {
	t.Parallel()
	run := func(name string, dead bool, env ...string) {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			v := newSharedVolume(t, shell, 3, "large:1b", "llama2:7b")
			if dead {
				v.reserve(t)
			}
			var commands []*exec.Cmd
			for pod := range v.pods {
				cmd := v.command(t, pod, env...)
				require.NoError(t, cmd.Start())
				commands = append(commands, cmd)
			}
			for pod, cmd := range commands {
				require.NoError(t, cmd.Wait())
				assert.Equal(t, []string{"large:1b", "llama2:7b"}, lines(v.pods[pod].state(t, "there")))
			}
			assert.Equal(t, []string{"large:1b", "llama2:7b"}, v.pulls(t))
			left, err := os.ReadDir(v.data)
			require.NoError(t, err)
			assert.Len(t, left, 1, "only blobs")
		})
	}
	run("of running pods", false)
	run("after the pod that pulled has gone", true, "PULL_STALE=500")
}

// What another server downloads is not downloaded at the same time, and not if it is available then.
func TestSharedVolumeDownload(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		becomes string
		pulls   []string
	}{
		"that ends without the model": {pulls: []string{"llama2:7b"}},
		"that ends with the model":    {becomes: "llama2:7b\n"},
	} {
		eachShell(t, name, func(t *testing.T, shell string) {
			t.Helper()
			v := newSharedVolume(t, shell, 1, "llama2:7b")
			partial := filepath.Join(v.data, "blobs", "sha256-1-partial")
			require.NoError(t, os.WriteFile(partial, []byte("1"), 0o600))
			cmd := v.command(t, 0, "PULL_QUIET=200")
			require.NoError(t, cmd.Start())
			for range 20 {
				file, err := os.OpenFile(partial, os.O_APPEND|os.O_WRONLY, 0)
				require.NoError(t, err)
				_, err = file.WriteString("1")
				require.NoError(t, err)
				require.NoError(t, file.Close())
				<-time.After(50 * time.Millisecond)
			}
			assert.Empty(t, v.pulls(t))
			if tc.becomes != "" {
				v.pods[0].write(t, "available", tc.becomes)
			}
			require.NoError(t, cmd.Wait())
			assert.Equal(t, tc.pulls, v.pulls(t))
		})
	}
}

// A pod whose reservation was taken over, because it did not renew it, stops its pull.
func TestSharedVolumeTakenOver(t *testing.T) {
	t.Parallel()
	eachShell(t, "during a pull", func(t *testing.T, shell string) {
		t.Helper()
		v := newSharedVolume(t, shell, 1, "stalled:1b")
		hook := v.command(t, 0)
		log, err := os.Create(filepath.Join(v.pods[0].dir, "log"))
		require.NoError(t, err)
		defer log.Close()
		hook.Stdout, hook.Stderr = log, log
		require.NoError(t, hook.Start())
		v.pods[0].eventually(t, "pulls", "stalled:1b\n")
		v.reserve(t)
		v.pods[0].eventually(t, "log", "stalled:1b: another pod pulls\n")
		holder, err := os.ReadFile(filepath.Join(v.reservation(), "holder"))
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(string(holder), "other-1-1 "), "it does not take what is reserved")
		v.pods[0].write(t, "available", "stalled:1b\n")
		require.NoError(t, hook.Wait())
	})
}
