// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// fakeOllama is a script that records its arguments, one per line, and has the models in a file. How it
// pulls a model depends on the beginning of the model's name, and it does not respond as long as there
// is a file "silent". Pulls wait as long as there is a file "held".
//
//nolint:dupword // nested loops
const fakeOllama = `#!/bin/sh
{
    printf 'call %s %s\n' "$#" "$OLLAMA_HOST"
    for argument in "$@"; do printf 'argument %s\n' "$argument"; done
} >>"$FAKE/calls"
command=$1
eval "model=\${$#}"
hang() { echo "$$" >>"$FAKE/hanging"; exec /bin/sleep 60; }
[ ! -e "$FAKE/silent" ] || hang
frame() { printf '\033[?2026h\033[?25l\033[A\033[1Gpulling manifest \033[K\n%s ▕███   ▏ %s\033[K\033[?25h\033[?2026l' "$1" "$2" >&2; }
fail() { printf '\033[?25h\n%s\n\n' "$1" >&2; exit 1; }
case $command in
list)
    looks=$(cat "$FAKE/looks" 2>/dev/null)
    looks=${looks:-0} # a call at the same time may be about to write it
    echo $((looks + 1)) >"$FAKE/looks"
    late=$(cat "$FAKE/late" 2>/dev/null)
    [ "$looks" -ge "${late:-0}" ] || exit 1
    printf 'NAME    ID    SIZE    MODIFIED\n'
    while IFS= read -r name; do
        [ -z "$name" ] || printf '%s    abcdef    3.8 GB    2 hours ago\n' "${name#library/}"
    done <"$FAKE/available"
    ;;
show)
    case $model in hang*) hang ;; esac
    grep -qxF -e "$model" "$FAKE/available" && exit
    printf '\nError: model not found\n\n' >&2
    exit 1
    ;;
cp)
    eval "source=\${$(($# - 1))}"
    grep -qxF -e "$source" "$FAKE/available" && printf '%s\n' "$model" >>"$FAKE/available"
    ;;
rm)
    grep -vxF -e "$model" "$FAKE/available" >"$FAKE/left"
    mv "$FAKE/left" "$FAKE/available"
    ;;
pull)
    printf '%s\n' "$model" >>"$FAKE/pulls"
    case $model in
    plain*) [ "$2" = --insecure ] || fail 'Error: pull model manifest: http: server gave HTTP response to HTTPS client' ;;
    esac
    while [ -e "$FAKE/held" ]; do /bin/sleep 0.05; done
    printf '\033[?25l\033[1Gpulling manifest ⠋ \r\033[K\n' >&2
    [ ! -e "$FAKE/away" ] || fail 'Error: pull model manifest: Get "https://registry.ollama.ai/v2/": dial tcp: connect: connection refused'
    case $model in
    missing*) fail 'Error: pull model manifest: file does not exist' ;;
    newer*) fail 'Error: pull model manifest: 412: The model you are attempting to pull requires a newer version of Ollama.' ;;
    limited*) fail 'Error: pull model manifest: 429: Too Many Requests' ;;
    endless*) fail "Error: $(head -c 100000 /dev/zero | tr '\0' x)" ;;
    hang*) hang ;;
    stalled*)
        echo "$$" >>"$FAKE/hanging"
        while :; do
            for glyph in ⠋ ⠙ ⠹ ⠸ ⠼ ⠴ ⠦ ⠧ ⠇ ⠏; do
                for _ in 1 2 3 4 5 6 7 8 9 10; do frame 'pulling dde5aa3fc5ff:  43%' "1.6 GB/3.8 GB $glyph"; done
                /bin/sleep 0.05
            done
        done
        ;;
    verifying*)
        for _ in 1 2 3 4 5 6 7 8 9 10; do
            for _ in 1 2 3 4 5 6 7 8 9 10; do frame 'verifying sha256 digest' ⠋; done
            /bin/sleep 0.1
        done
        ;;
    large*)
        for percent in 0 1 2 3 4 5 6 7 8 9 10 20 30 40 50 60 70 80 90 100; do
            for _ in 1 2 3 4 5 6 7 8 9 10; do frame "pulling dde5aa3fc5ff: $percent%" "$percent MB/100 MB  1 MB/s  1m20s"; done
            /bin/sleep 0.1
        done
        ;;
    loud*)
        awk -v frames="${model#*:}" 'BEGIN { for (i = 0; i < frames; i++) printf "\033[?2026h\033[A\033[1Gpulling manifest \033[K\npulling dde5aa3fc5ff:  %d%% ▕███████████████████      ▏ %d MB/1.0 GB 20 MB/s 1m20s\033[K", 100 * i / frames, i }' >&2
        ;;
    cut*) exit 0 ;;
    flaky*)
        echo try >>"$FAKE/tries"
        [ "$(grep -c try "$FAKE/tries")" -ge 3 ] || fail 'Error: unexpected EOF'
        ;;
    esac
    printf '%s\n' "$model" >>"$FAKE/available"
    ;;
esac
`

// fastSleep makes a second short, and counts.
const fastSleep = "#!/bin/sh\necho >>\"$FAKE/sleeps\"\nexec /bin/sleep 0.02\n"

// A fakeServer is a container: a directory with fakeOllama and its files.
type fakeServer struct{ dir string }

// newFakeServer returns a container that has models and a list of models.
func newFakeServer(t *testing.T, shell string, available []string, list ...string) fakeServer {
	t.Helper()
	dir, err := os.MkdirTemp("", "fake-ollama-")
	require.NoError(t, err)
	// What a process that is ending still writes must not fail the test, as with t.TempDir.
	t.Cleanup(func() {
		require.Eventually(t, func() bool { return os.RemoveAll(dir) == nil }, 20*time.Second, 50*time.Millisecond)
	})
	f := fakeServer{dir}
	bin := filepath.Join(f.dir, "bin")
	require.NoError(t, os.Mkdir(bin, 0o700))
	for name, text := range map[string]string{"ollama": fakeOllama, "sleep": fastSleep} {
		require.NoError(t, os.WriteFile(filepath.Join(bin, name), []byte(text), 0o700)) //nolint:gosec // a program
	}
	installShell(t, shell, bin)
	f.write(t, "available", strings.Join(available, "\n")+"\n")
	f.write(t, "list", strings.Join(list, "\n")+"\n")
	t.Cleanup(func() { f.stop(t) })
	return f
}

// stop stops what the scripts have left running, as the end of a container does.
func (f fakeServer) stop(t *testing.T) {
	t.Helper()
	for _, dir := range f.states(t) {
		_ = os.WriteFile(filepath.Join(dir, "stopping"), nil, 0o600) // else it is started again
	}
	require.Eventually(t, func() bool {
		for _, pid := range append(lines(f.read(t, "hanging")), f.pullers(t)...) {
			_ = exec.Command("kill", pid).Run()
		}
		return len(f.pullers(t)) == 0
	}, 20*time.Second, 50*time.Millisecond)
}

// states returns the directories of the state.
func (f fakeServer) states(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(f.dir, "llm-operator-*"))
	require.NoError(t, err)
	return dirs
}

// state returns the text of a file of the state.
func (f fakeServer) state(t *testing.T, name string) string {
	t.Helper()
	dirs := f.states(t)
	require.Len(t, dirs, 1)
	name, err := filepath.Rel(f.dir, filepath.Join(dirs[0], name))
	require.NoError(t, err)
	return f.read(t, name)
}

// pullers returns the IDs of the running processes that pull for the container.
func (f fakeServer) pullers(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/environ")
	require.NoError(t, err)
	parents := map[string]string{}
	for _, file := range files {
		dir := filepath.Dir(file)
		environment, _ := os.ReadFile(file) // the process may have ended
		command, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		stat, _ := os.ReadFile(filepath.Join(dir, "stat"))
		if fields := strings.Fields(string(stat)); len(fields) > 3 && bytes.Contains(environment, []byte("FAKE="+f.dir+"\x00")) &&
			bytes.HasSuffix(command, []byte("\x00--run\x00")) {
			parents[filepath.Base(dir)] = fields[3]
		}
	}
	var pids []string
	for pid, parent := range parents {
		if _, subshell := parents[parent]; !subshell {
			pids = append(pids, pid)
		}
	}
	return pids
}

// write replaces a file, at once for those who read it.
func (f fakeServer) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(f.dir, name)
	require.NoError(t, os.WriteFile(path+".new", []byte(text), 0o600))
	require.NoError(t, os.Rename(path+".new", path))
}

func (f fakeServer) remove(t *testing.T, name string) {
	t.Helper()
	require.NoError(t, os.Remove(filepath.Join(f.dir, name)))
}

func (f fakeServer) read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	require.NoError(t, err)
	return string(data)
}

// eventually waits until a file contains a text.
func (f fakeServer) eventually(t *testing.T, name, text string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(f.read(t, name), text) }, 20*time.Second, 10*time.Millisecond,
		"%s does not contain %q", name, text)
}

// command returns a command that runs a script of the package as the kubelet does, with shorter seconds.
func (f fakeServer) command(ctx context.Context, script string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(f.dir, "bin", "sh"), append([]string{filepath.Join("scripts", script)}, args...)...)
	cmd.Env = []string{
		"PATH=" + filepath.Join(f.dir, "bin") + ":" + os.Getenv("PATH"), "FAKE=" + f.dir, "HOME=" + f.dir,
		"PULL_STATE=" + f.dir, "PULL_LIST=" + filepath.Join(f.dir, "list"), "PULL_LOG=" + filepath.Join(f.dir, "log"),
		"PULL_STALL=25", "PULL_VERIFY=1000",
	}
	return cmd
}

// lines returns the lines that are not empty.
func lines(text string) []string {
	var out []string
	for _, line := range strings.Split(text, "\n") {
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}
